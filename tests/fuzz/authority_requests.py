"""Requests to the token authority: forms and queries of known and unknown parameters, with values that fit and not."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlencode

from hypothesis import strategies as st

from partnercenter.service import seed
from partnercenter.wire.oauth import (
    GRANT_AUTHORIZATION_CODE,
    GRANT_CLIENT_CREDENTIALS,
    GRANT_DEVICE_CODE,
    GRANT_REFRESH_TOKEN,
)
from tests.fuzz.requests import FORM, Sent
from tests.service.stage import AUDIENCE, GUID

_SCOPE = f"openid offline_access {AUDIENCE}/.default"
_VERIFIER = "v" * 43
_CHALLENGE = "a" * 43
VALUES: dict[str, list[str]] = {
    "client_assertion": ["a.b.c"],
    "client_id": [seed.APP_USER.id, seed.APP_ONLY.id, GUID, "x"],
    "client_secret": [seed.APP_USER.secret or "", seed.APP_ONLY.secret or "", "wrong"],
    "code": ["x", seed.SECOND_FACTOR, "a.b.c", "é"],
    "code_challenge": [_CHALLENGE, "short", "=" * 43],
    "code_challenge_method": ["S256", "plain"],
    "code_verifier": [_VERIFIER, "short"],
    "device_code": ["x"],
    "grant_type": [
        GRANT_AUTHORIZATION_CODE, GRANT_CLIENT_CREDENTIALS, GRANT_DEVICE_CODE, GRANT_REFRESH_TOKEN, "device_code",
        "password",
    ],
    "login_hint": [seed.BILLING_ADMIN.user_principal_name, '"><b>'],
    "nonce": ["n", "n" * 2000, "\x01"],
    "password": [seed.PASSWORD, "é", "wrong"],
    "prompt": ["none", "login"],
    "redirect_uri": ["http://localhost", "http://localhost:99999999", "http://[", "https://localhost/consent"],
    "refresh_token": [seed.FIRST_REFRESH_TOKEN.token, "x", "a.b.c"],
    "request": ["x"],
    "resource": [AUDIENCE, f"{AUDIENCE}/", "https://graph.windows.net", "["],
    "response_mode": ["query", "fragment", "form_post", "x"],
    "response_type": ["code", "code id_token", "token", "id_token  code"],
    "scope": [_SCOPE, f"{AUDIENCE}//.default", "openid", "/.default", "[/x", " "],
    "state": ["s", "s" * 2000, "\r\n", "é"],
    "ticket": ["a.b.c"],
    "user_code": ["ABCD-EFGH", "é"],
    "username": [seed.BILLING_ADMIN.user_principal_name, seed.WITHOUT_MFA.user_principal_name, "nobody", "\xff"],
}  # fmt: skip
# Those that belong together, so that what comes later in a flow is asked for too.
FLOWS: list[dict[str, str]] = [
    {},
    {"grant_type": GRANT_CLIENT_CREDENTIALS, "client_id": seed.APP_ONLY.id, "scope": f"{AUDIENCE}/.default"},
    {"grant_type": GRANT_REFRESH_TOKEN, "client_id": seed.APP_USER.id, "client_secret": seed.APP_USER.secret or ""},
    {"grant_type": GRANT_DEVICE_CODE, "client_id": seed.APP_USER.id, "scope": _SCOPE},
    {
        "client_id": seed.APP_USER.id, "redirect_uri": "http://localhost", "response_type": "code", "scope": _SCOPE,
        "code_challenge": _CHALLENGE, "code_challenge_method": "S256",
    },
    {"username": seed.WITHOUT_MFA.user_principal_name, "password": seed.PASSWORD},
]  # fmt: skip
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_ENDPOINTS = [
    *["oauth2/v2.0/token", "oauth2/token", "oauth2/v2.0/authorize", "oauth2/authorize"],
    *["oauth2/v2.0/devicecode", "oauth2/devicecode", "v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"],
]
_TENANTS = ["common", "organizations", seed.FIRST_TENANT.id, seed.FIRST_TENANT.domain, "consumers", GUID, "", "%ff"]
_LINES = [
    ("Authorization", "Basic OjE="),
    ("Authorization", "Basic \xe9"),
    ("Authorization", "Basic YTpiOmM="),
    ("Authorization", "Bearer x"),
    ("Content-Type", "application/json"),
    ("Content-Type", f"{FORM}; charset=utf-16"),
    ("client-request-id", GUID),
    ("client-request-id", "\xff"),
    ("Origin", "null"),
]


@cache
def _parameter() -> st.SearchStrategy[tuple[str, str]]:
    known = st.sampled_from(sorted(VALUES)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name]) | _TEXT)
    )
    return known | st.tuples(_TEXT, _TEXT)


@st.composite
def parameters(draw: st.DrawFn) -> list[tuple[str, str]]:
    """A flow's parameters and up to four others; one of them may stand twice."""
    chosen = draw(st.sampled_from(FLOWS))
    others = draw(st.lists(_parameter(), max_size=4))
    replaced = {name for name, _ in others} if draw(st.integers(0, 4)) != 3 else set()
    return [*((name, value) for name, value in chosen.items() if name not in replaced), *others]


@st.composite
def authority_requests(draw: st.DrawFn) -> Sent:
    """Any request to the token authority."""
    tenant, endpoint = draw(st.sampled_from(_TENANTS)), draw(st.sampled_from(_ENDPOINTS))
    target = draw(st.sampled_from([*[f"/{tenant}/{endpoint}"] * 5, "/devicelogin", "/"]))
    text = urlencode(draw(parameters()))
    lines = draw(st.lists(st.sampled_from(_LINES), max_size=1))
    method = draw(st.sampled_from(["POST", "POST", "GET", "HEAD", "PUT"]))
    if method in ("GET", "HEAD"):
        return Sent(method, f"{target}?{text}", lines, [b""])
    body = draw(st.binary(max_size=40)) if draw(st.integers(0, 9)) == 6 else text.encode()
    if not any(name == "Content-Type" for name, _ in lines):
        lines.append(("Content-Type", FORM))
    return Sent(method, target, [*lines, ("Content-Length", str(len(body)))], [body])
