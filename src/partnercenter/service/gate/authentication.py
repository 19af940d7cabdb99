"""Bearer token → Caller: signature, issuer, audience, tenant and times are really verified (RFC 6750, RFC 8725)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Literal

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from partnercenter.service.caller import Caller
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers, json_text
from partnercenter.wire.guid import read_guid
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Headers
from partnercenter.wire.oauth import MFA, USER_IMPERSONATION, access_token_issuer

RETIRED_AUDIENCE = "https://graph.windows.net"
LONGEST_TOKEN = 8 * 1024
LEEWAY_SECONDS = 60
LONGEST_LIFE_SECONDS = 24 * 60 * 60

# RFC 8725 §3.1: one algorithm, chosen by us; the token's own word for it is only compared.
_HEADER_MEMBERS = {"alg": "RS256", "typ": "JWT"}


class Claims(msgspec.Struct, frozen=True):
    """The claims that decide. A claim of another JSON type than here is no claim."""

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
    scp: str = ""
    upn: str = ""
    amr: list[str] = []
    wids: list[str] = []


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a token has to be to be accepted here.

    keys: public keys of the token authority by their `kid`.
    authority: base URL of the token authority. audience: what tokens must be for.
    tenants: ids of the tenants that exist. clock: seconds since the epoch.
    """

    keys: Mapping[str, RSAPublicKey]
    authority: str
    audience: str
    tenants: Container[str]
    clock: Callable[[], float]

    def caller(self, lines: Headers) -> Caller:
        """Who sends these header lines. Refusal with 401 if they carry no token or one that is not accepted."""
        token = self._bearer_token(lines)
        try:
            claims = msgspec.convert(self._verified_claims(token), Claims)
        except (ValueError, KeyError, TypeError, jwt.PyJWTError, msgspec.ValidationError):
            # `from None`: the errors of the libraries may quote the token.
            raise self._not_accepted() from None
        if not self._is_for_us_now(claims):
            raise self._not_accepted()
        if claims.aud.removesuffix("/") == RETIRED_AUDIENCE:
            raise Refusal(Reason.AUDIENCE_RETIRED, lines=[self._challenge('error="invalid_token"')])
        return _caller(claims)

    def _bearer_token(self, lines: Headers) -> str:
        scheme, _, token = (lines.get(headers.AUTHORIZATION) or "").partition(" ")
        if not scheme or scheme.lower() != "bearer":
            # RFC 6750 §3.1: no error attribute if the request had no token at all.
            raise Refusal(Reason.TOKEN_MISSING, lines=[self._challenge()])
        return token.lstrip(" ")  # RFC 9110 §11.4: one or more blanks

    def _verified_claims(self, token: str) -> JsonObject:
        if len(token) > LONGEST_TOKEN:
            raise ValueError("too long")
        header_part, claims_part, signature_part = token.split(".")
        header = _strict_object(header_part)
        kid = header.pop("kid")
        # Nothing else may stand there: `jku`, `jwk`, `x5u`, `crit` and `zip` would name other keys or readings.
        if header != _HEADER_MEMBERS or not isinstance(kid, str):
            raise ValueError("header")
        _strict_bytes(signature_part)
        jwt.PyJWS().decode(token, self.keys[kid], algorithms=["RS256"])
        return _strict_object(claims_part)

    def _is_for_us_now(self, claims: Claims) -> bool:
        now = self.clock()
        return (
            claims.iss == access_token_issuer(self.authority, claims.tid)
            and claims.aud.removesuffix("/") in (self.audience, RETIRED_AUDIENCE)
            and claims.tid in self.tenants
            and all(map(read_guid, (claims.oid, claims.appid)))
            and bool(claims.sub)
            and max(claims.iat, claims.nbf) - LEEWAY_SECONDS <= now < claims.exp + LEEWAY_SECONDS
            and 0 < claims.exp - claims.iat <= LONGEST_LIFE_SECONDS
        )

    def _not_accepted(self) -> Refusal:
        return Refusal(Reason.TOKEN_NOT_ACCEPTED, lines=[self._challenge('error="invalid_token"')])

    def _challenge(self, *attributes: str) -> tuple[str, str]:
        where = f'authorization_uri="{self.authority}/common/oauth2/v2.0/authorize"'
        return headers.WWW_AUTHENTICATE, "Bearer " + ", ".join(['realm="partnercenter"', where, *attributes])


def _caller(claims: Claims) -> Caller:
    return Caller(
        tenant_id=claims.tid,
        application_id=claims.appid,
        user_id=claims.oid,
        user_name=claims.upn,
        delegated=claims.idtyp == "user" and USER_IMPERSONATION in claims.scp.split(" "),
        mfa=MFA in claims.amr,
        roles=frozenset(claims.wids),
    )


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
