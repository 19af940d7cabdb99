"""What clients read before anything else: the configuration document and the key set (OpenID Connect Discovery 1.0)."""

from __future__ import annotations

from collections.abc import Iterable

from partnercenter.service.token_authority.authorization_request import RESPONSE_TYPES
from partnercenter.service.token_authority.authorization_response import RESPONSE_MODES
from partnercenter.service.token_authority.grants import GRANTS
from partnercenter.service.token_authority.keys import ALGORITHM
from partnercenter.service.token_authority.pages import render
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.replies import answer_json
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Request, Response
from partnercenter.wire.oauth import default_scope

# Entra prints the place of the tenant's id, in braces, where the address names no tenant.
_TENANT_PATTERN = "{tenantid}"
_CLAIMS = ("aud", "iss", "iat", "nbf", "exp", "sub", "oid", "tid", "ver", "name", "preferred_username", "nonce", "amr")


def answer_configuration(realm: Realm, place: Place, _: Request) -> Response:
    """The configuration of one place (§3). All addresses come from the base URL, never from the Host header."""
    base = f"{realm.base_url}/{place.segment}"
    tenant_id = place.tenant.id if place.tenant else _TENANT_PATTERN
    return answer_json(
        {
            "issuer": realm.issuer(place.version, tenant_id),
            "authorization_endpoint": realm.base_url + place.path_of("authorize"),
            "token_endpoint": realm.base_url + place.path_of("token"),
            "device_authorization_endpoint": realm.base_url + place.path_of("devicecode"),
            "jwks_uri": f"{base}/discovery{place.version.path}/keys",
            "response_types_supported": [" ".join(words) for words in RESPONSE_TYPES],
            "response_modes_supported": _texts(RESPONSE_MODES),
            "grant_types_supported": _texts(GRANTS),
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "claims_supported": _texts(_CLAIMS),
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": place.tenant is not None,
        }
    )


def answer_keys(realm: Realm, _: Place, __: Request) -> Response:
    """The public keys (RFC 7517 §5); the same ones at every place."""
    return answer_json(realm.keys.jwks(realm.now()))


def show_index(realm: Realm, _: Place, __: Request) -> Response:
    """GET /: what this is, and the addresses that one needs."""
    return render(
        "index.html",
        base_url=realm.base_url,
        audience=realm.audience,
        scope=default_scope(realm.audience),
        tenants=realm.directory.tenants,
        version_path=Version.V2.path,
    )


def _texts(texts: Iterable[str]) -> list[JsonValue]:
    return list(texts)
