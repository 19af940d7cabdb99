"""The authority's signing key: made once, kept in one file that only its owner may read."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.wire.json_text import JsonObject, JsonValue, write_sorted

ALGORITHM: Final = "RS256"
KEY_FILE: Final = "signing-key.pem"
SMALLEST_KEY: Final = 2048
"""Bits; RFC 7518 §3.3 allows no smaller RSA key."""


class SigningKeyError(Exception):
    """The key file cannot be used. The text says why and what to do; it never quotes the file."""


class SigningKeys:
    """The RSA key pair that signs tokens (RS256), and its public half as others need it."""

    def __init__(self, private_key: rsa.RSAPrivateKey) -> None:
        self._private_key = private_key
        self._public_key = private_key.public_key()
        self._kid = _thumbprint(self._public_key)

    @classmethod
    def load_or_create(cls, directory: Path) -> SigningKeys:
        """The key in `directory`/signing-key.pem; made (RSA 2048, PKCS8, mode 0600) if there is none.

        Raises SigningKeyError for a file that others can read, that is no RSA key of at least 2048
        bits, or that cannot be read or made.
        """
        path = directory / KEY_FILE
        try:
            if not path.exists():
                _create(path)
            return cls(_load(path))
        except OSError as error:
            raise SigningKeyError(
                f"The signing key {path} cannot be read or made ({error.strerror}). "
                "Give this account read and write access to the directory, or name another one."
            ) from error

    @property
    def kid(self) -> str:
        """The key's id: its RFC 7638 thumbprint, so that the same key has the same id everywhere."""
        return self._kid

    def sign(self, claims: Mapping[str, JsonValue], typ: str = "JWT") -> str:
        """`claims` as a compact RS256 JWT whose header names this key and `typ` (RFC 8725 §3.11)."""
        headers = {"kid": self._kid, "typ": typ}
        return jwt.encode(dict(claims), self._private_key, algorithm=ALGORITHM, headers=headers)

    def public_keys(self) -> Mapping[str, rsa.RSAPublicKey]:
        """The keys that verify our tokens, by kid."""
        return {self._kid: self._public_key}

    def jwks(self) -> JsonObject:
        """The key set for publication (RFC 7517 §5): public members only."""
        members: JsonObject = {"use": "sig", "alg": ALGORITHM, "kid": self._kid, **_public_members(self._public_key)}
        return {"keys": [members]}


def _load(path: Path) -> rsa.RSAPrivateKey:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        # Windows has no such mode bits: there every file looks readable by all.
        if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
            raise SigningKeyError(
                f"Others can read the signing key {path}, so anyone may have signed with it. "
                f"Delete it and start again for a new key, or, if you trust it, run: chmod 600 '{path}'"
            )
        text = file.read()
    try:
        key = serialization.load_pem_private_key(text, password=None)
    except (ValueError, TypeError):
        raise SigningKeyError(f"{path} is not a PEM private key. Delete it and start again for a new key.") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < SMALLEST_KEY:
        raise SigningKeyError(
            f"{path} is not an RSA key of at least {SMALLEST_KEY} bits. Delete it and start again for a new key."
        )
    return key


def _create(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST_KEY)
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _write_durably(temporary, text)
        _publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_durably(path: Path, text: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _publish(temporary: Path, path: Path) -> None:
    """Give the finished file its name, all at once; a key that another process made meanwhile stays."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:
        # A file system without hard links: rename is atomic too, but the later of two makers wins.
        temporary.rename(path)


def _public_members(key: rsa.RSAPublicKey) -> dict[str, JsonValue]:
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": _base64url_number(numbers.n), "e": _base64url_number(numbers.e)}


def _thumbprint(key: rsa.RSAPublicKey) -> str:
    # RFC 7638 §3.2: the required members only, sorted, no blanks.
    return _base64url(hashlib.sha256(write_sorted(_public_members(key))).digest())


def _base64url_number(number: int) -> str:
    return _base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
