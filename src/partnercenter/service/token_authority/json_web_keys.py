"""A public key as JSON Web Key: its members and its thumbprint (RFC 7517, RFC 7638)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import rsa

from partnercenter.wire.json_text import JsonObject, JsonValue, write_sorted


def published_key(key: rsa.RSAPublicKey, kid: str, algorithm: str) -> JsonObject:
    """One entry of a key set (RFC 7517 §4): for signatures with `algorithm`; public members only."""
    return {"use": "sig", "alg": algorithm, "kid": kid, **_public_members(key)}


def thumbprint(key: rsa.RSAPublicKey) -> str:
    """The key's RFC 7638 thumbprint, so that the same key has the same id everywhere."""
    # RFC 7638 §3.2: the required members only, sorted, no blanks.
    return _base64url(hashlib.sha256(write_sorted(_public_members(key))).digest())


def _public_members(key: rsa.RSAPublicKey) -> dict[str, JsonValue]:
    numbers = key.public_numbers()
    return {"kty": "RSA", "n": _base64url_number(numbers.n), "e": _base64url_number(numbers.e)}


def _base64url_number(number: int) -> str:
    return _base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
