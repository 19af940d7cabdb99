"""What may be shown of a request and its answer: everything but secrets, of which no trace is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode

from partnercenter.wire import headers, json_text
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.masking import masked
from partnercenter.wire.messages import Headers

REMOVED: Final = "[removed]"

# An access token, a refresh token or a sealed note, wherever it stands (RFC 7519 §3: parts joined by dots): whole words
# are looked for, each from its first letter alone, as a search for `eyJ` within a long one would begin there again and
# again, and take minutes.
_DOTTED = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]++(?:\.[A-Za-z0-9_-]*+)++", re.ASCII)
_SIGNED = "eyJ"
# Credentials of whatever form behind their scheme (RFC 9110 §11.4), outside of the line that is theirs, too.
_CREDENTIALS = re.compile(r"\b(bearer|basic) +[A-Za-z0-9._~+/-]{8,}=*(?=[\s,;]|$)", re.ASCII | re.IGNORECASE)
# A pair that stands where none is read: in a fragment, behind a semicolon, in a text.
_PAIR = re.compile(
    r"((?:password|passwd|secret|assertion|(?:access|refresh|id)_?token|api.?key|tax.?id)=)[^&;\s\"]+",
    re.ASCII | re.IGNORECASE,
)
_SECRET_MEMBER = re.compile(r"password|passwd|secret|token|assertion|credential|api.?key", re.ASCII | re.IGNORECASE)
_SECRET_LINE = re.compile(
    rf"{_SECRET_MEMBER.pattern}|auth(?!enticate)|session|cookie|key|signature", re.ASCII | re.IGNORECASE
)
_NO_SECRETS: Final = ("continuationtoken", headers.MS_CONTINUATION_TOKEN.lower())
"""Names that sound like one: it says where a list goes on."""
_USER = re.compile("//[^/@]*@", re.ASCII)
_WITH_QUERY: Final = ("location", "referer")
_TAX_ID: Final = "taxid"

# Of a sign-in only this is kept (RFC 6749, RFC 7636, RFC 8628): by name, as nobody can list what else is secret.
_OF_A_SIGN_IN: Final = frozenset({
    "client_id", "code_challenge_method", "error", "error_codes", "error_description", "expires_in", "expires_on",
    "ext_expires_in", "grant_type", "interval", "not_before", "prompt", "redirect_uri", "resource", "response_mode",
    "response_type", "scope", "timestamp", "token_type", "trace_id", "correlation_id", "verification_uri",
    "verification_url",
})  # fmt: skip
_PUBLIC_DOCUMENTS: Final = ("/openid-configuration", "/keys")


class Redaction:
    """Knows the secrets of one service by their text, and all others by where they stand.

    secrets: texts that are removed wherever they occur; those of fewer than eight characters are not looked for,
    since they would be found in everything.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        found = sorted({secret for secret in secrets if len(secret) >= _SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, found))) if found else None

    def text(self, text: str) -> str:
        """`text` without tokens and without the secrets that are known."""
        if _SIGNED in text:
            text = _DOTTED.sub(_without_signed, text)
        text = _CREDENTIALS.sub(rf"\1 {REMOVED}", text)
        text = _PAIR.sub(rf"\1{REMOVED}", text)
        return self._known.sub(REMOVED, text) if self._known else text

    def target(self, target: str, *, sign_in: bool) -> str:
        """The path with its query. sign_in: it is an address of the token authority."""
        path, mark, query = target.partition("?")
        return self._path(path) + mark + self._pairs(query, sign_in=sign_in)

    def lines(self, lines: Headers) -> list[tuple[str, str]]:
        """The header lines; one that carries a secret keeps its name."""
        return [(self.text(name), self._line(name.lower(), value)) for name, value in lines]

    def body(self, content: bytes, content_type: str, target: str, *, sign_in: bool) -> str:
        """The body as text: JSON and forms are read, of anything else only the length is told."""
        if not content:
            return ""
        if content_type.lower().startswith("application/x-www-form-urlencoded"):
            return self._pairs(content.decode("latin-1"), sign_in=True)
        try:
            value = json_text.read_lenient(content)
            if not sign_in:
                return json_text.write(self._value(value)).decode()
            public = target.partition("?")[0].endswith(_PUBLIC_DOCUMENTS)
            return self.text(json_text.write(value if public else _of_a_sign_in(value)).decode())
        except (json_text.JsonTextError, RecursionError):
            return f"[{len(content)} bytes that are not JSON]"

    def _path(self, path: str) -> str:
        plain = unquote(path)
        shown = self.text(plain)
        return path if shown == plain else quote(shown, safe="/[]")

    def _pairs(self, text: str, *, sign_in: bool) -> str:
        if not text:
            return ""
        try:
            pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_PAIRS)
        except ValueError:
            return REMOVED
        shown = [(self.text(name), self._pair(name.lower(), value, sign_in)) for name, value in pairs]
        kept = [(name, value) for name, value in shown if not sign_in or name.lower() in _NAMEABLE]
        return urlencode(kept, safe="[]")

    def _pair(self, name: str, value: str, sign_in: bool) -> str:
        if sign_in:
            return self.text(value) if name in _OF_A_SIGN_IN else REMOVED
        return masked(value) if name == _TAX_ID else REMOVED if _is_secret(name, _SECRET_MEMBER) else self._inner(value)

    def _inner(self, value: str) -> str:
        """A text that may be JSON itself, as the filter of an audit is."""
        if value[:1] in ("{", "["):
            with suppress(json_text.JsonTextError, RecursionError):
                return json_text.write(self._value(json_text.read_lenient(value.encode()))).decode()
        return self.text(value)

    def _line(self, name: str, value: str) -> str:
        if name == headers.AUTHORIZATION.lower():
            scheme = value.partition(" ")[0]
            return f"{scheme} {REMOVED}" if scheme.lower() in ("bearer", "basic") and " " in value else REMOVED
        if _is_secret(name, _SECRET_LINE):
            return REMOVED
        if name in _WITH_QUERY:
            place, mark, _ = value.partition("?")
            # RFC 3986 §3.2.1: before the @ stands who asks, and often with which password.
            value = _USER.sub(rf"//{REMOVED}@", place.partition("#")[0]) + (mark and mark + REMOVED)
        return self.text(value)

    def _value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, str):
            return self._inner(value)
        if isinstance(value, list):
            return [self._value(inner) for inner in value]
        if isinstance(value, dict):
            return {self.text(name): self._member(name.lower(), inner) for name, inner in value.items()}
        return value

    def _member(self, name: str, value: JsonValue) -> JsonValue:
        if name == _TAX_ID:
            return masked(value) if isinstance(value, str) else REMOVED if value is not None else None
        return REMOVED if value is not None and _is_secret(name, _SECRET_MEMBER) else self._value(value)


