"""Credentials: whoever can give an access token. Nothing here talks to anybody; `sign_in` does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, NoReturn, Protocol, runtime_checkable

NEVER = 253402300799
"""The last second of the year 9999, for tokens whose end is not known."""


def refuse_to_pickle(secret: object) -> NoReturn:
    """Raise TypeError: what holds a secret does not leave the process by accident."""
    raise TypeError(f"{type(secret).__name__} holds a secret and cannot be pickled or copied.")


class AccessToken(NamedTuple):
    """An access token, with the members of azure-core's `AccessToken` in the same order.

    token: the bearer token itself; shown in no repr.
    expires_on: when it ends, in seconds since 1970 (UTC).
    """

    token: str
    expires_on: int

    def __repr__(self) -> str:
        return f"AccessToken(token=***, expires_on={self.expires_on})"

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


@runtime_checkable
class AccessTokenLike(Protocol):
    """What a credential has to answer with; azure-core's `AccessToken` is one."""

    @property
    def token(self) -> str:
        """The bearer token itself."""

    @property
    def expires_on(self) -> int:
        """When it ends, in seconds since 1970 (UTC)."""


class Credential(Protocol):
    """Whoever can give an access token; every azure-core `TokenCredential` can."""

    def get_token(self, *scopes: str) -> AccessTokenLike:
        """A token for `scopes`. Called only when a fresh one is needed: the client caches it."""


class AsyncCredential(Protocol):
    """The asynchronous credential, for AsyncPartnerCenter; every azure-core `AsyncTokenCredential` is one."""

    async def get_token(self, *scopes: str) -> AccessTokenLike:
        """A token for `scopes`. Called only when a fresh one is needed: the client caches it."""


@runtime_checkable
class Interruptible(Protocol):
    """A blocking credential that may wait for a person, and can be told that nobody needs the token any more."""

    def give_up(self) -> None:
        """End the wait of a `get_token` in another thread soon, if there is one."""


class FixedToken:
    """A credential that gives one token which somebody else obtained.

    token: the bearer token.
    expires_on: when it ends, in seconds since 1970; if it is not known, the service will tell (401).
    """

    def __init__(self, token: str, expires_on: int = NEVER) -> None:
        self._token = AccessToken(token, expires_on)

    def get_token(self, *scopes: str) -> AccessToken:
        """The token, whatever the scope."""
        return self._token

    def __repr__(self) -> str:
        return "FixedToken(***)"

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


@dataclass(frozen=True, slots=True)
class DeviceCodePrompt:
    """What to show to the user, who signs in on any device with a browser (RFC 8628 §3.2).

    message: the whole sentence. user_code: to be typed in at verification_uri. expires_in: seconds.
    """

    message: str
    user_code: str
    verification_uri: str
    expires_in: int
