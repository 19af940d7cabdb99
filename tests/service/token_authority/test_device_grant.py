"""Signing in on another device (RFC 8628)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from partnercenter.wire.messages import Response
from tests.service.token_authority.people import (
    ADA,
    AUDIENCE,
    BASE_URL,
    CLOSED_DESKTOP,
    DEFAULT_SCOPE,
    DESKTOP,
    EVE,
    WEB,
)
from tests.service.token_authority.visitor import DESKTOP_ASKS, Clock, Visitor, aadsts, members, text, ticket_of

_URN = "urn:ietf:params:oauth:grant-type:device_code"
_ASKS = {"client_id": DESKTOP.id, "scope": f"openid {DEFAULT_SCOPE}"}


def _start(visitor: Visitor, tenant: str = "common") -> dict[str, Any]:
    return members(visitor.post(f"/{tenant}/oauth2/v2.0/devicecode", _ASKS))


def _poll(visitor: Visitor, device: dict[str, Any], **change: str) -> Response:
    form = {"grant_type": _URN, "client_id": DESKTOP.id, "device_code": device["device_code"]}
    return visitor.token({**form, **change})


def _approve(visitor: Visitor, device: dict[str, Any]) -> Response:
    return visitor.sign_in(visitor.post("/devicelogin", {"user_code": device["user_code"]}))


def test_the_v2_reply_is_that_of_rfc_8628(visitor: Visitor) -> None:
    device = _start(visitor)
    assert device["verification_uri"] == f"{BASE_URL}/devicelogin"
    assert device["verification_uri_complete"] == f"{BASE_URL}/devicelogin?user_code={device['user_code']}"
    assert (device["expires_in"], device["interval"]) == (900, 1)
    assert device["user_code"] in device["message"]


def test_the_v1_reply_has_its_numbers_as_text(visitor: Visitor) -> None:
    device = members(visitor.post("/common/oauth2/devicecode", {"client_id": DESKTOP.id, "resource": AUDIENCE}))
    assert (device["expires_in"], device["interval"]) == ("900", "1")
    assert device["verification_url"] == f"{BASE_URL}/devicelogin"


def test_the_device_waits_until_the_user_has_signed_in(visitor: Visitor) -> None:
    device = _start(visitor)
    pending = _poll(visitor, device)
    assert (pending.status, members(pending)["error"], aadsts(pending)) == (400, "authorization_pending", 70016)
    assert "You may close this page" in text(_approve(visitor, device))
    reply = members(_poll(visitor, device))
    assert visitor.claims(reply["access_token"])["amr"] == ["pwd", "mfa"]
    assert visitor.claims(reply["id_token"], DESKTOP.id)["oid"] == ADA.id


def test_the_v1_form_polls_with_its_own_words(visitor: Visitor) -> None:
    device = members(visitor.post("/common/oauth2/devicecode", {"client_id": DESKTOP.id, "resource": AUDIENCE}))
    form = {"grant_type": "device_code", "client_id": DESKTOP.id, "code": device["device_code"]}
    assert aadsts(visitor.token(form, version="")) == 70016
    _approve(visitor, device)
    assert members(visitor.token(form, version=""))["resource"] == AUDIENCE


def test_a_device_code_works_once(visitor: Visitor) -> None:
    device = _start(visitor)
    _approve(visitor, device)
    assert [_poll(visitor, device).status for _ in range(2)] == [200, 400]
    assert aadsts(_poll(visitor, device)) == 70018


def test_a_user_code_works_once(visitor: Visitor) -> None:
    device = _start(visitor)
    _approve(visitor, device)
    page = visitor.post("/devicelogin", {"user_code": device["user_code"]})
    assert (page.status, aadsts(page)) == (400, 70018)


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} "])
def test_a_user_code_may_be_typed_as_people_type(visitor: Visitor, typed: Callable[[str], str]) -> None:
    page = visitor.post("/devicelogin", {"user_code": typed(_start(visitor)["user_code"])})
    assert "Sign in to Desktop" in text(page)


def test_a_user_code_in_the_address_is_filled_in_and_not_taken(visitor: Visitor) -> None:
    page = text(visitor.get("/devicelogin", {"user_code": "BCDF-GHJK"}))
    assert 'value="BCDF-GHJK"' in page
    assert "ticket" not in page


def test_a_user_code_is_escaped(visitor: Visitor) -> None:
    pages = [visitor.get("/devicelogin", {"user_code": '"><script>'})]
    pages.append(visitor.post("/devicelogin", {"user_code": '"><script>'}))
    assert not any("<script" in text(page) for page in pages)


def test_a_code_expires_after_a_quarter_of_an_hour(visitor: Visitor, clock: Clock) -> None:
    device = _start(visitor)
    page = visitor.post("/devicelogin", {"user_code": device["user_code"]})
    clock.now += 900
    assert (members(_poll(visitor, device))["error"], aadsts(_poll(visitor, device))) == ("expired_token", 70020)
    assert aadsts(visitor.post("/devicelogin", {"user_code": device["user_code"]})) == 70018
    assert visitor.submit(page, {}).status == 400


def test_a_code_that_expires_during_the_sign_in_is_refused(visitor: Visitor, clock: Clock) -> None:
    device = _start(visitor)
    clock.now += 899
    page = visitor.post("/devicelogin", {"user_code": device["user_code"]})
    clock.now += 1
    assert aadsts(visitor.sign_in(page)) == 70018


def test_an_old_device_code_is_forgotten(visitor: Visitor, clock: Clock) -> None:
    device = _start(visitor)
    clock.now += 900 + 600
    _start(visitor)
    assert aadsts(_poll(visitor, device)) == 70018


def test_a_device_code_belongs_to_its_application(visitor: Visitor) -> None:
    device = _start(visitor)
    _approve(visitor, device)
    response = _poll(visitor, device, client_id=CLOSED_DESKTOP.id, client_secret=CLOSED_DESKTOP.secret or "")
    assert aadsts(response) == 70018


def test_an_application_that_allows_no_public_flows_needs_its_secret(visitor: Visitor) -> None:
    device = members(visitor.post("/common/oauth2/v2.0/devicecode", {**_ASKS, "client_id": WEB.id}))
    _approve(visitor, device)
    assert aadsts(_poll(visitor, device, client_id=WEB.id)) == 7000218
    assert _poll(visitor, device, client_id=WEB.id, client_secret=WEB.secret or "").status == 200


def test_a_device_of_a_tenant_takes_its_users_only(visitor: Visitor) -> None:
    page = visitor.post("/devicelogin", {"user_code": _start(visitor, "contoso.example")["user_code"]})
    response = visitor.sign_in(page, EVE)
    assert (response.status, aadsts(response)) == (403, 50020)


def test_an_authorize_ticket_does_not_open_the_device_page(visitor: Visitor) -> None:
    ticket = ticket_of(visitor.get("/common/oauth2/v2.0/authorize", DESKTOP_ASKS))
    assert aadsts(visitor.post("/devicelogin", {"ticket": ticket})) == 50089


def test_a_poll_needs_a_device_code(visitor: Visitor) -> None:
    response = visitor.token({"grant_type": _URN, "client_id": DESKTOP.id})
    assert (aadsts(response), "'device_code'" in text(response)) == (900144, True)
