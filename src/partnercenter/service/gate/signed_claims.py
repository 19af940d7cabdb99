"""What a token says, once its form and its signature were found good: what depends on token and key alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Literal, NamedTuple

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject

LONGEST_TOKEN = 8 * 1024

# RFC 8725 §3.1: one algorithm, chosen by us; the token's own word for it is only compared.
_ALGORITHM = "RS256"
_HEADER_MEMBERS = {"alg": _ALGORITHM, "typ": "JWT"}
_SIGNATURES = jwt.PyJWS(algorithms=[_ALGORITHM])


class Claims(msgspec.Struct, frozen=True):
    """The claims that decide. A claim of another JSON type than here is no claim, and a token without it is refused.

    `scp` and `amr` are the exception: they are read in whatever type they come, and of a wrong one they grant nothing.
    """

    iss: str
    aud: str
    tid: str
    oid: str
    sub: str
    appid: str
    idtyp: Literal["user", "app"]
    iat: int
    nbf: int
    exp: int
    scp: object = ""
    amr: object = ()
    upn: str = ""
    wids: list[str] = []


class SignedClaims(NamedTuple):
    """Claims, and the key whose signature they carry, with its id."""

    claims: Claims
    kid: str
    key: RSAPublicKey


class UnsignedError(ValueError):
    """The text is no token of ours. Says nothing more: whatever it said might quote the token."""


def read_signed(token: str, keys: Mapping[str, RSAPublicKey]) -> SignedClaims:
    """The claims of `token`, whose signature is that of one of `keys` (by `kid`). Raises UnsignedError."""
    try:
        header_part, claims_part, signature_part = _parts(token)
        kid = _kid(header_part)
        _strict_bytes(signature_part)
        _SIGNATURES.decode(token, keys[kid], algorithms=[_ALGORITHM])
        return SignedClaims(msgspec.convert(_strict_object(claims_part), Claims), kid, keys[kid])
    except (ValueError, KeyError, TypeError, jwt.PyJWTError, msgspec.ValidationError):
        pass  # the errors of the libraries may quote the token, so ours is raised outside of the handler
    raise UnsignedError


def _parts(token: str) -> list[str]:
    if len(token) > LONGEST_TOKEN:
        raise ValueError("too long")
    return token.split(".")


def _kid(header_part: str) -> str:
    header = _strict_object(header_part)
    kid = header.pop("kid")
    # Nothing else may stand there: `jku`, `jwk`, `x5u`, `crit` and `zip` would name other keys or readings.
    if header != _HEADER_MEMBERS or not isinstance(kid, str):
        raise ValueError("header")
    return kid


def _strict_object(part: str) -> JsonObject:
    value = json_text.read_strict(_strict_bytes(part))
    if not isinstance(value, dict):
        raise TypeError("object")
    return value


def _strict_bytes(part: str) -> bytes:
    """RFC 7515 §2: base64url without padding. One spelling only: a second one would be a second token."""
    try:
        decoded = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        raise ValueError("base64url") from None
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != part.encode("ascii"):
        raise ValueError("base64url")
    return decoded