_SHORTEST: Final = 8
_MOST_PAIRS: Final = 128
_NAMEABLE: Final = _OF_A_SIGN_IN | {
    "client_assertion", "client_secret", "code", "code_challenge", "code_verifier", "device_code", "login_hint",
    "nonce", "otp", "password", "refresh_token", "state", "ticket", "user_code", "username",
}  # fmt: skip


def _without_signed(word: re.Match[str]) -> str:
    before, found, after = word[0].partition(_SIGNED)
    return before + REMOVED if found and "." in after else word[0]


def _is_secret(name: str, pattern: re.Pattern[str]) -> bool:
    return name not in _NO_SECRETS and pattern.search(name) is not None


def _of_a_sign_in(value: JsonValue) -> JsonValue:
    if not isinstance(value, Mapping):
        return REMOVED
    return {
        name: _plain(inner) if name in _OF_A_SIGN_IN else REMOVED for name, inner in value.items() if name in _ANSWERED
    }


def _plain(value: JsonValue) -> JsonValue:
    """What these members are: texts, numbers, lists of numbers. An object may hold anything."""
    inner = value if isinstance(value, list) else [value]
    return REMOVED if any(isinstance(one, (dict, list)) for one in inner) else value


_ANSWERED: Final = _NAMEABLE | {"access_token", "client_info", "id_token", "message", "verification_uri_complete"}
