"""The tokens that were accepted lately: to verify an RSA signature takes longer than all the rest of a GET.

What is kept of a token is what it says and whose signature it carries, which no time changes. Whether it is accepted,
by its times, its holder and the keys of this moment, is asked for every request anew.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from partnercenter.service.gate.signed_claims import SignedClaims

MOST_TOKENS = 4096
"""A token lives for an hour: so many callers in an hour are verified once each."""


class VerifiedTokens:
    """Signed claims by the SHA-256 of their token, so that no token lies in memory. For one event loop.

    most: how many; the one that was asked for longest ago makes room.
    """

    def __init__(self, most: int = MOST_TOKENS) -> None:
        self._most = most
        self._known: OrderedDict[bytes, SignedClaims] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def find(self, token: str, keys: Mapping[str, RSAPublicKey]) -> SignedClaims | None:
        """What was remembered of `token`, if the very key that verified it is still among `keys`; else None."""
        digest = _digest(token)
        known = self._known.get(digest)
        if known is None or keys.get(known.kid) is not known.key:
            return None
        self._known.move_to_end(digest)
        return known

    def remember(self, token: str, signed: SignedClaims) -> None:
        """Keep what `token` says. signed: as it was read with a signature that was verified."""
        digest = _digest(token)
        self._known[digest] = signed
        self._known.move_to_end(digest)
        if len(self._known) > self._most:
            self._known.popitem(last=False)


def _digest(token: str) -> bytes:
    # Two texts never have the same bytes, half a surrogate pair included.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
