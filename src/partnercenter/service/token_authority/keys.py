"""The keys of the authority: the one that signs, and those before it that still verify."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.service.token_authority.json_web_keys import published_key, thumbprint
from partnercenter.service.token_authority.key_files import KeyFolder, PreviousKey
from partnercenter.service.token_authority.pem_files import make_key
from partnercenter.wire.json_text import JsonObject, JsonValue

ALGORITHM: Final = "RS256"
OVERLAP_SECONDS: Final = 24 * 3600 + 60
"""How long a key verifies after another has taken its place: the longest life of a token, and the leeway for clocks."""
LONGEST_NOTE_SECONDS: Final = 90 * 24 * 3600
"""The life of what we sign for ourselves and others carry (refresh tokens): so long its key must be known to us."""


@dataclass(frozen=True, slots=True)
class _Ring:
    """The keys of one moment; replaced as a whole, so that every reader sees one moment."""

    signing: rsa.RSAPrivateKey
    public: rsa.RSAPublicKey
    kid: str
    previous: tuple[PreviousKey, ...] = ()

    @classmethod
    def of(cls, signing: rsa.RSAPrivateKey, previous: Iterable[PreviousKey] = ()) -> _Ring:
        public = signing.public_key()
        kid = thumbprint(public)
        # A rotation that was cut short has filed the key that signs among those before it.
        return cls(signing, public, kid, tuple(key for key in previous if key.kid != kid))


class SigningKeys:
    """The RSA key that signs tokens (RS256), and the public keys that verify them.

    private_key: the key that signs. It and its successors live in memory; `load_or_create` keeps them in a folder.
    """

    def __init__(self, private_key: rsa.RSAPrivateKey) -> None:
        self._ring = _Ring.of(private_key)
        self._folder: KeyFolder | None = None

    @classmethod
    def load_or_create(cls, directory: Path) -> SigningKeys:
        """The keys in `directory`; the signing key is made (RSA 2048, PKCS8, mode 0600) if there is none.

        Raises SigningKeyError for a file that others can read, that is no RSA key of at least 2048
        bits, or that cannot be read or made.
        """
        folder = KeyFolder(directory)
        keys = cls(folder.load_or_create_signing_key())
        keys._folder = folder
        keys._ring = _Ring.of(keys._ring.signing, folder.load_previous_keys())
        return keys

    @property
    def kid(self) -> str:
        """The id of the key that signs: its RFC 7638 thumbprint."""
        return self._ring.kid

    def sign(self, claims: Mapping[str, JsonValue], typ: str = "JWT") -> str:
        """`claims` as a compact RS256 JWT whose header names the signing key and `typ` (RFC 8725 §3.11)."""
        ring = self._ring
        headers = {"kid": ring.kid, "typ": typ}
        return jwt.encode(dict(claims), ring.signing, algorithm=ALGORITHM, headers=headers)

    def public_keys(self, now: float) -> Mapping[str, rsa.RSAPublicKey]:
        """The keys that verify our tokens at `now` (Unix seconds), by kid; the signing key stands first.

        A key is the same object every time, for as long as it verifies.
        """
        ring = self._ring
        return {ring.kid: ring.public} | {key.kid: key.public_key for key in ring.previous if now < key.until}

    def jwks(self, now: float) -> JsonObject:
        """The key set for publication at `now` (Unix seconds; RFC 7517 §5): public members only."""
        keys: list[JsonValue] = [published_key(key, kid, ALGORITHM) for kid, key in self.public_keys(now).items()]
        return {"keys": keys}

    def rotate(self, now: float, overlap_seconds: int = OVERLAP_SECONDS) -> None:
        """Sign with a new key from now on; it is on the disk before it is used. Takes a fraction of a second.

        now: Unix seconds. overlap_seconds: how long the keys before it still verify at most. 0 is for a key that
        leaked: every earlier key is forgotten at once, so all tokens and all refresh tokens that were issued are
        worthless. Raises SigningKeyError if the folder cannot be written; the old key then goes on.
        """
        ring = self._ring
        retired = PreviousKey(ring.kid, ring.public, int(now) + overlap_seconds)
        kept = [key.at_most_until(retired.until) for key in ring.previous if now < key.until + LONGEST_NOTE_SECONDS]
        previous = [retired, *kept] if overlap_seconds else []
        new = make_key()
        if self._folder is not None:
            self._folder.replace(new, previous)
        self._ring = _Ring.of(new, previous)
