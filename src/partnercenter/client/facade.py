"""What a user holds in hand: `partner.profiles.billing_profile.get()`, blocking and asynchronous.

Nothing is decided here. Each method hands a flow of `operations` to a driver; the signatures stand twice, the
conversations once.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Self

from partnercenter.client import operations
from partnercenter.client.credentials import AsyncCredential, Credential
from partnercenter.client.drivers import SYSTEM_CLOCK, AsyncDriver, BlockingDriver
from partnercenter.client.operations import Session
from partnercenter.client.settings import ClientSettings, required
from partnercenter.client.sign_in import RefreshTokenCredential
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.profiles import BillingProfile

if TYPE_CHECKING:
    from partnercenter.client.transport import AsyncTransport, Transport

_REQUIRED = ("PARTNERCENTER_TENANT_ID", "PARTNERCENTER_CLIENT_ID", "PARTNERCENTER_REFRESH_TOKEN")


class PartnerCenter:
    """A client of Partner Center, for one signed-in user. May be shared by threads; a context manager.

    credential: gives the access tokens; one of this package's, or any azure-core `TokenCredential`.
    settings: cloud, addresses, limits; see ClientSettings.
    transport: sends the requests; None: HTTP. It is closed with the client.

        with PartnerCenter(credential) as partner:
            profile = partner.profiles.billing_profile.get()
            profile.purchase_order_number = "9888"
            profile = partner.profiles.billing_profile.update(profile)
    """

    def __init__(
        self, credential: Credential, *, settings: ClientSettings | None = None, transport: Transport | None = None
    ) -> None:
        settings = settings or ClientSettings()
        session = _session(credential, settings)
        self._transport = transport or _http(settings)
        self._session, self._driver = session, BlockingDriver(self._transport)
        self._own_credential: RefreshTokenCredential | None = None  # made here, so closed here
        driver = self._driver
        self.settings = settings
        self.profiles = Profiles(driver, session)
        self.audit_records = AuditRecords(driver, session)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """A client for the user and the service that the PARTNERCENTER_… variables name.

        environ: instead of os.environ. Raises ConfigurationError that names every variable that is missing.
        """
        environ = os.environ if environ is None else environ
        settings = ClientSettings.from_env(environ)
        credential = _credential_of(environ, settings)
        client = cls(credential, settings=settings)
        client._own_credential = credential
        return client

    def access_token(self) -> str:
        """The access token that the next call would carry: a secret. Signs in if there is none that lives.

        Raises SignInError, ServiceUnreachableError.
        """
        return self._driver.run(operations.get_access_token(self._session))

    def close(self) -> None:
        """Give the connections up; the client cannot be used afterwards."""
        self._transport.close()
        if self._own_credential is not None:
            self._own_credential.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings.api_url!r})"


class Profiles:
    """The account profiles of the partner."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self.billing_profile = BillingProfileOperations(driver, session)


