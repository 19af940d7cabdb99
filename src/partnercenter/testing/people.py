"""The tenants of the seed and the users that can sign in, in the words of a test."""

from __future__ import annotations

from dataclasses import dataclass, field

from partnercenter.service.token_authority import Directory, Tenant, User
from partnercenter.wire.roles import Role


@dataclass(frozen=True, slots=True)
class SeededUser:
    """One user of a tenant.

    id: the object id. name: as in admin@first.partner.example. role: as in "billing admin"; "" for none.
    has_mfa: whether the user signs in with a second factor; without one the API refuses with 401/900421.
    """

    id: str
    name: str
    role: str
    has_mfa: bool


@dataclass(frozen=True, slots=True)
class SeededTenant:
    """One partner.

    id: the GUID. domain: as in first.partner.example. name: the company.
    refresh_token: the published one; "" if the seed has none for this tenant. It opens this double alone.
    """

    id: str
    domain: str
    name: str
    users: tuple[SeededUser, ...]
    refresh_token: str = field(repr=False)


def seeded_tenants(directory: Directory) -> tuple[SeededTenant, ...]:
    """Every tenant with its users, in the order of the seed."""
    tokens = {_tenant_of(directory, token.user_id): token.token for token in reversed(directory.refresh_tokens)}
    users: dict[str, list[SeededUser]] = {}
    for user in directory.users:
        users.setdefault(user.tenant_id, []).append(_seeded(user))
    return tuple(
        SeededTenant(tenant.id, tenant.domain, tenant.name, tuple(users.get(tenant.id, ())), tokens.get(tenant.id, ""))
        for tenant in directory.tenants
    )


def find_user(directory: Directory, user: str | None, tenant: str | None) -> User:
    """The user that a test names.

    user: a whole name (billing@first.partner.example), its first part (billing), or an object id; None: the tenant's
        first global admin. tenant: an id or a domain; None: that of a whole name, else the first of the seed.
    Raises LookupError that says who there is.
    """
    if user is not None and tenant is None:
        found = directory.find_user_by_name(user) or directory.find_user(user)
        if found is not None:
            return found
    home = find_tenant(directory, tenant)
    people = [one for one in directory.users if one.tenant_id == home.id]
    chosen = [one for one in people if _is_meant(one, user)]
    if not chosen:
        names = ", ".join(one.user_principal_name for one in people)
        raise LookupError(f"{home.domain} has no user {user or 'who is global admin'}. Its users: {names}.")
    return chosen[0]


def find_tenant(directory: Directory, tenant: str | None) -> Tenant:
    """The partner with this id or domain; None: the first of the seed. Raises LookupError that says who there is."""
    if tenant is None:
        return directory.tenants[0]
    found = directory.find_tenant(tenant)
    if found is None:
        domains = ", ".join(one.domain for one in directory.tenants[:10])
        raise LookupError(f"The seed has no tenant {tenant}. Its tenants: {domains}.")
    return found


def _is_meant(one: User, user: str | None) -> bool:
    if user is None:
        return Role.GLOBAL_ADMIN.value in one.roles
    wanted = user.casefold()
    name = one.user_principal_name.casefold()
    return wanted in (name, name.partition("@")[0], one.id.casefold())


def _seeded(user: User) -> SeededUser:
    titles = [role.title for role in Role if role.value in user.roles]
    return SeededUser(user.id, user.user_principal_name, ", ".join(titles), user.second_factor is not None)


def _tenant_of(directory: Directory, user_id: str) -> str:
    user = directory.find_user(user_id)
    return user.tenant_id if user else ""
