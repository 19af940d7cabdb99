"""The replies of the token endpoint, in both forms (RFC 6749 §5.1; v1 writes its numbers as text)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass

from partnercenter.service.token_authority.directory import Application, SignedIn, Tenant
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.refresh_tokens import RefreshToken, issue_refresh_token
from partnercenter.service.token_authority.resources import Wanted, granted_scope, require_resource
from partnercenter.service.token_authority.tokens import (
    TOKEN_LIFETIME,
    Times,
    application_access_token,
    id_token,
    user_access_token,
)
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.json_text import JsonObject, write
from partnercenter.wire.messages import Headers, Response


@dataclass(frozen=True, slots=True)
class UserGrant:
    """A user, signed in to an application, and what for. `confidential`: the application showed its secret."""

    application: Application
    signed_in: SignedIn
    wanted: Wanted
    confidential: bool
    nonce: str | None = None


def answer_user(realm: Realm, place: Place, grant: UserGrant) -> Response:
    """Access token, refresh token and, if wanted, ID token. Raises Refused for a user who may not come in."""
    # Here every user grant comes by: who was disabled after signing in gets nothing, by refresh token neither.
    realm.admit(grant.signed_in.user, place.tenant_id)
    resource = require_resource(place.version, grant.wanted)
    times = Times.starting(realm.now())
    body: JsonObject = {
        **_lifetimes(place.version, times, resource),
        "scope": granted_scope(place.version, grant.wanted),
        "access_token": user_access_token(realm, times, grant.signed_in, grant.application, resource),
        "refresh_token": issue_refresh_token(
            realm, RefreshToken(grant.application.id, grant.signed_in, grant.confidential, resource)
        ),
        "client_info": _client_info(grant.signed_in),
    }
    if grant.wanted.openid:
        extra: JsonObject = {} if grant.nonce is None else {"nonce": grant.nonce}
        body["id_token"] = id_token(realm, place.version, grant.signed_in, grant.application, extra)
    return answer_json(body)


def answer_application(
    realm: Realm, version: Version, tenant: Tenant, application: Application, resource: str
) -> Response:
    """An access token and nothing else: an application can always ask again (RFC 6749 §4.4.3)."""
    times = Times.starting(realm.now())
    access_token = application_access_token(realm, times, tenant, application, resource)
    return answer_json({**_lifetimes(version, times, resource), "access_token": access_token})


def answer_json(body: JsonObject) -> Response:
    """`body` as a 200."""
    return Response(200, Headers({"Content-Type": "application/json; charset=utf-8"}), write(body))


def _lifetimes(version: Version, times: Times, resource: str) -> JsonObject:
    if version is Version.V2:
        return {"token_type": "Bearer", "expires_in": TOKEN_LIFETIME, "ext_expires_in": TOKEN_LIFETIME}
    return {
        "token_type": "Bearer",
        "expires_in": str(TOKEN_LIFETIME),
        "ext_expires_in": str(TOKEN_LIFETIME),
        "expires_on": str(times.expires),
        "not_before": str(times.issued),
        "resource": resource,
    }


def _client_info(signed_in: SignedIn) -> str:
    # MSAL makes the account's home id of it: uid.utid.
    text = write({"uid": signed_in.user.id, "utid": signed_in.user.tenant_id})
    return urlsafe_b64encode(text).rstrip(b"=").decode()
