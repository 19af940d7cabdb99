"""Authorization codes that wait to be redeemed: random, once, within a minute (RFC 6749 §4.1.2)."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.directory import SignedIn
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.resources import Wanted

CODE_LIFETIME: Final = 60
"""Seconds."""
REMEMBERED: Final = 600
"""Seconds for which an expired code is still told from one that never was."""
MOST_WAITING: Final = 10_000
"""Codes kept at once; the oldest gives way."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for, and what whoever redeems it must match.

    redirect_uri_sent: False = the request left it out, so the redemption may too (RFC 6749 §4.1.3).
    challenge: PKCE S256 (RFC 7636); None = the sign-in had none.
    """

    application_id: str
    redirect_uri: str
    redirect_uri_sent: bool
    challenge: str | None
    nonce: str | None
    wanted: Wanted
    signed_in: SignedIn


@dataclass(slots=True)
class _Entry:
    code: Code
    expires: int
    spent: bool = False


@dataclass(slots=True)
class Codes:
    """The codes of this process, kept by hash: what is in memory cannot be sent as a code."""

    _entries: dict[bytes, _Entry] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def issue(self, code: Code, now: int) -> str:
        """A new text of 256 random bits that stands for `code` for CODE_LIFETIME."""
        text = secrets.token_urlsafe(32)
        with self._lock:
            self._forget(now)
            self._entries[digest(text)] = _Entry(code, now + CODE_LIFETIME)
        return text

    def find(self, text: str, now: int) -> Code:
        """What `text` stands for. Raises Refused if it is unknown, expired or redeemed."""
        with self._lock:
            entry = self._entries.get(digest(text))
        if entry is None:
            raise Refused(Aadsts.BAD_GRANT)
        if entry.spent:
            raise Refused(Aadsts.CODE_USED)
        if now >= entry.expires:
            raise Refused(Aadsts.CODE_EXPIRED)
        return entry.code

    def spend(self, text: str) -> None:
        """Redeem `text`. Raises Refused for all but one of those who try at the same time."""
        with self._lock:
            entry = self._entries.get(digest(text))
            if entry is None or entry.spent:
                raise Refused(Aadsts.CODE_USED)
            entry.spent = True

    def _forget(self, now: int) -> None:
        # Insertion order is the order of expiry, so the ones to forget stand first.
        for key, entry in list(self._entries.items()):
            if entry.expires + REMEMBERED > now and len(self._entries) < MOST_WAITING:
                return
            del self._entries[key]


def digest(text: str) -> bytes:
    """The SHA-256 of `text`; enough for random texts of 256 bits."""
    return hashlib.sha256(text.encode()).digest()
