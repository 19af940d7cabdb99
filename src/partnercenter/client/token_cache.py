"""Tokens that outlive a process: in a file for its owner alone, or in the keyring of the system.

One lock between processes is held from reading to writing, the refresh in between included: of many processes that
start at once one asks the authority, the others take what it got, and no rotated refresh token is overwritten by an
older one (RFC 9700 §4.14.2). The kernel gives the lock up with its process, however that ends.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from partnercenter.client.credentials import AccessToken, refuse_to_pickle
from partnercenter.client.errors import ConfigurationError, SignInError
from partnercenter.client.token_keeper import renewed_from
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue

if TYPE_CHECKING:
    from partnercenter.client.token_store import TokenStore

LONGEST_WAIT = 100.0
"""Seconds to wait for another process: longer than any one exchange with an authority takes."""


class KeptTokens:
    """The tokens of one sign-in as the cache has them. Changes are kept when the `with` of `TokenCache.held` ends."""

    def __init__(self, kept: JsonObject) -> None:
        self._kept = kept

    @property
    def refresh_token(self) -> str | None:
        """The newest refresh token, or None."""
        held = self._kept.get("refreshToken")
        return held if isinstance(held, str) else None

    def access_token(self, scopes: tuple[str, ...]) -> AccessToken | None:
        """An access token for `scopes` that is not about to end, or None."""
        found = self._access().get(" ".join(scopes))
        match found:
            case {"token": str(token), "expiresOn": int(expires_on), "renewedFrom": int() | float() as renewed}:
                return AccessToken(token, expires_on) if time.time() < renewed else None
        return None

    def forget(self, rejected: AccessToken) -> None:
        """Keep `rejected` no longer, wherever it stands."""
        access = self._access()
        stale = [s for s, found in access.items() if isinstance(found, dict) and found.get("token") == rejected.token]
        for scope in stale:
            del access[scope]

    def keep(self, scopes: tuple[str, ...], token: AccessToken, refresh_token: str | None) -> None:
        """Put new tokens in the place of the old ones; a refresh token of None leaves the one that is there."""
        access = self._access()
        for scope in [scope for scope, found in access.items() if not _lives(found)]:
            del access[scope]
        access[" ".join(scopes)] = {
            "token": token.token,
            "expiresOn": token.expires_on,
            "renewedFrom": renewed_from(token, time.time()),
        }
        if refresh_token is not None:
            self.keep_refresh_token(refresh_token)

    def keep_refresh_token(self, refresh_token: str) -> None:
        """Put `refresh_token` in the place of the old one."""
        self._kept["refreshToken"] = refresh_token

    def _access(self) -> JsonObject:
        access = self._kept.setdefault("accessTokens", {})
        if not isinstance(access, dict):
            access = self._kept["accessTokens"] = {}
        return access

    def __repr__(self) -> str:
        return "KeptTokens(***)"

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


class TokenCache:
    """Keeps the tokens of credentials between processes; may be shared by threads, processes and credentials.

    Of the people who sign in it knows one for each application and tenant: give each person a cache of their own. Users
    with a RefreshTokenCredential are told apart.

    Make one with `TokenCache.file` or `TokenCache.keyring`, and give it to a credential as `cache`.
    """

    def __init__(self, store: TokenStore) -> None:
        self._store = store

    @classmethod
    def file(cls, path: str | Path) -> TokenCache:
        """A cache in the file `path`, for its owner alone (0600); made with its folder (0700) when it is needed.

        A file that others can read, or that is somebody else's, is refused with ConfigurationError.
        """
        from partnercenter.client.token_store import FileStore

        return cls(FileStore(Path(path)))

    @classmethod
    def keyring(cls, name: str = "default", *, service: str = "partnercenter") -> TokenCache:
        """A cache in the keyring of the system (the extra `keyring`), under `service` and `name`.

        Raises ConfigurationError if the extra is not installed. That there is no keyring shows when it is used.
        """
        from partnercenter.client.token_store import KeyringStore

        return cls(KeyringStore(service, name))

    @contextmanager
    def held(self, account: str) -> Iterator[KeptTokens]:
        """The tokens of `account`, which nobody else changes until the end of the `with`; then they are kept.

        account: one sign-in, as `account_of` names it. Raises ConfigurationError if the tokens cannot be read or kept,
        SignInError if another process holds them for LONGEST_WAIT.
        """
        with self._locked():
            everything = self._read()
            before = json_text.write(everything)
            kept = everything.setdefault(account, {})
            if not isinstance(kept, dict):
                raise self._damaged()
            try:
                yield KeptTokens(kept)
            finally:  # a token that was rejected is forgotten even if there is no new one
                if not kept:
                    del everything[account]
                if json_text.write(everything) != before:
                    self._store.save(json_text.write(everything).decode())

    def has(self, account: str) -> bool:
        """Whether there is a refresh token of `account`."""
        kept = self._read().get(account)
        return isinstance(kept, dict) and isinstance(kept.get("refreshToken"), str)

    def holds_any(self) -> bool:
        """Whether there is a token of anybody."""
        return bool(self._read())

    def clear(self) -> None:
        """Forget every token."""
        with self._locked():
            self._store.remove()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(self._store.lock_place(), timeout=LONGEST_WAIT, mode=0o600)
        try:
            lock.acquire()
        except Timeout:
            raise SignInError(
                f"Another process has held {self._store} for {LONGEST_WAIT:.0f} s.", next_step="End it, or try later."
            ) from None
        except OSError as error:
            raise ConfigurationError(
                f"{self._store} cannot be locked: {error.strerror or type(error).__name__}.",
                next_step="Name a file in a folder of your own.",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def _read(self) -> JsonObject:
        text = self._store.load()
        if text is None:
            return {}
        try:
            kept = json_text.read_lenient(text.encode())
        except ValueError:
            raise self._damaged() from None
        if not isinstance(kept, dict):
            raise self._damaged()
        return kept

    def _damaged(self) -> ConfigurationError:
        return ConfigurationError(f"{self._store} does not hold tokens.", next_step="Remove it, and sign in again.")

    def __repr__(self) -> str:
        return f"TokenCache({str(self._store)!r})"

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


def _lives(found: JsonValue) -> bool:
    ends = found.get("expiresOn") if isinstance(found, dict) else None
    return isinstance(ends, int) and ends > time.time()


def account_of(authority: str, client_id: str, sign_in: str | None = None) -> str:
    """The name of one sign-in in a cache. It holds no secret.

    sign_in: the refresh token that it began with; a cache that has seen another user must not answer for this one.
    None: that of the person who signed in.
    """
    if sign_in is None:
        return f"{authority.lower()} {client_id.lower()}"
    return f"{authority.lower()} {client_id.lower()} {hashlib.sha256(sign_in.encode()).hexdigest()[:32]}"
