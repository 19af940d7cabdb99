"""Sending somebody back to the application, with a code or with a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from partnercenter.service.token_authority.pages import render
from partnercenter.service.token_authority.refused import Refused, Trace
from partnercenter.wire.messages import Headers, Response

RESPONSE_MODES: Final = ("query", "fragment", "form_post")


@dataclass(frozen=True, slots=True)
class WayBack:
    """Where an answer goes and how. `issuer` is sent along where one tenant's address was used (RFC 9207)."""

    redirect_uri: str
    mode: str
    state: str | None
    issuer: str | None

    def send(self, answer: Mapping[str, str]) -> Response:
        """The response that takes the user and `answer` back."""
        fields = dict(answer)
        if self.state is not None:
            fields["state"] = self.state
        if self.issuer is not None:
            fields["iss"] = self.issuer
        if self.mode == "form_post":
            return render("form_post.html", leaves=True, script=True, action=self.redirect_uri, fields=fields)
        # 303, not 307: the browser must not repeat the password form there (RFC 9700 §4.12).
        return Response(303, Headers({"Location": self._location(fields), "Referrer-Policy": "no-referrer"}))

    def refuse(self, refused: Refused, trace: Trace) -> Response:
        """The response that takes the user and a refusal back (RFC 6749 §4.1.2.1)."""
        return self.send({"error": refused.error, "error_description": trace.describe(refused)})

    def _location(self, fields: Mapping[str, str]) -> str:
        if self.mode == "fragment":
            return f"{self.redirect_uri}#{urlencode(fields)}"
        # A query that the registered URI has stays (RFC 6749 §3.1.2).
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{urlencode(fields)}"
