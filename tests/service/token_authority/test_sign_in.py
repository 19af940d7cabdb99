"""The pages of the sign-in: their steps, their tickets, their safety."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace

import pytest

from partnercenter.service.token_authority import Accounts, Directory, TokenAuthority, User
from partnercenter.wire.messages import Response
from tests.service.token_authority.people import ADA, BASE_URL, BOB, DIRECTORY, EVE, SECRETS
from tests.service.token_authority.visitor import (
    DESKTOP_ASKS,
    WEB_ASKS,
    Clock,
    Visitor,
    aadsts,
    fields_of,
    text,
    ticket_of,
)

_PATH = "/common/oauth2/v2.0/authorize"
_RIGHT = {"username": ADA.user_principal_name, "password": ADA.password}
_SCRIPT = '"><script>alert(1)</script>'


def _first_page(visitor: Visitor, **changes: str) -> Response:
    return visitor.get(_PATH, DESKTOP_ASKS | changes)


def _second_page(visitor: Visitor) -> Response:
    return visitor.submit(_first_page(visitor), _RIGHT)


def test_a_user_with_a_second_factor_takes_two_steps(visitor: Visitor) -> None:
    page = _second_page(visitor)
    assert page.status == 200
    assert 'name="code"' in text(page)
    assert 'name="password"' not in text(page)
    assert visitor.submit(page, {"code": ADA.second_factor or ""}).status == 303


def test_a_user_without_a_second_factor_takes_one(visitor: Visitor) -> None:
    assert visitor.sign_in(_first_page(visitor), BOB).status == 303


@pytest.mark.parametrize(
    "answers",
    [
        {"username": ADA.user_principal_name, "password": "wrong"},
        {"username": ADA.user_principal_name, "password": BOB.password},
        {"username": ADA.user_principal_name},
        {"username": "nobody@contoso.example", "password": "wrong"},
        {"username": "nobody@contoso.example"},
        {"password": ADA.password},
        {},
    ],
)
def test_a_wrong_name_and_a_wrong_password_look_the_same(visitor: Visitor, answers: dict[str, str]) -> None:
    page = visitor.submit(_first_page(visitor), answers)
    assert (page.status, aadsts(page)) == (403, 50126)
    assert "The user name or the password is wrong." in text(page)
    assert 'name="password"' in text(page)


def test_after_a_wrong_password_the_page_still_works(visitor: Visitor) -> None:
    page = visitor.submit(_first_page(visitor), {"username": "x", "password": "y"})
    assert visitor.sign_in(page).status == 303


def test_a_wrong_second_factor_asks_again(visitor: Visitor) -> None:
    page = visitor.submit(_second_page(visitor), {"code": "000000"})
    assert (page.status, aadsts(page)) == (403, 500121)
    assert visitor.submit(page, {"code": f" {ADA.second_factor} "}).status == 303


def test_the_second_step_cannot_be_taken_first(visitor: Visitor) -> None:
    page = visitor.submit(_first_page(visitor), {"username": ADA.user_principal_name, "code": ADA.second_factor or ""})
    assert (page.status, aadsts(page)) == (403, 50126)


@pytest.mark.parametrize(("user", "status"), [(ADA, 303), (BOB, 303), (EVE, 403)])
def test_a_tenants_address_lets_its_own_users_in(visitor: Visitor, user: User, status: int) -> None:
    page = visitor.get("/contoso.example/oauth2/v2.0/authorize", DESKTOP_ASKS)
    assert visitor.sign_in(page, user).status == status


def test_a_user_of_another_tenant_is_told(visitor: Visitor) -> None:
    page = visitor.sign_in(visitor.get("/contoso.example/oauth2/v2.0/authorize", DESKTOP_ASKS), EVE)
    assert aadsts(page) == 50020


def _flip(ticket: str) -> str:
    head, body, signature = ticket.split(".")
    return f"{head}.{body[:-2]}{'A' if body[-2] != 'A' else 'B'}{body[-1]}.{signature}"


def _unsigned(ticket: str) -> str:
    _, body, _ = ticket.split(".")
    return f"eyJhbGciOiJub25lIiwidHlwIjoibm90ZStqd3QifQ.{body}."


@pytest.mark.parametrize("change", [_flip, _unsigned, lambda ticket: ticket[:-4], lambda _: "é", lambda _: "a.b.c"])
def test_a_ticket_that_was_changed_is_refused(visitor: Visitor, change: Callable[[str], str]) -> None:
    ticket = change(ticket_of(_first_page(visitor)))
    page = visitor.post(_PATH, {"ticket": ticket, **_RIGHT})
    assert (page.status, aadsts(page)) == (400, 50089)


@pytest.mark.parametrize(("seconds", "number"), [(599, 50126), (600, 50089)])
def test_a_ticket_lives_ten_minutes(visitor: Visitor, clock: Clock, seconds: int, number: int) -> None:
    page = _first_page(visitor)
    clock.now += seconds
    assert aadsts(visitor.submit(page, {})) == number


def test_a_ticket_of_a_device_sign_in_is_refused_here(visitor: Visitor) -> None:
    asked = visitor.post("/common/oauth2/v2.0/devicecode", {"client_id": DESKTOP_ASKS["client_id"]})
    page = visitor.post("/devicelogin", {"user_code": json.loads(asked.body)["user_code"]})
    assert aadsts(visitor.post(_PATH, {"ticket": ticket_of(page), **_RIGHT})) == 50089


def test_a_refresh_token_and_an_access_token_are_no_tickets(visitor: Visitor) -> None:
    reply = visitor.user_reply()
    for token in (reply["refresh_token"], reply["access_token"], reply["id_token"]):
        assert aadsts(visitor.post(_PATH, {"ticket": token, **_RIGHT})) == 50089


def test_a_ticket_has_no_password(visitor: Visitor) -> None:
    body = ticket_of(_second_page(visitor)).split(".")[1]
    note = urlsafe_b64decode(body + "==").decode()
    assert not any(secret in note for secret in SECRETS)


def test_a_form_without_a_ticket_is_refused(visitor: Visitor) -> None:
    assert aadsts(visitor.post(_PATH, _RIGHT)) == 900144


@pytest.mark.parametrize("name", ["login_hint", "state"])
def test_what_was_sent_is_escaped(visitor: Visitor, name: str) -> None:
    page = _first_page(visitor, **{name: _SCRIPT})
    assert page.status == 200
    assert "<script" not in text(page)


def test_the_state_is_escaped_on_the_way_back_too(visitor: Visitor) -> None:
    page = visitor.sign_in(visitor.get(_PATH, WEB_ASKS | {"response_mode": "form_post", "state": _SCRIPT}))
    assert _SCRIPT not in text(page)
    assert fields_of(page)["state"] == _SCRIPT


def test_the_login_hint_is_filled_in(visitor: Visitor) -> None:
    assert 'value="ada@contoso.example"' in text(_first_page(visitor, login_hint="ada@contoso.example"))


@pytest.mark.parametrize("path", ["/", "/devicelogin", "/common/oauth2/authorize"])
def test_every_page_keeps_scripts_frames_and_referrers_out(visitor: Visitor, path: str) -> None:
    page = visitor.get(path)
    policy = page.headers.get("Content-Security-Policy") or ""
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert "script-src" not in policy
    assert page.headers.get("Referrer-Policy") == "no-referrer"
    assert page.headers.get("Content-Type") == "text/html; charset=utf-8"


def test_the_style_has_a_nonce_of_its_own_every_time(visitor: Visitor) -> None:
    pages = [visitor.get("/"), visitor.get("/")]
    policies = {page.headers.get("Content-Security-Policy") for page in pages}
    assert len(policies) == 2
    nonce = text(pages[0]).partition('<style nonce="')[2].partition('"')[0]
    assert f"style-src 'nonce-{nonce}'" in (pages[0].headers.get("Content-Security-Policy") or "")


def test_the_page_says_whose_it_is_and_labels_its_fields(visitor: Visitor) -> None:
    page = text(_first_page(visitor))
    assert "not Microsoft's" in page
    assert '<label for="username">' in page
    assert 'autocomplete="current-password"' in page
    assert "Set-Cookie" not in str(list(_first_page(visitor).headers))


def test_no_page_shows_a_published_password(visitor: Visitor) -> None:
    pages = [_first_page(visitor), _second_page(visitor), visitor.submit(_first_page(visitor), _RIGHT | {"code": "1"})]
    assert not any(secret in text(page) for secret in SECRETS for page in pages)


def test_an_empty_password_lets_nobody_in(visitor: Visitor, clock: Clock) -> None:
    careless = Directory(DIRECTORY.tenants, (replace(BOB, password=""),), DIRECTORY.applications)
    authority = TokenAuthority(BASE_URL, Accounts(careless), visitor.keys, clock=clock)
    page = Visitor(authority, visitor.keys, clock).get(_PATH, DESKTOP_ASKS)
    form = {"ticket": ticket_of(page), "username": BOB.user_principal_name}
    assert aadsts(Visitor(authority, visitor.keys, clock).post(_PATH, form)) == 50126
