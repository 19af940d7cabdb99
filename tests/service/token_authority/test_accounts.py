"""Disabling users, applications and tenants: nobody gets a token any more, whichever way they come."""

from __future__ import annotations

from typing import Any

import msal
import pytest

from partnercenter.service.token_authority import Accounts, UnknownAccountError
from tests.service.token_authority.in_process_http import InProcessHttp
from tests.service.token_authority.people import (
    ADA,
    BASE_URL,
    BOB,
    CONTOSO,
    DAEMON,
    DEFAULT_SCOPE,
    DESKTOP,
    EVE,
    FABRIKAM,
    PUBLISHED,
    WEB,
)
from tests.service.token_authority.visitor import DESKTOP_ASKS, DESKTOP_REDEEMS, Visitor, aadsts, members

_AUTHORIZE = "/common/oauth2/v2.0/authorize"
_DAEMON_ASKS = {
    "grant_type": "client_credentials",
    "client_id": DAEMON.id,
    "client_secret": DAEMON.secret or "",
    "scope": DEFAULT_SCOPE,
}


def _refresh(visitor: Visitor, token: str) -> int:
    response = visitor.token({"grant_type": "refresh_token", "client_id": DESKTOP.id, "refresh_token": token})
    return response.status if response.status == 200 else aadsts(response)


def _approved_device(visitor: Visitor) -> dict[str, str]:
    asked = visitor.post("/common/oauth2/v2.0/devicecode", {"client_id": DESKTOP.id, "scope": DEFAULT_SCOPE})
    reply = members(asked)
    page = visitor.post("/devicelogin", {"user_code": reply["user_code"]})
    assert visitor.sign_in(page).status == 200
    return {"grant_type": "device_code", "client_id": DESKTOP.id, "device_code": reply["device_code"]}


def test_everybody_is_enabled_at_a_start(accounts: Accounts) -> None:
    assert all(accounts.is_enabled(account.id) for account in (CONTOSO, ADA, WEB))
    assert accounts.disabled() == frozenset()


@pytest.mark.parametrize("account_id", [CONTOSO.id, ADA.id, WEB.id, ADA.id.upper()])
def test_who_is_disabled_is_so_until_enabled(accounts: Accounts, account_id: str) -> None:
    accounts.disable(account_id)
    assert not accounts.is_enabled(account_id)
    accounts.enable(account_id)
    assert accounts.is_enabled(account_id)


def test_the_disabled_ids_are_told_as_the_directory_spells_them(accounts: Accounts) -> None:
    accounts.disable(ADA.id.upper())
    assert accounts.disabled() == {ADA.id}


def test_disabling_twice_is_disabling_once(accounts: Accounts) -> None:
    accounts.disable(ADA.id)
    accounts.disable(ADA.id)
    accounts.enable(ADA.id)
    assert accounts.is_enabled(ADA.id)


def test_an_id_that_nobody_has_cannot_be_disabled(accounts: Accounts) -> None:
    with pytest.raises(UnknownAccountError, match="There is no user, application or tenant"):
        accounts.disable("nobody")


def test_nobody_is_neither_enabled_nor_disabled(accounts: Accounts) -> None:
    with pytest.raises(UnknownAccountError):
        accounts.is_enabled("nobody")


@pytest.mark.parametrize("account", [ADA, DESKTOP, CONTOSO], ids=["user", "application", "tenant"])
def test_a_refresh_token_is_no_use_while_its_account_is_disabled(visitor: Visitor, account: Any) -> None:
    token = visitor.user_reply()["refresh_token"]
    visitor.accounts.disable(account.id)
    assert _refresh(visitor, token) in (50057, 7000112, 90002)
    visitor.accounts.enable(account.id)
    assert _refresh(visitor, token) == 200


def test_a_published_refresh_token_is_no_use_either(visitor: Visitor) -> None:
    visitor.accounts.disable(ADA.id)
    form = {"grant_type": "refresh_token", "client_id": WEB.id, "client_secret": WEB.secret or ""}
    assert aadsts(visitor.token({**form, "refresh_token": PUBLISHED.token})) == 50057


def test_a_code_is_not_redeemed_for_a_user_who_was_disabled_meanwhile(visitor: Visitor) -> None:
    code = visitor.code()
    visitor.accounts.disable(ADA.id)
    assert aadsts(visitor.token({**DESKTOP_REDEEMS, "code": code})) == 50057


