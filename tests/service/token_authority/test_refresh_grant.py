"""Refresh tokens: the ones that are issued, and the ones that are published."""

from __future__ import annotations

import pytest

from partnercenter.service.token_authority import Accounts, Directory, TokenAuthority, User
from tests.service.token_authority.people import (
    ADA,
    AUDIENCE,
    BASE_URL,
    BOB,
    CLOSED_DESKTOP,
    CONSOLE,
    DEFAULT_SCOPE,
    DESKTOP,
    DIRECTORY,
    PUBLISHED,
    PUBLISHED_FOR_CONSOLE,
    WEB,
)
from tests.service.token_authority.visitor import (
    DESKTOP_ASKS,
    DESKTOP_REDEEMS,
    WEB_ASKS,
    WEB_REDEEMS,
    Clock,
    Visitor,
    aadsts,
    members,
)

_PUBLISHED = {
    "grant_type": "refresh_token",
    "refresh_token": PUBLISHED.token,
    "client_id": WEB.id,
    "client_secret": WEB.secret or "",
}


def _desktop(token: str, **more: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "client_id": DESKTOP.id, "refresh_token": token, **more}


def test_an_exchange_gives_a_new_token_and_the_old_one_keeps_working(visitor: Visitor) -> None:
    first = visitor.user_reply()["refresh_token"]
    second = members(visitor.token(_desktop(first)))["refresh_token"]
    assert second != first
    assert [visitor.token(_desktop(token)).status for token in (first, second)] == [200, 200]


@pytest.mark.parametrize("user", [ADA, BOB])
def test_the_methods_of_the_sign_in_last(visitor: Visitor, user: User) -> None:
    reply = visitor.user_reply(user)
    again = members(visitor.token(_desktop(reply["refresh_token"])))
    claims = [visitor.claims(either["access_token"]) for either in (reply, again)]
    assert claims[0]["amr"] == claims[1]["amr"]
    assert claims[0]["uti"] != claims[1]["uti"]


def test_the_v1_form_answers_as_documented(visitor: Visitor) -> None:
    form = {**_PUBLISHED, "resource": AUDIENCE, "scope": "openid"}
    reply = members(visitor.token(form, tenant="contoso.example", version=""))
    assert set(reply) >= {"token_type", "scope", "expires_in", "ext_expires_in", "expires_on", "not_before"}
    assert set(reply) >= {"resource", "access_token", "refresh_token", "id_token"}
    assert (reply["expires_in"], reply["resource"]) == ("3600", AUDIENCE)


def test_an_id_token_comes_when_openid_is_asked(visitor: Visitor) -> None:
    token = visitor.user_reply()["refresh_token"]
    with_it = members(visitor.token(_desktop(token, scope=f"openid {DEFAULT_SCOPE}")))
    assert "nonce" not in visitor.claims(with_it["id_token"], DESKTOP.id)
    assert "id_token" not in members(visitor.token(_desktop(token, scope=DEFAULT_SCOPE)))


def test_a_refresh_token_lives_ninety_days(visitor: Visitor, clock: Clock) -> None:
    token = visitor.user_reply()["refresh_token"]
    clock.now += 90 * 24 * 3600 - 1
    assert visitor.token(_desktop(token)).status == 200
    clock.now += 1
    assert aadsts(visitor.token(_desktop(token))) == 700082


def test_a_token_belongs_to_its_application(visitor: Visitor) -> None:
    form = _desktop(visitor.user_reply()["refresh_token"], client_id=WEB.id, client_secret=WEB.secret or "")
    assert aadsts(visitor.token(form)) == 70000


def test_a_token_that_was_got_with_a_secret_needs_it_again(visitor: Visitor) -> None:
    token = members(visitor.token({**WEB_REDEEMS, "code": visitor.code(WEB_ASKS)}))["refresh_token"]
    form = {"grant_type": "refresh_token", "client_id": WEB.id, "refresh_token": token}
    assert aadsts(visitor.token(form)) == 7000218
    assert visitor.token({**form, "client_secret": WEB.secret or ""}).status == 200


def test_other_tokens_of_ours_are_no_refresh_tokens(visitor: Visitor) -> None:
    reply = visitor.user_reply()
    for token in (reply["access_token"], reply["id_token"], reply["refresh_token"][:-4], "é", "a.b.c"):
        assert aadsts(visitor.token(_desktop(token))) == 70000


def test_a_refresh_token_is_no_access_token(visitor: Visitor) -> None:
    token = visitor.user_reply()["refresh_token"]
    assert visitor.claims(token, f"{BASE_URL}/refresh")["appid"] == DESKTOP.id


