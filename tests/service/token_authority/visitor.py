"""Somebody with a browser and a client library, who talks to the authority without a network."""

from __future__ import annotations

import html
import json
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt

from partnercenter.service.token_authority import Accounts, SigningKeys, TokenAuthority, User
from partnercenter.wire.messages import Headers, Request, Response
from tests.service.token_authority.people import (
    ADA,
    AUDIENCE,
    DEFAULT_SCOPE,
    DESKTOP,
    DIRECTORY,
    LOOPBACK,
    WEB,
    WEB_REDIRECT,
)

FORM = "application/x-www-form-urlencoded"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-0123456789"
CHALLENGE = "usnX74KF2StIdV3DqSeVdiC55qslWkcQgkgLc-hBwTE"

DESKTOP_ASKS = {
    "client_id": DESKTOP.id,
    "redirect_uri": LOOPBACK,
    "response_type": "code",
    "scope": f"openid profile offline_access {DEFAULT_SCOPE}",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "nonce": "n-1",
    "state": "s-1",
}
WEB_ASKS = {
    "client_id": WEB.id,
    "redirect_uri": WEB_REDIRECT,
    "response_type": "code",
    "scope": f"openid {DEFAULT_SCOPE}",
    "state": "s-2",
}
DESKTOP_REDEEMS = {
    "grant_type": "authorization_code",
    "client_id": DESKTOP.id,
    "redirect_uri": LOOPBACK,
    "code_verifier": VERIFIER,
}
WEB_REDEEMS = {
    "grant_type": "authorization_code",
    "client_id": WEB.id,
    "client_secret": WEB.secret or "",
    "redirect_uri": WEB_REDIRECT,
}


@dataclass
class Clock:
    """A clock that stands still until it is moved; Unix seconds."""

    now: float = 1_790_000_000.5

    def __call__(self) -> float:
        return self.now


@dataclass
class Visitor:
    """Sends requests to `authority` and fills in its forms. `accounts`: whom the authority lets in."""

    authority: TokenAuthority
    keys: SigningKeys
    clock: Clock
    accounts: Accounts = field(default_factory=lambda: Accounts(DIRECTORY))

    def get(self, path: str, query: dict[str, str] | None = None) -> Response:
        """GET, with `query`."""
        return self.authority.answer(Request("GET", f"{path}?{urlencode(query)}" if query else path))

    def post(self, path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> Response:
        """POST of `form`."""
        lines = Headers({"Content-Type": FORM, **(headers or {})})
        return self.authority.answer(Request("POST", path, lines, urlencode(form).encode()))

    def token(self, form: dict[str, str], tenant: str = "common", version: str = "/v2.0", basic: str = "") -> Response:
        """A request to the token endpoint; `basic` is `id:secret`."""
        headers = {"Authorization": f"Basic {b64encode(basic.encode()).decode()}"} if basic else None
        return self.post(f"/{tenant}/oauth2{version}/token", form, headers)

    def sign_in(self, page: Response, user: User = ADA, code: str | None = None) -> Response:
        """Fill in the pages of the sign-in, from `page` on, and send them."""
        page = self.submit(page, {"username": user.user_principal_name, "password": user.password})
        if user.second_factor is None or page.status != 200:
            return page
        return self.submit(page, {"code": code or user.second_factor})

    def submit(self, page: Response, answers: dict[str, str]) -> Response:
        """Send the form of `page` with its ticket and `answers`."""
        action = re.search(r'<form method="post" action="([^"]*)"', page.body.decode())
        assert action is not None, page
        return self.post(html.unescape(action[1]), {"ticket": ticket_of(page), **answers})

    def code(
        self,
        asks: dict[str, str] = DESKTOP_ASKS,
        user: User = ADA,
        tenant: str = "common",
        version: str = "/v2.0",
    ) -> str:
        """An authorization code, after signing in."""
        page = self.get(f"/{tenant}/oauth2{version}/authorize", asks)
        return fields_of(self.sign_in(page, user))["code"]

    def user_reply(self, user: User = ADA) -> dict[str, Any]:
        """The token reply after `user` signed in to the desktop application."""
        return members(self.token({**DESKTOP_REDEEMS, "code": self.code(user=user)}))

    def claims(self, token: str, audience: str = AUDIENCE) -> dict[str, Any]:
        """The claims of `token`, once its signature and audience hold."""
        key = self.keys.public_keys(self.clock())[jwt.get_unverified_header(token)["kid"]]
        unchecked: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        return dict(jwt.decode(token, key, ["RS256"], options=unchecked, audience=audience))


def members(response: Response) -> dict[str, Any]:
    """The JSON object in `response`."""
    value: dict[str, Any] = json.loads(response.body)
    return value


def text(response: Response) -> str:
    """The body of `response` as text."""
    return response.body.decode()


def ticket_of(page: Response) -> str:
    """The ticket in the hidden field of `page`."""
    found = re.search(r'name="ticket" value="([^"]*)"', page.body.decode())
    assert found is not None, page
    return html.unescape(found[1])


def location(response: Response) -> str:
    """Where `response` redirects to."""
    assert response.status == 303, response.body
    return response.headers.get("Location") or ""


def fields_of(response: Response) -> dict[str, str]:
    """What travels back to the application, in whichever response mode."""
    if response.status == 200:
        hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', response.body.decode())
        return {name: html.unescape(value) for name, value in hidden}
    parts = urlsplit(location(response))
    return dict(parse_qsl(parts.fragment or parts.query))


def aadsts(response: Response) -> int:
    """The AADSTS number that `response` shows, whether as JSON, page or redirect."""
    shown = (response.headers.get("Location") or "") + response.body.decode()
    found = re.search(r"AADSTS(\d+)", shown)
    assert found is not None, shown
    return int(found[1])
