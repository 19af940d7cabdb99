"""What every handler works with: the directory, the keys, the clock, and the codes that wait to be redeemed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.accounts import Accounts
from partnercenter.service.token_authority.codes import Codes
from partnercenter.service.token_authority.device_codes import DeviceCodes
from partnercenter.service.token_authority.directory import Application, Directory, Tenant, User
from partnercenter.service.token_authority.keys import SigningKeys
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.oauth import access_token_issuer

_ANY_TENANT = ("common", "organizations")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request was sent: the tenant that its path names (None = any), and the form."""

    segment: str
    tenant: Tenant | None
    version: Version

    @property
    def tenant_id(self) -> str | None:
        """The id of the tenant that the path names; None = any."""
        return self.tenant.id if self.tenant else None

    def path_of(self, endpoint: str) -> str:
        """The path of `authorize`, `token` or `devicecode` at this place."""
        return f"/{self.segment}/oauth2{self.version.path}/{endpoint}"


@dataclass(frozen=True, slots=True)
class Realm:
    """The authority's state.

    base_url: without a trailing slash. cloud: the one that the authority signs for. clock: gives Unix seconds.
    pkce_always: confidential clients must use PKCE too.
    """

    base_url: str
    cloud: Cloud
    accounts: Accounts
    keys: SigningKeys
    clock: Callable[[], float]
    pkce_always: bool = False
    codes: Codes = field(default_factory=Codes)
    device_codes: DeviceCodes = field(default_factory=DeviceCodes)

    @property
    def audience(self) -> str:
        """The API that access tokens are for, without a trailing slash."""
        return self.cloud.addresses.audience

    @property
    def directory(self) -> Directory:
        """Who there is, enabled or not."""
        return self.accounts.directory

    def now(self) -> int:
        """Whole Unix seconds: JWT times are integers here."""
        return int(self.clock())

    def place(self, segment: str, version: Version) -> Place:
        """The place that a path's first segment means. Raises Refused for an unknown or disabled tenant."""
        if segment.lower() in _ANY_TENANT:
            return Place(segment.lower(), None, version)
        tenant = self.directory.find_tenant(segment)
        if tenant is None or not self.accounts.is_enabled(tenant.id):
            raise Refused(Aadsts.UNKNOWN_TENANT)
        return Place(tenant.id, tenant, version)

    def issuer(self, version: Version, tenant_id: str) -> str:
        """The `iss` of ID tokens, and of the discovery document."""
        if version is Version.V1:
            return access_token_issuer(self.base_url, tenant_id, self.cloud)
        return f"{self.base_url}/{tenant_id}/v2.0"

    def admit(self, user: User, tenant_id: str | None) -> None:
        """Raise Refused if `user` is disabled, or is not of `tenant_id` (None = any that is enabled)."""
        if tenant_id is not None and tenant_id != user.tenant_id:
            raise Refused(Aadsts.USER_OF_OTHER_TENANT)
        if not self.accounts.is_enabled(user.tenant_id):
            raise Refused(Aadsts.UNKNOWN_TENANT)
        if not self.accounts.is_enabled(user.id):
            raise Refused(Aadsts.USER_DISABLED)

    def application(self, client_id: str) -> Application:
        """The application with this client id. Raises Refused if there is none, or if it is disabled."""
        application = self.directory.find_application(client_id)
        if application is None:
            raise Refused(Aadsts.UNKNOWN_APPLICATION)
        if not self.accounts.is_enabled(application.id):
            raise Refused(Aadsts.APPLICATION_DISABLED)
        return application

    def application_for_users(self, client_id: str) -> Application:
        """The application that somebody signs in to. Raises Refused as `application` does, and if it has no users."""
        application = self.application(client_id)
        if not application.delegated:
            raise Refused(Aadsts.NO_DELEGATED_PERMISSIONS)
        return application
