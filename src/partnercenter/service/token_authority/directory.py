"""Who there is: tenants, their users, the applications, and the refresh tokens that the documentation publishes."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tenant:
    """One organization: its GUID, its domain and the name that people call it by."""

    id: str
    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class User:
    """One person of one tenant.

    second_factor: the fixed code that the second step of sign-in asks for; None = the user has no MFA.
    roles: ids of directory role templates; they travel in the `wids` claim.
    """

    id: str
    tenant_id: str
    user_principal_name: str
    display_name: str
    password: str = field(repr=False)
    second_factor: str | None = field(repr=False)
    roles: tuple[str, ...]

    @property
    def methods(self) -> tuple[str, ...]:
        """The `amr` that a complete sign-in of this user ends with (RFC 8176)."""
        return ("pwd",) if self.second_factor is None else ("pwd", "mfa")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user who has shown who they are, and by which methods (`amr`, RFC 8176)."""

    user: User
    methods: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """One registered client, known in every tenant.

    secret: the password of a confidential client; None = it has none.
    delegated: True = users sign in to it (App+User); False = application permissions only.
    redirect_uris: compared exactly; `http://localhost` stands for every loopback address (RFC 8252 §7.3).
    allows_public_flows: device code and loopback sign-in work without the secret.
    """

    id: str
    name: str
    secret: str | None = field(repr=False)
    delegated: bool
    redirect_uris: tuple[str, ...] = ()
    allows_public_flows: bool = False


def service_principal_id(tenant_id: str, application_id: str) -> str:
    """The object id of an application's service principal: the same every time, another in every tenant."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"service-principal/{tenant_id}/{application_id}"))


@dataclass(frozen=True, slots=True)
class PublishedRefreshToken:
    """A constant refresh token that works at every start, for one user and one application."""

    token: str = field(repr=False)
    user_id: str
    application_id: str


@dataclass(frozen=True)
class Directory:
    """Everything above in one place. Names compare without case, ids too."""

    tenants: tuple[Tenant, ...]
    users: tuple[User, ...]
    applications: tuple[Application, ...]
    refresh_tokens: tuple[PublishedRefreshToken, ...] = ()

    def find_tenant(self, id_or_domain: str) -> Tenant | None:
        """The tenant with this GUID or domain, or None."""
        wanted = id_or_domain.casefold()
        return next((t for t in self.tenants if wanted in (t.id.casefold(), t.domain.casefold())), None)

    def find_user(self, user_id: str) -> User | None:
        """The user with this object id, or None."""
        return next((u for u in self.users if u.id.casefold() == user_id.casefold()), None)

    def find_user_by_name(self, user_principal_name: str) -> User | None:
        """The user with this sign-in name, or None."""
        wanted = user_principal_name.strip().casefold()
        return next((u for u in self.users if u.user_principal_name.casefold() == wanted), None)

    def find_application(self, application_id: str) -> Application | None:
        """The application with this client id, or None."""
        return next((a for a in self.applications if a.id.casefold() == application_id.casefold()), None)

    def find_refresh_token(self, token: str) -> PublishedRefreshToken | None:
        """The published refresh token with this text, or None."""
        given = token.encode()
        return next((r for r in self.refresh_tokens if hmac.compare_digest(r.token.encode(), given)), None)
