"""Bearer token → Caller: signature, issuer, audience, times and holder are really verified (RFC 6750, RFC 8725)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from partnercenter.service.caller import Caller
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts
from partnercenter.wire import headers, json_text
from partnercenter.wire.clouds import Cloud
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


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a token has to be to be accepted here.

    keys: the public keys of the token authority by their `kid`, at a time (seconds since the epoch). They are asked for
    every token, so that a rotation holds at once.
    authority: base URL of the token authority. cloud: whose tokens are taken, for its audience.
    accounts: the tenants, users and applications that exist and are enabled; looked up for every token, so that what
    is disabled is refused at once, whenever its token was issued. clock: seconds since the epoch.
    """

    keys: Callable[[float], Mapping[str, RSAPublicKey]]
    authority: str
    cloud: Cloud
    accounts: Accounts
    clock: Callable[[], float]

    def caller(self, lines: Headers) -> Caller:
        """Who sends these header lines. Refusal with 401 if they carry no token or one that is not accepted."""
        token = self._bearer_token(lines)
        try:
            claims = msgspec.convert(self._verified_claims(token), Claims)
        except (ValueError, KeyError, TypeError, jwt.PyJWTError, msgspec.ValidationError):
            # `from None`: the errors of the libraries may quote the token.
            raise self._not_accepted() from None
        if not (self._is_for_us_now(claims) and self._has_a_holder(claims)):
            raise self._not_accepted()
        if claims.aud.removesuffix("/") == RETIRED_AUDIENCE:
            raise Refusal(Reason.AUDIENCE_RETIRED, lines=[self._challenge('error="invalid_token"')])
        # A token cannot give a role that the directory does not.
        return _caller(claims, self.accounts.roles_of(claims.oid).intersection(claims.wids))

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
        jwt.PyJWS().decode(token, self.keys(self.clock())[kid], algorithms=["RS256"])
        return _strict_object(claims_part)

    def _is_for_us_now(self, claims: Claims) -> bool:
        now = self.clock()
        return (
            claims.iss == access_token_issuer(self.authority, claims.tid, self.cloud)
            and claims.aud.removesuffix("/") in (self.cloud.addresses.audience, RETIRED_AUDIENCE)
            and bool(claims.sub)
            and max(claims.iat, claims.nbf) - LEEWAY_SECONDS <= now < claims.exp + LEEWAY_SECONDS
            and 0 < claims.exp - claims.iat <= LONGEST_LIFE_SECONDS
        )

    def _has_a_holder(self, claims: Claims) -> bool:
        return self.accounts.may_act(claims.tid, claims.appid, claims.oid, alone=claims.idtyp == "app")

    def _not_accepted(self) -> Refusal:
        return Refusal(Reason.TOKEN_NOT_ACCEPTED, lines=[self._challenge('error="invalid_token"')])

    def _challenge(self, *attributes: str) -> tuple[str, str]:
        where = f'authorization_uri="{self.authority}/common/oauth2/v2.0/authorize"'
        return headers.WWW_AUTHENTICATE, "Bearer " + ", ".join(['realm="partnercenter"', where, *attributes])


def _caller(claims: Claims, roles: frozenset[str]) -> Caller:
    scopes = claims.scp.split(" ") if isinstance(claims.scp, str) else []
    return Caller(
        tenant_id=claims.tid,
        application_id=claims.appid,
        user_id=claims.oid,
        user_name=claims.upn,
        delegated=claims.idtyp == "user" and USER_IMPERSONATION in scopes,
        # A token with the marks of both is neither.
        application=claims.idtyp == "app" and claims.scp == "",
        mfa=isinstance(claims.amr, list) and MFA in claims.amr,
        roles=roles,
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
