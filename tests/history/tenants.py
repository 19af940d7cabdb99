"""More tenants than the seed has: each with the two profiles that the workload writes, and a token for its admin."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from partnercenter.service import seed
from partnercenter.service.operations.profile_kinds import BILLING, SUPPORT
from partnercenter.service.token_authority import SigningKeys, Tenant
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.oauth import USER_IMPERSONATION, access_token_issuer

KINDS = {BILLING.operation_type: BILLING.name, SUPPORT.operation_type: SUPPORT.name}
PATHS = {BILLING.name: "/v1/profiles/billing", SUPPORT.name: "/v1/profiles/support"}
_TOKEN_SECONDS = 12 * 3600


def tenant_id(number: int) -> str:
    return f"a0000000-0000-4000-8000-{1000 + number:012d}"


def user_id(number: int) -> str:
    return f"c0000000-0000-4000-8000-{1000 + number:012d}"


def profiles(number: int) -> dict[str, JsonObject]:
    """The first profiles of a tenant."""
    company = f"Tenant {number}"
    return {
        BILLING.name: seed.FIRST_BILLING_PROFILE | {"companyName": company},
        SUPPORT.name: seed.PROFILES[seed.FIRST_TENANT.id][SUPPORT.name],
    }


def extend_seed(numbers: Sequence[int]) -> None:
    """Let the published seed have these tenants too, before a node reads it."""
    added = [Tenant(tenant_id(number), f"t{number}.partner.example", f"Tenant {number}") for number in numbers]
    admins = [
        replace(
            seed.GLOBAL_ADMIN,
            id=user_id(number),
            tenant_id=tenant.id,
            user_principal_name=f"admin@{tenant.domain}",
        )
        for number, tenant in zip(numbers, added, strict=True)
    ]
    published = seed.PUBLISHED.directory
    directory = replace(published, tenants=(*published.tenants, *added), users=(*published.users, *admins))
    more = {tenant_id(number): profiles(number) for number in numbers}
    seed.PUBLISHED = seed.Seed(directory, {**seed.PUBLISHED.profiles, **more})


def token(keys: SigningKeys, base_url: str, number: int) -> str:
    """An access token of the tenant's admin, as the authority at `base_url` gives it, for the whole of a long run."""
    now = int(time.time())
    return keys.sign(
        {
            "iss": access_token_issuer(base_url, tenant_id(number), Cloud.GLOBAL),
            "aud": Cloud.GLOBAL.addresses.audience,
            "tid": tenant_id(number),
            "oid": user_id(number),
            "sub": "history",
            "appid": seed.APP_USER.id,
            "idtyp": "user",
            "scp": USER_IMPERSONATION,
            "upn": f"admin@t{number}.partner.example",
            "amr": ["pwd", "mfa"],
            "wids": list(seed.GLOBAL_ADMIN.roles),
            "iat": now,
            "nbf": now,
            "exp": now + _TOKEN_SECONDS,
        }
    )
