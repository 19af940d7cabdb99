"""Bearer token → Caller: signature, issuer, audience, times and holder are really verified (RFC 6750, RFC 8725)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from partnercenter.service.caller import Caller
from partnercenter.service.gate.real_tokens import is_real
from partnercenter.service.gate.signed_claims import Claims, UnsignedError, read_signed
from partnercenter.service.gate.verified_tokens import VerifiedTokens
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts
from partnercenter.wire import headers
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.messages import Headers
from partnercenter.wire.oauth import MFA, USER_IMPERSONATION, access_token_issuer

RETIRED_AUDIENCE = "https://graph.windows.net"
LEEWAY_SECONDS = 60
LONGEST_LIFE_SECONDS = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a token has to be to be accepted here.

    keys: the public keys of the token authority by their `kid`, at a time (seconds since the epoch). They are asked for
    every token, so that a rotation holds at once.
    authority: base URL of the token authority. cloud: whose tokens are taken, for its audience.
    accounts: the tenants, users and applications that exist and are enabled; looked up for every token, so that what
    is disabled is refused at once, whenever its token was issued. clock: seconds since the epoch.
    verified: the tokens whose signature need not be verified again.
    """

    keys: Callable[[float], Mapping[str, RSAPublicKey]]
    authority: str
    cloud: Cloud
    accounts: Accounts
    clock: Callable[[], float]
    verified: VerifiedTokens = field(default_factory=VerifiedTokens)

    def caller(self, lines: Headers) -> Caller:
        """Who sends these header lines. Refusal with 401 if they carry no token or one that is not accepted."""
        token = self._bearer_token(lines)
        keys = self.keys(self.clock())
        known = self.verified.find(token, keys)
        try:
            signed = known or read_signed(token, keys)
        except UnsignedError:
            reason = Reason.REAL_TOKEN if is_real(token) else Reason.TOKEN_NOT_ACCEPTED
            raise self._not_accepted(reason) from None
        claims = signed.claims
        if not (self._is_for_us_now(claims) and self._has_a_holder(claims)):
            raise self._not_accepted()
        if claims.aud.removesuffix("/") == RETIRED_AUDIENCE:
            raise Refusal(Reason.AUDIENCE_RETIRED, lines=[self._challenge('error="invalid_token"')])
        if known is None:
            self.verified.remember(token, signed)
        # A token cannot give a role that the directory does not.
        return _caller(claims, self.accounts.roles_of(claims.oid).intersection(claims.wids))

    def _bearer_token(self, lines: Headers) -> str:
        scheme, _, token = (lines.get(headers.AUTHORIZATION) or "").partition(" ")
        if not scheme or scheme.lower() != "bearer":
            # RFC 6750 §3.1: no error attribute if the request had no token at all.
            raise Refusal(Reason.TOKEN_MISSING, lines=[self._challenge()])
        return token.lstrip(" ")  # RFC 9110 §11.4: one or more blanks

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

    def _not_accepted(self, reason: Reason = Reason.TOKEN_NOT_ACCEPTED) -> Refusal:
        return Refusal(reason, lines=[self._challenge('error="invalid_token"')])

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
