"""Notes to ourselves that others carry: signed, for one purpose, for a time.

A note is a JWT with a `typ` and an `aud` of its own, so that it can never be taken for an access
token or for a note of another purpose (RFC 8725 §3.11, §3.9).
"""

from __future__ import annotations

import secrets
from enum import Enum

import jwt

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.keys import ALGORITHM, LONGEST_NOTE_SECONDS
from partnercenter.service.token_authority.realm import Realm
from partnercenter.service.token_authority.refused import Refused
from partnercenter.wire.json_text import JsonObject

_TYP = "note+jwt"


class Purpose(Enum):
    """What a note is for, its life in seconds, and the refusals when it is bad or too old."""

    REFRESH = ("refresh", LONGEST_NOTE_SECONDS, Aadsts.BAD_GRANT, Aadsts.REFRESH_TOKEN_EXPIRED)
    AUTHORIZE = ("sign-in/authorize", 600, Aadsts.FLOW_EXPIRED, Aadsts.FLOW_EXPIRED)
    DEVICE = ("sign-in/device", 600, Aadsts.FLOW_EXPIRED, Aadsts.FLOW_EXPIRED)

    def __init__(self, path: str, lifetime: int, when_bad: Aadsts, when_expired: Aadsts) -> None:
        self.path = path
        self.lifetime = lifetime
        self.when_bad = when_bad
        self.when_expired = when_expired


def seal(realm: Realm, purpose: Purpose, claims: JsonObject) -> str:
    """`claims` as a note for `purpose`, good from now for the purpose's lifetime."""
    now = realm.now()
    frame: JsonObject = {
        "iss": realm.base_url,
        "aud": _audience(realm, purpose),
        "iat": now,
        "exp": now + purpose.lifetime,
        "jti": secrets.token_urlsafe(16),
    }
    return realm.keys.sign({**claims, **frame}, _TYP)


def unseal(realm: Realm, purpose: Purpose, note: str) -> JsonObject:
    """The claims of `note`. Raises Refused if it is not ours, is for another purpose, or is too old."""
    try:
        claims = _verify(realm, purpose, note)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise Refused(purpose.when_bad) from None
    expires = claims.get("exp")
    if not isinstance(expires, int) or realm.now() >= expires:
        raise Refused(purpose.when_expired)
    return claims


def _verify(realm: Realm, purpose: Purpose, note: str) -> JsonObject:
    # Whatever is not too old yet was signed by a key that verified when the note's life began, or by a later one.
    known = realm.keys.public_keys(realm.now() - purpose.lifetime)
    public_key = known.get(str(jwt.get_unverified_header(note).get("kid")))
    if public_key is None:
        raise jwt.InvalidTokenError
    # The times are compared with the authority's clock, which is not the library's.
    times: jwt.types.Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
    whole = jwt.decode_complete(
        note,
        public_key,
        algorithms=[ALGORITHM],
        audience=_audience(realm, purpose),
        issuer=realm.base_url,
        options=times,
    )
    if whole["header"].get("typ") != _TYP:
        raise jwt.InvalidTokenError
    claims: JsonObject = whole["payload"]
    return claims


def _audience(realm: Realm, purpose: Purpose) -> str:
    return f"{realm.base_url}/{purpose.path}"