class BillingProfileOperations:
    """How the partner is billed (`/v1/profiles/billing`)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def get(self, *, request_id: str | None = None) -> BillingProfile:
        """The billing profile, with the entity tag of this version in `attributes.etag`.

        request_id: a GUID to send as MS-RequestId; a new one if None.
        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError.
        """
        return self._driver.run(operations.get_billing_profile(self._session, request_id=request_id))

    def update(self, profile: BillingProfile, *, request_id: str | None = None) -> BillingProfile:
        """Replace the billing profile, if it is still the version that `profile` was read as.

        Gives the profile as the service now has it, with its new entity tag; `profile` itself is not changed.
        request_id: that of an earlier update whose outcome is unknown, to have it carried out once at most
            (Partner Center REST headers, "MS-RequestId"); a new one if None.
        Raises PreconditionFailedError if somebody else changed the profile, OutcomeUnknownError if it may or
        may not have been updated, other RefusedErrors, ServiceUnreachableError, SignInError, and
        ConfigurationError if `profile` has no entity tag.
        """
        return self._driver.run(operations.update_billing_profile(self._session, profile, request_id=request_id))


class AuditRecords:
    """Who changed what (`/v1/auditrecords`)."""

    def __init__(self, driver: BlockingDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    def query(self) -> list[AuditRecord]:
        """The audit records of the partner, in the order of the service.

        Raises RefusedError, ServiceUnreachableError, AnswerNotUnderstoodError, SignInError.
        """
        return self._driver.run(operations.list_audit_records(self._session))


class AsyncPartnerCenter:
    """PartnerCenter for asyncio: the same names, awaited. For one event loop, and as many tasks as you like.

    credential: also any azure-core `AsyncTokenCredential`; a blocking one is asked in a thread.
    settings, transport: as for PartnerCenter.
    """

    def __init__(
        self,
        credential: Credential | AsyncCredential,
        *,
        settings: ClientSettings | None = None,
        transport: AsyncTransport | None = None,
    ) -> None:
        settings = settings or ClientSettings()
        session = _session(credential, settings)
        self._transport = transport or _async_http(settings)
        self._session, self._driver = session, AsyncDriver(self._transport)
        self._own_credential: RefreshTokenCredential | None = None  # made here, so closed here
        driver = self._driver
        self.settings = settings
        self.profiles = AsyncProfiles(driver, session)
        self.audit_records = AsyncAuditRecords(driver, session)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Self:
        """As `PartnerCenter.from_env`."""
        environ = os.environ if environ is None else environ
        settings = ClientSettings.from_env(environ)
        credential = _credential_of(environ, settings)
        client = cls(credential, settings=settings)
        client._own_credential = credential
        return client

    async def access_token(self) -> str:
        """As `PartnerCenter.access_token`."""
        return await self._driver.run(operations.get_access_token(self._session))

    async def aclose(self) -> None:
        """Give the connections up; the client cannot be used afterwards."""
        await self._transport.aclose()
        if self._own_credential is not None:
            self._own_credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings.api_url!r})"


class AsyncProfiles:
    """As Profiles, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self.billing_profile = AsyncBillingProfileOperations(driver, session)


class AsyncBillingProfileOperations:
    """As BillingProfileOperations, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def get(self, *, request_id: str | None = None) -> BillingProfile:
        """As `BillingProfileOperations.get`."""
        return await self._driver.run(operations.get_billing_profile(self._session, request_id=request_id))

    async def update(self, profile: BillingProfile, *, request_id: str | None = None) -> BillingProfile:
        """As `BillingProfileOperations.update`."""
        return await self._driver.run(operations.update_billing_profile(self._session, profile, request_id=request_id))


class AsyncAuditRecords:
    """As AuditRecords, awaited."""

    def __init__(self, driver: AsyncDriver, session: Session) -> None:
        self._driver = driver
        self._session = session

    async def query(self) -> list[AuditRecord]:
        """As `AuditRecords.query`."""
        return await self._driver.run(operations.list_audit_records(self._session))


def _session(credential: Credential | AsyncCredential, settings: ClientSettings) -> Session:
    keeper = TokenKeeper(credential, settings.scope, SYSTEM_CLOCK.wall)
    # No secret depends on the jitter; a generator of its own leaves the program's random.seed alone.
    return Session(settings, keeper, SYSTEM_CLOCK, random.Random().random, _user_agent())  # noqa: S311


def _credential_of(environ: Mapping[str, str], settings: ClientSettings) -> RefreshTokenCredential:
    tenant_id, client_id, refresh_token = required(environ, *_REQUIRED)
    return RefreshTokenCredential(
        client_id,
        refresh_token,
        tenant_id=tenant_id,
        client_secret=environ.get("PARTNERCENTER_CLIENT_SECRET") or None,
        authority=settings.authority_url,
        ca_bundle=settings.ca_bundle,
    )


def _http(settings: ClientSettings) -> Transport:
    from partnercenter.client.transport import HttpTransport

    return HttpTransport(ca_bundle=settings.ca_bundle)


def _async_http(settings: ClientSettings) -> AsyncTransport:
    from partnercenter.client.transport import AsyncHttpTransport

    return AsyncHttpTransport(ca_bundle=settings.ca_bundle)


@cache
def _user_agent() -> str:
    from importlib.metadata import version

    return f"partnercenter-python/{version('partnercenter')}"
