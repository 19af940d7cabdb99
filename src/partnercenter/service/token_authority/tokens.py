"""Claims, and the tokens made of them (access tokens in v1.0 style, ID tokens in both)."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from typing import Final

from partnercenter.service.token_authority.directory import Application, SignedIn, Tenant, User, service_principal_id
from partnercenter.service.token_authority.realm import Realm
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.oauth import USER_IMPERSONATION, access_token_issuer

TOKEN_LIFETIME: Final = 3600
"""Seconds, of access tokens and ID tokens."""


@dataclass(frozen=True, slots=True)
class Times:
    """When a token was issued and when it expires, in whole Unix seconds."""

    issued: int
    expires: int

    @classmethod
    def starting(cls, now: int) -> Times:
        """The times of a token that is issued at `now`."""
        return cls(now, now + TOKEN_LIFETIME)

    def claims(self) -> JsonObject:
        """`iat`, `nbf` and `exp` as integers (RFC 7519 §2, NumericDate)."""
        return {"iat": self.issued, "nbf": self.issued, "exp": self.expires}


def user_access_token(realm: Realm, times: Times, signed_in: SignedIn, application: Application, resource: str) -> str:
    """An App+User access token: it has `scp`, and `amr` tells whether a second factor was used."""
    user = signed_in.user
    return realm.keys.sign(
        {
            **_common(realm, times, user.tenant_id, application, resource),
            "idtyp": "user",
            "oid": user.id,
            "sub": _subject(application, user),
            "scp": USER_IMPERSONATION,
            "upn": user.user_principal_name,
            "unique_name": user.user_principal_name,
            "name": user.display_name,
            "amr": list(signed_in.methods),
            "wids": list(user.roles),
        }
    )


def application_access_token(
    realm: Realm, times: Times, tenant: Tenant, application: Application, resource: str
) -> str:
    """An App-only access token: no `scp`, no user, and the application's service principal as `oid`."""
    principal = service_principal_id(tenant.id, application.id)
    roles: list[JsonValue] = []
    return realm.keys.sign(
        {
            **_common(realm, times, tenant.id, application, resource),
            "idtyp": "app",
            "oid": principal,
            "sub": principal,
            "roles": roles,
        }
    )


def id_token(
    realm: Realm,
    version: Version,
    signed_in: SignedIn,
    application: Application,
    extra: JsonObject,
) -> str:
    """An ID token for `application` (OpenID Connect Core §2). `extra`: `nonce`, `c_hash`, where they apply."""
    user = signed_in.user
    return realm.keys.sign(
        {
            "aud": application.id,
            "iss": realm.issuer(version, user.tenant_id),
            **Times.starting(realm.now()).claims(),
            "sub": _subject(application, user),
            "oid": user.id,
            "tid": user.tenant_id,
            "name": user.display_name,
            "preferred_username": user.user_principal_name,
            **({"upn": user.user_principal_name} if version is Version.V1 else {}),
            "amr": list(signed_in.methods),
            "ver": version.value,
            **extra,
        }
    )


def _common(realm: Realm, times: Times, tenant_id: str, application: Application, resource: str) -> JsonObject:
    return {
        "aud": resource,
        "iss": access_token_issuer(realm.base_url, tenant_id, realm.cloud),
        **times.claims(),
        "tid": tenant_id,
        "appid": application.id,
        "ver": Version.V1.value,
        "uti": secrets.token_urlsafe(16),
    }


def _subject(application: Application, user: User) -> str:
    # Pairwise (OpenID Connect Core §8.1): another application sees another subject.
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"subject/{application.id}/{user.id}"))
