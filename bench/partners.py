"""The partners of a measurement: as many tenants as there are callers, each with one billing admin and a token."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from partnercenter.service import seed
from partnercenter.service.token_authority import Directory, SigningKeys, Tenant, User
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.oauth import MFA, USER_IMPERSONATION, access_token_issuer
from partnercenter.wire.roles import Role

_NAMESPACE = uuid.UUID("d0000000-0000-4000-8000-000000000000")


def tenant_ids(count: int) -> list[str]:
    """The same ids in every run, spread evenly over the whole range of the key, as those of real tenants are."""
    return [str(uuid.uuid5(_NAMESPACE, str(number))) for number in range(count)]


def directory(ids: Sequence[str]) -> Directory:
    """The published directory and, beside it, these tenants with one billing admin each."""
    tenants = tuple(Tenant(tenant_id, f"{tenant_id}.example", "A measured partner") for tenant_id in ids)
    published = seed.DIRECTORY
    return Directory(
        tenants=published.tenants + tenants,
        users=published.users + tuple(map(_admin, ids)),
        applications=published.applications,
        refresh_tokens=published.refresh_tokens,
    )


def access_token(keys: SigningKeys, base_url: str, tenant_id: str) -> str:
    """An App+User token of the tenant's billing admin, as the token authority at `base_url` makes them."""
    admin, now = _admin(tenant_id), int(time.time())
    claims: JsonObject = {
        "aud": Cloud.GLOBAL.addresses.audience,
        "iss": access_token_issuer(base_url, tenant_id, Cloud.GLOBAL),
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "tid": tenant_id,
        "appid": seed.APP_USER.id,
        "ver": "1.0",
        "uti": uuid.uuid4().hex,
        "idtyp": "user",
        "oid": admin.id,
        "sub": admin.id,
        "scp": USER_IMPERSONATION,
        "upn": admin.user_principal_name,
        "unique_name": admin.user_principal_name,
        "name": admin.display_name,
        "amr": ["pwd", MFA],
        "wids": list(admin.roles),
    }
    return keys.sign(claims)


def _admin(tenant_id: str) -> User:
    return User(
        id=str(uuid.uuid5(_NAMESPACE, f"admin of {tenant_id}")),
        tenant_id=tenant_id,
        user_principal_name=f"billing@{tenant_id}.example",
        display_name="A measured administrator",
        password=seed.PASSWORD,
        second_factor=seed.SECOND_FACTOR,
        roles=(Role.BILLING_ADMIN.value,),
    )