def test_a_device_code_is_not_redeemed_for_a_user_who_was_disabled_meanwhile(visitor: Visitor) -> None:
    form = _approved_device(visitor)
    visitor.accounts.disable(ADA.id)
    assert aadsts(visitor.token(form)) == 50057


@pytest.mark.parametrize(
    ("account_id", "number"), [(DAEMON.id, 7000112), (CONTOSO.id, 90002)], ids=["application", "tenant"]
)
def test_client_credentials_are_refused_to_the_disabled(visitor: Visitor, account_id: str, number: int) -> None:
    visitor.accounts.disable(account_id)
    assert aadsts(visitor.token(_DAEMON_ASKS, tenant=CONTOSO.id)) == number


@pytest.mark.parametrize("path", ["authorize", "devicecode"])
def test_nobody_can_begin_to_sign_in_to_a_disabled_application(visitor: Visitor, path: str) -> None:
    visitor.accounts.disable(DESKTOP.id)
    response = {
        "authorize": lambda: visitor.get(_AUTHORIZE, DESKTOP_ASKS),
        "devicecode": lambda: visitor.post(
            "/common/oauth2/v2.0/devicecode", {"client_id": DESKTOP.id, "scope": DEFAULT_SCOPE}
        ),
    }[path]()
    assert aadsts(response) == 7000112


def test_the_sign_in_page_tells_a_disabled_user(visitor: Visitor) -> None:
    visitor.accounts.disable(BOB.id)
    assert aadsts(visitor.sign_in(visitor.get(_AUTHORIZE, DESKTOP_ASKS), BOB)) == 50057


def test_only_who_knows_the_password_learns_that_the_user_is_disabled(visitor: Visitor) -> None:
    visitor.accounts.disable(BOB.id)
    page = visitor.get(_AUTHORIZE, DESKTOP_ASKS)
    wrong = {"username": BOB.user_principal_name, "password": "wrong"}
    assert aadsts(visitor.submit(page, wrong)) == 50126


def test_a_user_who_is_disabled_between_the_steps_of_the_sign_in_does_not_get_through(visitor: Visitor) -> None:
    second = visitor.submit(
        visitor.get(_AUTHORIZE, DESKTOP_ASKS), {"username": ADA.user_principal_name, "password": ADA.password}
    )
    visitor.accounts.disable(ADA.id)
    assert aadsts(visitor.submit(second, {"code": ADA.second_factor or ""})) == 50057


def test_a_user_of_a_disabled_tenant_cannot_sign_in_at_the_common_address(visitor: Visitor) -> None:
    visitor.accounts.disable(FABRIKAM.id)
    assert aadsts(visitor.sign_in(visitor.get(_AUTHORIZE, DESKTOP_ASKS), EVE)) == 90002


def test_others_are_not_touched(visitor: Visitor) -> None:
    for account_id in (BOB.id, WEB.id, FABRIKAM.id):
        visitor.accounts.disable(account_id)
    assert _refresh(visitor, visitor.user_reply()["refresh_token"]) == 200


def _msal_renews(visitor: Visitor, disabled: str) -> Any:
    """What MSAL gives for the refresh token that it holds, once `disabled` is so."""
    app = msal.PublicClientApplication(
        DESKTOP.id,
        authority=f"{BASE_URL}/{CONTOSO.id}",
        instance_discovery=False,
        http_client=InProcessHttp(visitor.authority),
    )
    flow = app.initiate_device_flow([DEFAULT_SCOPE])
    visitor.sign_in(visitor.post("/devicelogin", {"user_code": flow["user_code"]}))
    assert "access_token" in app.acquire_token_by_device_flow(flow)
    visitor.accounts.disable(disabled)
    (account,) = app.get_accounts()
    return app.acquire_token_silent_with_error([DEFAULT_SCOPE], account, force_refresh=True)


def test_msal_tells_of_a_disabled_user(visitor: Visitor) -> None:
    reply = _msal_renews(visitor, ADA.id)
    assert (reply["error"], reply["error_codes"]) == ("invalid_grant", [50057])


def test_msal_tells_of_a_disabled_application(visitor: Visitor) -> None:
    reply = _msal_renews(visitor, DESKTOP.id)
    assert (reply["error"], reply["error_codes"]) == ("unauthorized_client", [7000112])
