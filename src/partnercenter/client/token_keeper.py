"""The token of one client: fetched once however many calls want it, renewed before it ends."""

from __future__ import annotations

from collections.abc import Callable

from partnercenter.client.conversation import Flow, exclusive, get_token
from partnercenter.client.credentials import AccessToken, AsyncCredential, Credential

RENEWED_BEFORE_END = 120.0
"""Seconds before its end from which a token is renewed: a call and its retries take that long."""


def renewed_from(token: AccessToken, now: float) -> float:
    """From when on `token`, which came in at `now`, is renewed; both in seconds since 1970.

    A token that lives shorter than the margin is used for half of its life, not fetched for every call.
    """
    return token.expires_on - min(RENEWED_BEFORE_END, max(0.0, token.expires_on - now) / 2)


class TokenKeeper:
    """Holds the current token of `credential` for `scope`; `wall` tells the seconds since 1970."""

    def __init__(self, credential: Credential | AsyncCredential, scope: str, wall: Callable[[], float]) -> None:
        self._credential = credential
        self._scope = scope
        self._wall = wall
        self._current: AccessToken | None = None
        self._renewed_from = 0.0

    def token(self) -> Flow[AccessToken]:
        """The current token, a new one if there is none that lives long enough."""
        if self._current is not None and self._wall() < self._renewed_from:
            return self._current
        return (yield from exclusive(self, self._fetch_unless_fresh()))

    def replace(self, rejected: AccessToken) -> Flow[AccessToken]:
        """A token other than `rejected`, if the credential has one; one fetch for all who were rejected together."""
        return (yield from exclusive(self, self._fetch_unless_replaced(rejected)))

    def _fetch_unless_fresh(self) -> Flow[AccessToken]:
        # Whoever held the key before may have fetched already.
        if self._current is not None and self._wall() < self._renewed_from:
            return self._current
        return (yield from self._fetch())

    def _fetch_unless_replaced(self, rejected: AccessToken) -> Flow[AccessToken]:
        if self._current is not None and self._current.token != rejected.token:
            return self._current
        return (yield from self._fetch())

    def _fetch(self) -> Flow[AccessToken]:
        fetched = yield from get_token(self._credential, self._scope)
        self._current, self._renewed_from = fetched, renewed_from(fetched, self._wall())
        return fetched

    def __repr__(self) -> str:
        return f"TokenKeeper({self._scope!r})"
