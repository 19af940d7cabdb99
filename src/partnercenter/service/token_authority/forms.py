"""Reading parameters strictly: each once, blank ones as if absent (RFC 6749 §3.1, §3.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.refused import Refused
from partnercenter.wire.messages import Request

MOST_PARAMETERS: Final = 64
LONGEST_ECHO: Final = 1024
"""Bytes of a text that the client wants back (`state`, `nonce`)."""

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_SECRETS = ("client_secret", "client_assertion", "password", "refresh_token", "code", "code_verifier", "device_code")
_NAMEABLE = frozenset({
    *_SECRETS, "client_id", "code_challenge", "code_challenge_method", "grant_type", "login_hint", "nonce", "prompt",
    "redirect_uri", "resource", "response_mode", "response_type", "scope", "state", "ticket", "user_code", "username",
})  # fmt: skip


class Parameters:
    """The parameters of one request; reading one never finds a second of the same name."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {name: value for name, value in values.items() if value}

    def get(self, name: str) -> str | None:
        """The value called `name`; None if it is absent or blank."""
        return self._values.get(name)

    def require(self, name: str) -> str:
        """The value called `name`. Raises Refused (900144, which names it) if there is none."""
        value = self._values.get(name)
        if value is None:
            raise Refused(Aadsts.MISSING_PARAMETER, name)
        return value

    def get_text(self, name: str) -> str | None:
        """A value that is handed back to the client. Raises Refused if it is long or has control characters."""
        value = self._values.get(name)
        if value and (len(value.encode()) > LONGEST_ECHO or any(ord(character) < 32 for character in value)):
            raise Refused(Aadsts.BAD_PARAMETER, name)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """The value called `name`, cut at spaces (RFC 6749 §3.3); empty if there is none."""
        return tuple(self._values.get(name, "").split())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._values.items())

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __repr__(self) -> str:
        # Values are passwords, codes and tokens: only their number is safe to show.
        return f"Parameters({len(self._values)})"


def read_query(request: Request) -> Parameters:
    """The parameters in the query of `request`. Raises Refused where they cannot be read one way only."""
    return _read(urlsplit(request.target).query)


def read_form(request: Request) -> Parameters:
    """The parameters in the form of `request`. Raises Refused, also when its query has secrets in it."""
    types = request.headers.get_all("Content-Type")
    if len(types) != 1 or types[0].partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise Refused(Aadsts.MALFORMED)
    query = parse_qsl(urlsplit(request.target).query, keep_blank_values=True)
    for name, _ in query:
        if name in _SECRETS:
            raise Refused(Aadsts.SECRET_IN_QUERY, name)
    try:
        return _read(request.body.decode("ascii"))
    except UnicodeDecodeError:
        raise Refused(Aadsts.MALFORMED) from None


def _read(text: str) -> Parameters:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise Refused(Aadsts.MALFORMED) from None
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            # An unknown name may be a secret that lost its '=': it is not repeated.
            raise Refused(
                Aadsts.DUPLICATE_PARAMETER,
                f"The parameter '{name}'" if name in _NAMEABLE else "A parameter",
            )
        values[name] = value
    return Parameters(values)
