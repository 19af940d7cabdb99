"""What a user holds in hand: `PartnerCenter` and its asynchronous twin. What they offer is in `resources` and
`async_resources`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Self

from partnercenter.client import operations
from partnercenter.client.async_resources import (
    AsyncAuditRecords,
    AsyncCountryValidationRulesOperations,
    AsyncProfiles,
    AsyncValidations,
)
from partnercenter.client.attempts import Session
from partnercenter.client.credentials import AsyncCredential, Credential
from partnercenter.client.drivers import SYSTEM_CLOCK, AsyncDriver, BlockingDriver
from partnercenter.client.resources import AuditRecords, CountryValidationRulesOperations, Profiles, Validations
from partnercenter.client.settings import ClientSettings, required
from partnercenter.client.sign_in import RefreshTokenCredential
from partnercenter.client.token_keeper import TokenKeeper

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
        self.country_validation_rules = CountryValidationRulesOperations(driver, session)
        self.validations = Validations(driver, session)

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
        """Give the connections up; a call afterwards raises ConfigurationError."""
        self._driver.close()
        if self._own_credential is not None:
            self._own_credential.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings.api_url!r})"


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
        self.country_validation_rules = AsyncCountryValidationRulesOperations(driver, session)
        self.validations = AsyncValidations(driver, session)

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
        """Give the connections up; a call afterwards raises ConfigurationError."""
        await self._driver.aclose()
        if self._own_credential is not None:
            self._own_credential.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings.api_url!r})"


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
