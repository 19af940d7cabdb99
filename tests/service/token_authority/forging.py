"""Tokens of exactly the bytes that a test wants, rightly signed or not, with a key of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from partnercenter.service.token_authority import SigningKeys
from partnercenter.service.token_authority.pem_files import public_text
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.service.stage import claims

ABSENT = "absent"
"""As the value of a header member or claim: leave it out."""


@cache
def secret() -> rsa.RSAPrivateKey:
    """The private key, made once: making one takes long."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def forging_keys() -> SigningKeys:
    """The same key as the service has it. Never rotated: all tests share it."""
    return SigningKeys(secret())


def b64(data: bytes) -> str:
    """base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def header(**changes: JsonValue) -> bytes:
    """The header of a good token, changed."""
    members: JsonObject = {"alg": "RS256", "typ": "JWT", "kid": forging_keys().kid, **changes}
    return json_text.write({name: value for name, value in members.items() if value != ABSENT})


def payload(**changes: JsonValue) -> bytes:
    """The claims of a good token, changed."""
    return json_text.write({name: value for name, value in claims(**changes).items() if value != ABSENT})


def signed(head: bytes, body: bytes) -> str:
    """A token of exactly these bytes, rightly signed."""
    text = f"{b64(head)}.{b64(body)}"
    return f"{text}.{b64(secret().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def good() -> str:
    """A token with which nothing is wrong."""
    return signed(header(), payload())


def with_claims(**changes: JsonValue) -> str:
    """A rightly signed token whose claims are changed."""
    return signed(header(), payload(**changes))


def with_header(**changes: JsonValue) -> str:
    """A rightly signed token whose header is changed."""
    return signed(header(**changes), payload())


def hs256(key: bytes) -> str:
    """A token that takes `key` for the secret of an HMAC (RFC 8725 §2.1)."""
    text = f"{b64(header(alg='HS256'))}.{b64(payload())}"
    return f"{text}.{b64(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


def public_pem() -> bytes:
    """The public key as everybody can have it."""
    return public_text(secret().public_key())
