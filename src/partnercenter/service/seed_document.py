"""A seed as a document: partners and what is said of them; everything else is made of their domains, always the same.

Every mistake is told at once, and what a profile says is judged by the rules that a PUT of it meets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from partnercenter.rules.country_rules import rules_of
from partnercenter.rules.profile_rules import violations_as_read
from partnercenter.service import seed, seed_defaults
from partnercenter.service.operations.profile_document import stored_document
from partnercenter.service.operations.profile_kinds import (
    BILLING,
    LEGAL_BUSINESS,
    MPN,
    ORGANIZATION,
    SUPPORT,
    ProfileKind,
)
from partnercenter.service.seed import Seed
from partnercenter.service.seed_shapes import (
    PROFILES,
    Mistakes,
    SeededPartner,
    SeededUser,
    read_document,
    read_leniently,
    role_of,
)
from partnercenter.service.token_authority import Directory, PublishedRefreshToken, Tenant, User
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.roles import Role

_KINDS: dict[str, ProfileKind[Any]] = dict(  # of four shapes, each read and written by its own kind alone
    zip(PROFILES, (BILLING, LEGAL_BUSINESS, ORGANIZATION, SUPPORT), strict=True)
)


def read_seed(document: JsonValue) -> Seed:
    """The seed that `document` describes. SeedError with every mistake."""
    mistakes = Mistakes()
    partners = read_document(document, mistakes)
    mpn_ids = _mpn_ids(partners)
    tenants: list[Tenant] = []
    users: list[User] = []
    tokens: list[PublishedRefreshToken] = []
    profiles: dict[str, dict[str, JsonObject]] = {}
    for number, (partner, people) in enumerate(partners):
        domain = partner.tenant or ""
        tenant = Tenant(partner.id or seed_defaults.id_of(domain), domain, partner.name or domain)
        members = [_user(tenant, person) for person in people]
        text = partner.refresh_token or seed_defaults.refresh_token_of(domain)
        tenants.append(tenant)
        users += members
        tokens += [PublishedRefreshToken(text, user.id, seed.APP_USER.id) for user in _first_admin(members)]
        found = _profiles(tenant, partner, f"partners[{number}]", mistakes)
        profiles[tenant.id] = found | {MPN.name: {"partnerName": tenant.name, "mpnId": mpn_ids[number]}}
    mistakes.require_unique([tenant.domain for tenant in tenants], "two partners have the same tenant")
    mistakes.require_unique([tenant.id for tenant in tenants], "two partners have the same id")
    mistakes.require_unique([user.id for user in users], "two users have the same id")
    mistakes.require_unique([user.user_principal_name for user in users], "two users of a partner have the same name")
    mistakes.require_unique([token.token for token in tokens], "two partners have the same refreshToken")
    mistakes.require_unique(mpn_ids, "two partners have the same mpnId")
    mistakes.tell()
    directory = Directory(tuple(tenants), tuple(users), seed.DIRECTORY.applications, tuple(tokens))
    return Seed(directory, profiles)


def write_seed(seeded: Seed) -> JsonObject:
    """The document, with nothing left out, that `read_seed` reads as `seeded`."""
    # Looked up by tables of its own: a search in ten thousand partners for each of them takes a minute.
    tenant_of = {user.id: user.tenant_id for user in seeded.directory.users}
    texts = {tenant_of[token.user_id]: token.token for token in seeded.directory.refresh_tokens}
    people: dict[str, list[JsonValue]] = {}
    for user in seeded.directory.users:
        people.setdefault(user.tenant_id, []).append(_user_document(user))
    rows = ((tenant, seeded.profiles[tenant.id]) for tenant in seeded.directory.tenants)
    return {
        "partners": [
            _partner_document(tenant, kinds, texts[tenant.id], people.get(tenant.id, [])) for tenant, kinds in rows
        ]
    }


def _partner_document(
    tenant: Tenant, kinds: Mapping[str, JsonObject], token: str, people: list[JsonValue]
) -> JsonObject:
    documents: JsonObject = {name: _without_own(kinds[kind.name]) for name, kind in _KINDS.items()}
    return {
        "tenant": tenant.domain,
        "id": tenant.id,
        "name": tenant.name,
        "mpnId": kinds[MPN.name]["mpnId"],
        "refreshToken": token,
        "users": people,
        **documents,
    }


def _user_document(user: User) -> JsonObject:
    role = Role(user.roles[0]).title if user.roles else "none"
    name = user.user_principal_name.partition("@")[0]
    return {"name": name, "id": user.id, "role": role, "mfa": user.second_factor is not None}


def _user(tenant: Tenant, person: SeededUser) -> User:
    name = f"{person.name}@{tenant.domain}"
    role = role_of(person.role or "")
    return User(
        id=person.id or seed_defaults.id_of(name),
        tenant_id=tenant.id,
        user_principal_name=name,
        display_name=f"{role.title if role else 'no role'} ({tenant.name})",
        password=seed.PASSWORD,
        second_factor=None if person.mfa is False else seed.SECOND_FACTOR,
        roles=(role.value,) if role else (),
    )


def _first_admin(users: list[User]) -> list[User]:
    """Whose refresh token is published: the first one who may do everything, or simply the first one."""
    return [*(user for user in users if Role.GLOBAL_ADMIN.value in user.roles), *users][:1]


def _mpn_ids(partners: Iterable[tuple[SeededPartner, list[SeededUser]]]) -> list[str]:
    given = [partner.mpn_id for partner, _ in partners]
    taken = {int(mpn_id) for mpn_id in given if mpn_id and mpn_id.isdecimal()}
    found = []
    for (partner, _), mpn_id in zip(partners, given, strict=True):
        number = seed_defaults.mpn_id_of(partner.tenant or "")
        while not mpn_id and number in taken:
            number += 1
        taken.add(number)
        found.append(mpn_id or str(number))
    return found


def _profiles(tenant: Tenant, partner: SeededPartner, place: str, mistakes: Mistakes) -> dict[str, JsonObject]:
    """The four profiles, each made of what is left out and what is given."""
    made = seed_defaults.profiles(tenant, partner.country or seed_defaults.COUNTRY)
    found = {}
    for name, kind in _KINDS.items():
        given = getattr(partner, name)
        profile, violations = read_leniently(kind.shape, _merged(made[kind.name], given or {}))
        if given:
            # A member of the wrong type has no value for the rules, which would miss it.
            told = {violation.member for violation in violations}
            by_rule = (violation for violation in violations_as_read(profile) if violation.member not in told)
            mistakes.add_all(f"{place}.{name}", [*violations, *by_rule])
            mistakes.add_unknown(f"{place}.{name}", kind.shape, given)
        found[kind.name] = stored_document(profile)
    own: JsonObject = {"id": tenant.id, "tenantId": tenant.id, "domain": tenant.domain}
    if ORGANIZATION.name in found:
        found[ORGANIZATION.name] = stored_document(ORGANIZATION.shape.from_wire(found[ORGANIZATION.name] | own))
    return found


def _merged(made: JsonObject, given: JsonObject) -> JsonObject:
    """`given`, and of `made` what it leaves out. An address that names its country is made up with one of there."""
    merged = made | given
    for name, value in given.items():
        base = made.get(name)
        if isinstance(base, dict) and isinstance(value, dict):
            country = value.get("country")
            elsewhere = "country" in base and isinstance(country, str) and rules_of(country) is not None
            merged[name] = (seed_defaults.address_in(str(country)) if elsewhere else base) | value
    return merged


def _without_own(document: JsonObject) -> JsonObject:
    """A profile without what the seed says of its tenant already."""
    return {name: value for name, value in document.items() if name not in ("id", "tenantId", "domain")}
