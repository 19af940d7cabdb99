"""The HTTP client that unmodified MSAL is given: it calls the authority, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from partnercenter.service.token_authority import TokenAuthority
from partnercenter.wire.messages import Headers, Request
from tests.service.token_authority.visitor import FORM


@dataclass(frozen=True, slots=True)
class Reply:
    """What MSAL reads of a response."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    def raise_for_status(self) -> None:
        """MSAL calls this where nothing but a 200 will do."""
        assert self.status_code == 200, self.text


@dataclass(frozen=True, slots=True)
class InProcessHttp:
    """`get`, `post` and `close`, as MSAL's documentation of `http_client` asks for."""

    authority: TokenAuthority

    def get(self, url: str, **_: object) -> Reply:
        """GET."""
        return self._send(Request("GET", urlsplit(url).path))

    def post(self, url: str, data: Mapping[str, str] | None = None, **_: object) -> Reply:
        """POST of a form."""
        lines = Headers({"Content-Type": FORM})
        return self._send(Request("POST", urlsplit(url).path, lines, urlencode(data or {}).encode()))

    def close(self) -> None:
        """Nothing is open."""

    def _send(self, request: Request) -> Reply:
        response = self.authority.answer(request)
        return Reply(response.status, response.body.decode(), dict(response.headers))