def test_a_token_of_a_user_who_is_gone_is_refused(visitor: Visitor, clock: Clock) -> None:
    token = visitor.user_reply()["refresh_token"]
    smaller = Directory(DIRECTORY.tenants, (BOB,), DIRECTORY.applications)
    authority = TokenAuthority(BASE_URL, Accounts(smaller), visitor.keys, clock=clock)
    assert aadsts(Visitor(authority, visitor.keys, clock).token(_desktop(token))) == 70000


def test_the_published_token_works_with_the_secret_and_says_mfa(visitor: Visitor) -> None:
    claims = visitor.claims(members(visitor.token(_PUBLISHED))["access_token"])
    assert (claims["oid"], claims["amr"]) == (ADA.id, ["pwd", "mfa"])


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({"client_secret": ""}, 7000218),
        ({"client_secret": "wrong"}, 7000215),
        ({"client_id": DESKTOP.id, "client_secret": ""}, 70000),
        ({"client_id": CLOSED_DESKTOP.id, "client_secret": CLOSED_DESKTOP.secret or ""}, 70000),
        ({"refresh_token": PUBLISHED.token + "x"}, 70000),
        ({"refresh_token": ""}, 900144),
    ],
)
def test_the_published_token_is_no_use_without_the_rest(visitor: Visitor, change: dict[str, str], number: int) -> None:
    assert aadsts(visitor.token({**_PUBLISHED, **change})) == number


def test_the_published_token_works_at_its_users_tenant_only(visitor: Visitor) -> None:
    assert aadsts(visitor.token(_PUBLISHED, tenant="fabrikam.example")) == 50020


def test_only_a_note_is_taken_for_a_note(visitor: Visitor) -> None:
    claims = visitor.claims(visitor.user_reply()["refresh_token"], f"{BASE_URL}/refresh")
    assert visitor.token(_desktop(visitor.keys.sign(claims, "note+jwt"))).status == 200
    assert aadsts(visitor.token(_desktop(visitor.keys.sign(claims)))) == 70000


@pytest.mark.parametrize("change", [{"iss": "https://evil.example"}, {"aud": BASE_URL}, {"tid": "x"}, {"amr": "mfa"}])
def test_a_note_that_says_something_else_is_refused(visitor: Visitor, change: dict[str, str]) -> None:
    claims = visitor.claims(visitor.user_reply()["refresh_token"], f"{BASE_URL}/refresh")
    assert aadsts(visitor.token(_desktop(visitor.keys.sign({**claims, **change}, "note+jwt")))) == 70000


def test_a_published_token_whose_user_is_gone_is_refused(visitor: Visitor, clock: Clock) -> None:
    smaller = Directory(DIRECTORY.tenants, (BOB,), DIRECTORY.applications, DIRECTORY.refresh_tokens)
    authority = TokenAuthority(BASE_URL, Accounts(smaller), visitor.keys, clock=clock)
    assert aadsts(Visitor(authority, visitor.keys, clock).token(_PUBLISHED)) == 70000


def test_a_token_that_was_got_with_a_secret_passes_that_on(visitor: Visitor) -> None:
    again = members(visitor.token(_PUBLISHED))["refresh_token"]
    form = {**_PUBLISHED, "refresh_token": again}
    assert aadsts(visitor.token({**form, "client_secret": ""})) == 7000218
    assert visitor.token(form).status == 200


def test_a_published_token_needs_the_secret_even_where_public_flows_are_allowed(visitor: Visitor) -> None:
    form = {"grant_type": "refresh_token", "client_id": CONSOLE.id, "refresh_token": PUBLISHED_FOR_CONSOLE.token}
    assert aadsts(visitor.token(form)) == 7000218
    assert visitor.token({**form, "client_secret": CONSOLE.secret or ""}).status == 200


@pytest.mark.parametrize(("secret", "number"), [("", None), (CONSOLE.secret or "", 7000218)])
def test_where_public_flows_are_allowed_a_token_needs_the_secret_if_it_was_got_with_it(
    visitor: Visitor, secret: str, number: int | None
) -> None:
    code = visitor.code({**DESKTOP_ASKS, "client_id": CONSOLE.id})
    form = {**DESKTOP_REDEEMS, "client_id": CONSOLE.id, "code": code, "client_secret": secret}
    token = members(visitor.token(form))["refresh_token"]
    response = visitor.token(_desktop(token, client_id=CONSOLE.id))
    assert number == (aadsts(response) if response.status != 200 else None)
