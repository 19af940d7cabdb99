"""The request to the authorize endpoint, and the way back to the application."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

import pytest

from partnercenter.service.token_authority import Accounts, TokenAuthority
from tests.service.token_authority.people import (
    ADA,
    BASE_URL,
    CLOSED_DESKTOP,
    CONSOLE,
    CONSOLE_REDIRECT,
    CONTOSO,
    DAEMON,
    DIRECTORY,
    LOOPBACK,
    WEB,
    WEB_REDIRECT,
)
from tests.service.token_authority.visitor import (
    DESKTOP_ASKS,
    WEB_ASKS,
    Visitor,
    aadsts,
    fields_of,
    location,
    text,
)

_PATH = "/common/oauth2/v2.0/authorize"


def _without(asks: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in asks.items() if key != name}


@pytest.mark.parametrize("version", ["", "/v2.0"])
def test_the_way_back_has_code_and_state(visitor: Visitor, version: str) -> None:
    asks = DESKTOP_ASKS if version else _without(DESKTOP_ASKS, "scope")
    response = visitor.sign_in(visitor.get(f"/common/oauth2{version}/authorize", asks))
    assert location(response).startswith(f"{LOOPBACK}?code=")
    assert set(fields_of(response)) == {"code", "state"}
    assert fields_of(response)["state"] == "s-1"


def test_a_tenants_own_address_says_who_answers(visitor: Visitor) -> None:
    page = visitor.get(f"/{CONTOSO.id}/oauth2/v2.0/authorize", DESKTOP_ASKS)
    assert fields_of(visitor.sign_in(page))["iss"] == f"{BASE_URL}/{CONTOSO.id}/v2.0"


def test_a_fragment_is_asked_for_and_sent(visitor: Visitor) -> None:
    page = visitor.get(_PATH, {**WEB_ASKS, "response_mode": "fragment"})
    assert location(visitor.sign_in(page)).startswith(f"{WEB_REDIRECT}#code=")


def test_form_post_works_with_and_without_a_script(visitor: Visitor) -> None:
    page = visitor.sign_in(visitor.get(_PATH, {**WEB_ASKS, "response_mode": "form_post"}))
    assert f'<form method="post" action="{WEB_REDIRECT}">' in text(page)
    assert '<button type="submit">Continue</button>' in text(page)
    assert set(fields_of(page)) == {"code", "state"}
    policy = page.headers.get("Content-Security-Policy") or ""
    nonce = text(page).partition('<script nonce="')[2].partition('"')[0]
    assert f"script-src 'nonce-{nonce}'" in policy


def test_the_documented_consent_request_works_without_redirect_uri_or_pkce(visitor: Visitor) -> None:
    asks = {"client_id": WEB.id, "response_mode": "form_post", "response_type": "code id_token"}
    page = visitor.get("/common/oauth2/authorize", {**asks, "scope": "openid profile", "nonce": "n-9"})
    fields = fields_of(visitor.sign_in(page))
    claims = visitor.claims(fields["id_token"], WEB.id)
    half = hashlib.sha256(fields["code"].encode()).digest()[:16]
    assert (claims["nonce"], claims["oid"], claims["ver"]) == ("n-9", ADA.id, "1.0")
    assert claims["c_hash"] == urlsafe_b64encode(half).rstrip(b"=").decode()


def test_an_id_token_travels_in_the_fragment_by_default(visitor: Visitor) -> None:
    page = visitor.get(_PATH, {**WEB_ASKS, "response_type": "id_token code", "nonce": "n"})
    assert "#code=" in location(visitor.sign_in(page))


@pytest.mark.parametrize(
    ("asks", "number"),
    [
        (_without(DESKTOP_ASKS, "client_id"), 900144),
        (DESKTOP_ASKS | {"client_id": "33333333-0000-4000-8000-00000000ffff"}, 700016),
        (DESKTOP_ASKS | {"client_id": DAEMON.id}, 650057),
        (DESKTOP_ASKS | {"client_id": CLOSED_DESKTOP.id, "redirect_uri": ""}, 900144),
        (WEB_ASKS | {"redirect_uri": f"{WEB_REDIRECT}/"}, 50011),
        (WEB_ASKS | {"redirect_uri": f"{WEB_REDIRECT}?a=1"}, 50011),
        (WEB_ASKS | {"redirect_uri": f"{WEB_REDIRECT}#a"}, 50011),
        (WEB_ASKS | {"redirect_uri": WEB_REDIRECT.upper()}, 50011),
        (WEB_ASKS | {"redirect_uri": "http://web.example/callback"}, 50011),
        (WEB_ASKS | {"redirect_uri": "https://web.example:444/callback"}, 50011),
        (WEB_ASKS | {"redirect_uri": "https://me@web.example/callback"}, 50011),
        (WEB_ASKS | {"redirect_uri": LOOPBACK}, 50011),
    ],
)
def test_who_cannot_be_trusted_with_a_redirect_gets_a_page(visitor: Visitor, asks: dict[str, str], number: int) -> None:
    page = visitor.get(_PATH, asks)
    assert (page.status, aadsts(page)) == (400, number)
    assert page.headers.get("Location") is None


@pytest.mark.parametrize("name", ["redirect_uri", "client_id", "state", "unheard_of"])
def test_a_repeated_parameter_gets_a_page(visitor: Visitor, name: str) -> None:
    page = visitor.get(f"{_PATH}?{name}=a&{name}=a")
    assert (page.status, aadsts(page)) == (400, 9000411)
    assert ("unheard_of" in text(page)) is False


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "http://localhost/",
        "http://localhost:1",
        "http://127.0.0.1:65000/a/b?c=d",
        "http://[::1]:7/",
    ],
)
def test_loopback_redirects_may_have_any_port_and_path(visitor: Visitor, uri: str) -> None:
    page = visitor.get(_PATH, DESKTOP_ASKS | {"redirect_uri": uri})
    assert location(visitor.sign_in(page)).startswith(uri)


@pytest.mark.parametrize(
    "uri",
    [
        *("https://localhost/", "http://localhost.evil.example/", "http://me@localhost/", "http://localhost:1@evil/"),
        *(
            "http://localhost/#x",
            "http://localhost/../x",
            "http://localhost\\@evil/",
            "http://127.0.0.2/",
            "http://[::2]/",
        ),
        *("http://localhost:123456/", "HTTP://localhost/", "http://localhost/\r\nx", "http://localhost/\u00e9"),
    ],
)
def test_what_only_looks_like_loopback_gets_a_page(visitor: Visitor, uri: str) -> None:
    assert aadsts(visitor.get(_PATH, DESKTOP_ASKS | {"redirect_uri": uri})) == 50011


@pytest.mark.parametrize(
    ("change", "error", "number"),
    [
        ({"response_type": ""}, "invalid_request", 900144),
        ({"response_type": "token"}, "unsupported_response_type", 70005),
        ({"response_type": "id_token token"}, "unsupported_response_type", 70005),
        ({"response_type": "code code"}, "unsupported_response_type", 70005),
        ({"response_mode": "web_message"}, "invalid_request", 70007),
        ({"response_type": "code id_token", "response_mode": "query"}, "invalid_request", 70007),
        ({"response_type": "code id_token", "nonce": ""}, "invalid_request", 900144),
        ({"prompt": "none"}, "login_required", 50058),
        ({"request": "e30.e30."}, "request_not_supported", 90013),
        ({"request_uri": "http://169.254.169.254/"}, "request_not_supported", 90013),
        ({"nonce": "n" * 1025}, "invalid_request", 90013),
        ({"code_challenge": ""}, "invalid_request", 501491),
        ({"code_challenge": "short"}, "invalid_request", 501491),
        ({"code_challenge": "", "code_challenge_method": ""}, "invalid_request", 501491),
        ({"code_challenge_method": "plain"}, "invalid_request", 501491),
        ({"code_challenge_method": ""}, "invalid_request", 501491),
        ({"scope": "User.Read"}, "invalid_scope", 70011),
        ({"scope": "https://other.example/.default"}, "invalid_resource", 500011),
        ({"resource": "https://other.example"}, "invalid_request", 901002),
    ],
)
def test_what_is_wrong_with_the_request_goes_back_to_the_application(
    visitor: Visitor, change: dict[str, str], error: str, number: int
) -> None:
    fields = fields_of(visitor.get(_PATH, DESKTOP_ASKS | change))
    assert (fields["error"], fields["state"]) == (error, "s-1")
    assert fields["error_description"].startswith(f"AADSTS{number}: ")


@pytest.mark.parametrize("state", ["x" * 1025, "a\r\nSet-Cookie: b=c", "a\nb", "\x00"])
def test_a_state_that_cannot_be_echoed_is_refused_without_it(visitor: Visitor, state: str) -> None:
    response = visitor.get(_PATH, DESKTOP_ASKS | {"state": state})
    assert fields_of(response)["error"] == "invalid_request"
    assert "state" not in fields_of(response)
    assert "\n" not in location(response)


def test_a_state_is_echoed_as_it_was(visitor: Visitor) -> None:
    state = 'a b&c=d#"><script>é' + "x" * 900
    assert fields_of(visitor.sign_in(visitor.get(_PATH, DESKTOP_ASKS | {"state": state})))["state"] == state


def test_a_web_application_may_leave_pkce_out(visitor: Visitor) -> None:
    assert visitor.get(_PATH, WEB_ASKS).status == 200


def test_a_claimed_scheme_needs_pkce(visitor: Visitor) -> None:
    asks = WEB_ASKS | {"client_id": CLOSED_DESKTOP.id, "redirect_uri": "app://done"}
    assert "AADSTS501491" in fields_of(visitor.get(_PATH, asks))["error_description"]


@pytest.mark.parametrize("path", ["/nowhere.example/oauth2/v2.0/authorize", "/x/oauth2/authorize"])
def test_an_unknown_tenant_gets_a_page(visitor: Visitor, path: str) -> None:
    page = visitor.get(path, DESKTOP_ASKS)
    assert (page.status, aadsts(page)) == (400, 90002)


def test_a_query_that_the_registered_redirect_uri_has_stays(visitor: Visitor) -> None:
    page = visitor.get(_PATH, WEB_ASKS | {"client_id": CONSOLE.id, "redirect_uri": CONSOLE_REDIRECT})
    assert location(visitor.sign_in(page)).startswith(f"{CONSOLE_REDIRECT}&code=")


@pytest.mark.parametrize(("always", "error"), [(False, None), (True, "invalid_request")])
def test_d33_a_confidential_client_may_leave_pkce_out_unless_everybody_must_use_it(
    visitor: Visitor, always: bool, error: str | None
) -> None:
    authority = TokenAuthority(BASE_URL, Accounts(DIRECTORY), visitor.keys, pkce_always=always, clock=visitor.clock)
    other = Visitor(authority, visitor.keys, visitor.clock, visitor.accounts)
    asks = {key: value for key, value in WEB_ASKS.items() if not key.startswith("code_challenge")}
    answer = other.get(_PATH, asks)
    assert (fields_of(answer).get("error") if answer.status == 303 else None) == error
