"""Refresh tokens: notes that we sign and clients keep, and the constants that the documentation publishes."""

from __future__ import annotations

from dataclasses import dataclass

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.directory import PublishedRefreshToken, SignedIn
from partnercenter.service.token_authority.realm import Realm
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.sealed import Purpose, seal, unseal


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What a refresh token stands for.

    confidential: to use it, the application must show its secret.
    resource: what the next access token is for, if the request does not say (RFC 6749 §6).
    """

    application_id: str
    signed_in: SignedIn
    confidential: bool
    resource: str


def issue_refresh_token(realm: Realm, token: RefreshToken) -> str:
    """A new text for `token`, good for 90 days. Nothing is stored, so an older one keeps working, as at Entra."""
    user = token.signed_in.user
    return seal(
        realm,
        Purpose.REFRESH,
        {
            "sub": user.id,
            "tid": user.tenant_id,
            "appid": token.application_id,
            "amr": list(token.signed_in.methods),
            "confidential": token.confidential,
            "resource": token.resource,
        },
    )


def read_refresh_token(realm: Realm, text: str) -> RefreshToken:
    """What `text` stands for. Raises Refused if it is unknown, changed or expired, or its user is gone."""
    published = realm.directory.find_refresh_token(text)
    return _published(realm, published) if published else _sealed(realm, text)


def _published(realm: Realm, published: PublishedRefreshToken) -> RefreshToken:
    user = realm.directory.find_user(published.user_id)
    application = realm.directory.find_application(published.application_id)
    if user is None or application is None:
        raise Refused(Aadsts.BAD_GRANT)
    # Everybody can read this token in the documentation: only the secret says who uses it.
    return RefreshToken(
        application.id,
        SignedIn(user, user.methods),
        confidential=application.secret is not None,
        resource=realm.audience,
    )


def _sealed(realm: Realm, text: str) -> RefreshToken:
    claims = unseal(realm, Purpose.REFRESH, text)
    user = realm.directory.find_user(str(claims.get("sub")))
    methods = claims.get("amr")
    if user is None or user.tenant_id != claims.get("tid") or not isinstance(methods, list):
        raise Refused(Aadsts.BAD_GRANT)
    signed_in = SignedIn(user, tuple(str(method) for method in methods))
    return RefreshToken(
        str(claims.get("appid")),
        signed_in,
        confidential=claims.get("confidential") is not False,
        resource=str(claims.get("resource")),
    )
