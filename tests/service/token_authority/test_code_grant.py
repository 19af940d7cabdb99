"""Redeeming an authorization code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service.token_authority.people import (
    AUDIENCE,
    BOB,
    CLOSED_DESKTOP,
    DEFAULT_SCOPE,
    DESKTOP,
    EVE,
    WEB,
    WEB_REDIRECT,
)
from tests.service.token_authority.visitor import (
    CHALLENGE,
    DESKTOP_ASKS,
    DESKTOP_REDEEMS,
    VERIFIER,
    WEB_ASKS,
    WEB_REDEEMS,
    Clock,
    Visitor,
    aadsts,
    members,
)


def test_a_public_client_redeems_with_its_verifier(visitor: Visitor) -> None:
    reply = members(visitor.token({**DESKTOP_REDEEMS, "code": visitor.code()}))
    assert visitor.claims(reply["access_token"])["appid"] == DESKTOP.id
    assert visitor.claims(reply["id_token"], DESKTOP.id)["nonce"] == "n-1"


def test_a_web_application_redeems_with_its_secret(visitor: Visitor) -> None:
    reply = members(visitor.token({**WEB_REDEEMS, "code": visitor.code(WEB_ASKS)}))
    assert visitor.claims(reply["access_token"])["appid"] == WEB.id


def test_the_v1_form_names_a_resource(visitor: Visitor) -> None:
    asks = {"client_id": WEB.id, "redirect_uri": WEB_REDIRECT, "response_type": "code"}
    code = visitor.code(asks, version="")
    reply = members(visitor.token({**WEB_REDEEMS, "code": code, "resource": f"{AUDIENCE}/"}, version=""))
    assert (reply["resource"], reply["scope"]) == (AUDIENCE, "user_impersonation")
    assert visitor.claims(reply["id_token"], WEB.id)["ver"] == "1.0"


def test_the_v1_form_takes_the_resource_from_the_sign_in_too(visitor: Visitor) -> None:
    asks = {"client_id": WEB.id, "redirect_uri": WEB_REDIRECT, "response_type": "code", "resource": AUDIENCE}
    assert visitor.token({**WEB_REDEEMS, "code": visitor.code(asks, version="")}, version="").status == 200


@pytest.mark.parametrize(("version", "number"), [("", 900144), ("/v2.0", 70011)])
def test_a_code_without_a_resource_needs_one_at_the_end(visitor: Visitor, version: str, number: int) -> None:
    code = visitor.code({**WEB_ASKS, "scope": "openid"}, version=version)
    assert aadsts(visitor.token({**WEB_REDEEMS, "code": code}, version=version)) == number
    more = {"resource": AUDIENCE} if not version else {"scope": DEFAULT_SCOPE}
    assert visitor.token({**WEB_REDEEMS, **more, "code": code}, version=version).status == 200


def test_without_openid_there_is_no_id_token(visitor: Visitor) -> None:
    code = visitor.code({**WEB_ASKS, "scope": DEFAULT_SCOPE})
    assert "id_token" not in members(visitor.token({**WEB_REDEEMS, "code": code}))


def test_a_redirect_uri_that_was_not_sent_may_be_left_out(visitor: Visitor) -> None:
    asks = {key: value for key, value in WEB_ASKS.items() if key != "redirect_uri"}
    redeems = {key: value for key, value in WEB_REDEEMS.items() if key != "redirect_uri"}
    assert visitor.token({**redeems, "code": visitor.code(asks)}).status == 200


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"code_verifier": ""}, 501481),
        ({"code_verifier": VERIFIER[:-1] + "x"}, 501481),
        ({"code_verifier": CHALLENGE}, 501481),
        ({"code_verifier": "é" * 43}, 501481),
        ({"redirect_uri": "http://localhost:53682/there"}, 500112),
        ({"redirect_uri": ""}, 500112),
        ({"client_id": CLOSED_DESKTOP.id, "client_secret": CLOSED_DESKTOP.secret or ""}, 70000),
        ({"code": "unknown"}, 70000),
        ({"code": ""}, 900144),
        ({"scope": "User.Read"}, 70011),
    ],
)
def test_what_does_not_fit_the_sign_in_is_refused_and_the_code_stays(
    visitor: Visitor, change: dict[str, str], number: int
) -> None:
    right = {**DESKTOP_REDEEMS, "code": visitor.code()}
    assert aadsts(visitor.token({**right, **change})) == number
    assert visitor.token(right).status == 200


def test_a_verifier_without_a_challenge_is_a_downgrade(visitor: Visitor) -> None:
    response = visitor.token({**WEB_REDEEMS, "code": visitor.code(WEB_ASKS), "code_verifier": VERIFIER})
    assert (response.status, members(response)["error"], aadsts(response)) == (400, "invalid_grant", 501481)


def test_a_web_application_that_used_pkce_needs_verifier_and_secret(visitor: Visitor) -> None:
    asks = {**WEB_ASKS, "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    right = {**WEB_REDEEMS, "code": visitor.code(asks), "code_verifier": VERIFIER}
    assert aadsts(visitor.token({**right, "client_secret": ""})) == 7000218
    assert aadsts(visitor.token({**right, "code_verifier": ""})) == 501481
    assert visitor.token(right).status == 200


def test_an_application_that_allows_no_public_flows_needs_its_secret_on_loopback_too(visitor: Visitor) -> None:
    asks = {**DESKTOP_ASKS, "client_id": CLOSED_DESKTOP.id}
    right = {**DESKTOP_REDEEMS, "client_id": CLOSED_DESKTOP.id, "code": visitor.code(asks)}
    assert aadsts(visitor.token(right)) == 7000218
    assert visitor.token({**right, "client_secret": CLOSED_DESKTOP.secret or ""}).status == 200


def test_a_code_works_once(visitor: Visitor) -> None:
    form = {**DESKTOP_REDEEMS, "code": visitor.code()}
    assert visitor.token(form).status == 200
    again = visitor.token(form)
    assert (again.status, members(again)["error"], aadsts(again)) == (400, "invalid_grant", 54005)


def test_of_twenty_exchanges_at_once_one_wins(visitor: Visitor) -> None:
    form = {**DESKTOP_REDEEMS, "code": visitor.code()}
    with ThreadPoolExecutor(20) as pool:
        statuses = sorted(response.status for response in pool.map(visitor.token, [form] * 20))
    assert statuses == [200, *[400] * 19]


@pytest.mark.parametrize(("seconds", "number"), [(60, 70008), (600, 70008)])
def test_a_code_lives_a_minute(visitor: Visitor, clock: Clock, seconds: int, number: int) -> None:
    form = {**DESKTOP_REDEEMS, "code": visitor.code()}
    clock.now += seconds
    assert aadsts(visitor.token(form)) == number


def test_an_old_code_is_forgotten(visitor: Visitor, clock: Clock) -> None:
    form = {**DESKTOP_REDEEMS, "code": visitor.code()}
    clock.now += 60 + 600
    visitor.code()
    assert aadsts(visitor.token(form)) == 70000


def test_a_code_is_redeemed_at_the_users_own_tenant(visitor: Visitor) -> None:
    form = {**DESKTOP_REDEEMS, "code": visitor.code(user=EVE)}
    assert aadsts(visitor.token(form, tenant="contoso.example")) == 50020
    assert visitor.token(form, tenant="fabrikam.example").status == 200


def test_the_methods_of_the_sign_in_are_in_the_token(visitor: Visitor) -> None:
    assert visitor.claims(visitor.user_reply(BOB)["access_token"])["amr"] == ["pwd"]
    assert visitor.claims(visitor.user_reply()["access_token"])["amr"] == ["pwd", "mfa"]
