"""What a user holds in hand: `PartnerCenter` and its asynchronous twin. What they offer is in `resources` and
`async_resources`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NoReturn, ParamSpec, Self, TypeVar, Unpack

from partnercenter.client import operations
from partnercenter.client.any_resource import request_resource
from partnercenter.client.async_resources import (
    AsyncAuditRecords,
    AsyncCountryValidationRulesOperations,
    AsyncProfiles,
    AsyncValidations,
)
from partnercenter.client.attempts import Session
from partnercenter.client.call_options import CallOptions
from partnercenter.client.conversation import Clock
from partnercenter.client.credentials import AsyncCredential, Credential, refuse_to_pickle
from partnercenter.client.drivers import SYSTEM_CLOCK, AsyncDriver, BlockingDriver
from partnercenter.client.raw import RawAnswer, collecting
from partnercenter.client.resources import AuditRecords, CountryValidationRulesOperations, Profiles, Validations
from partnercenter.client.settings import ClientSettings, required
from partnercenter.client.sign_in import RefreshTokenCredential
from partnercenter.client.telemetry import Telemetry, found
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Response

if TYPE_CHECKING:
    from partnercenter.client.transport import AsyncTransport, Transport

T = TypeVar("T")
Q = ParamSpec("Q")

_REQUIRED = ("PARTNERCENTER_TENANT_ID", "PARTNERCENTER_CLIENT_ID", "PARTNERCENTER_REFRESH_TOKEN")


class PartnerCenter:
    """A client of Partner Center, for one signed-in user. May be shared by threads; a context manager.

    credential: gives the access tokens; one of this package's, or any azure-core `TokenCredential`.
    settings: cloud, addresses, limits; see ClientSettings.
    transport: sends the requests; None: HTTP. It is closed with the client.
    clock: tells the time and waits; that of the system, or one of a test.
    telemetry: is told of every call; None: OpenTelemetry if the program uses it already, else nobody.

        with PartnerCenter(credential) as partner:
            profile = partner.profiles.billing_profile.get()
            profile.purchase_order_number = "9888"
            profile = partner.profiles.billing_profile.update(profile)
    """

    def __init__(
        self,
        credential: Credential,
        *,
        settings: ClientSettings | None = None,
        transport: Transport | None = None,
        clock: Clock = SYSTEM_CLOCK,
        telemetry: Telemetry | None = None,
    ) -> None:
        settings = settings or ClientSettings()
        session = _session(credential, settings, clock, telemetry)
        self._transport = transport or _http(settings)
        self._session, self._driver = session, BlockingDriver(self._transport, clock)
        self._own_credential: RefreshTokenCredential | None = None  # made here, so closed here
        driver = self._driver
        self.settings = settings
        self.profiles = Profiles(driver, session)
        self.audit_records = AuditRecords(driver, session)
        self.country_validation_rules = CountryValidationRulesOperations(driver, session)
        self.validations = Validations(driver, session)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, telemetry: Telemetry | None = None) -> Self:
        """A client for the user and the service that the PARTNERCENTER_… variables name.

        environ: instead of os.environ. telemetry: as for the client itself.
        Raises ConfigurationError that names every variable that is missing.
        """
        environ = os.environ if environ is None else environ
        settings = ClientSettings.from_env(environ)
        credential = _credential_of(environ, settings)
        client = cls(credential, settings=settings, telemetry=telemetry)
        client._own_credential = credential
        return client

    def request(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        if_match: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Response:
        """Ask for any other resource of the Partner Center API, with the token, ids, repeats and errors of any call.

        method: as GET. path: from the version on, with its query, as "/v1/customers?size=3".
        json: the body; None for none. if_match: the entity tag of the version that may be replaced, with or without
            its quotes.
        Gives the answer as it came; its `json()` is what it says.
        Raises RefusedError, ServiceUnreachableError, SignInError; OutcomeUnknownError if the method is none of those
        that only read (RFC 9110 §9.2.1) and no answer came; ConfigurationError if `path` leads to another address.
        """
        return self._driver.run(
            request_resource(self._session, method, path, json=json, if_match=if_match, options=options)
        )

    def with_raw(self, method: Callable[Q, T], *args: Q.args, **kwargs: Q.kwargs) -> RawAnswer[T]:
        """What `method` gives for the arguments, together with the responses that it was read from.

        method: one of this client, as in `with_raw(partner.profiles.billing_profile.get, timeout=5)`.
        Raises what `method` does, and ConfigurationError if it asks the service nothing.
        """
        with collecting() as responses:
            value = method(*args, **kwargs)
        return RawAnswer(value, responses)

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

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


class AsyncPartnerCenter:
    """PartnerCenter for asyncio: the same names, awaited. For one event loop, and as many tasks as you like.

    credential: also any azure-core `AsyncTokenCredential`; a blocking one is asked in a thread.
    settings, transport, clock, telemetry: as for PartnerCenter.
    """

    def __init__(
        self,
        credential: Credential | AsyncCredential,
        *,
        settings: ClientSettings | None = None,
        transport: AsyncTransport | None = None,
        clock: Clock = SYSTEM_CLOCK,
        telemetry: Telemetry | None = None,
    ) -> None:
        settings = settings or ClientSettings()
        session = _session(credential, settings, clock, telemetry)
        self._transport = transport or _async_http(settings)
        self._session, self._driver = session, AsyncDriver(self._transport, clock)
        self._own_credential: RefreshTokenCredential | None = None  # made here, so closed here
        driver = self._driver
        self.settings = settings
        self.profiles = AsyncProfiles(driver, session)
        self.audit_records = AsyncAuditRecords(driver, session)
        self.country_validation_rules = AsyncCountryValidationRulesOperations(driver, session)
        self.validations = AsyncValidations(driver, session)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, *, telemetry: Telemetry | None = None) -> Self:
        """As `PartnerCenter.from_env`."""
        environ = os.environ if environ is None else environ
        settings = ClientSettings.from_env(environ)
        credential = _credential_of(environ, settings)
        client = cls(credential, settings=settings, telemetry=telemetry)
        client._own_credential = credential
        return client

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        if_match: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Response:
        """As `PartnerCenter.request`."""
        return await self._driver.run(
            request_resource(self._session, method, path, json=json, if_match=if_match, options=options)
        )

    async def with_raw(self, method: Callable[Q, Awaitable[T]], *args: Q.args, **kwargs: Q.kwargs) -> RawAnswer[T]:
        """As `PartnerCenter.with_raw`."""
        with collecting() as responses:
            value = await method(*args, **kwargs)
        return RawAnswer(value, responses)

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

    def __reduce__(self) -> NoReturn:
        refuse_to_pickle(self)


def _session(
    credential: Credential | AsyncCredential, settings: ClientSettings, clock: Clock, telemetry: Telemetry | None
) -> Session:
    keeper = TokenKeeper(credential, settings.scope, clock.wall)
    # No secret depends on the jitter; a generator of its own leaves the program's random.seed alone.
    jitter = random.Random().random  # noqa: S311
    return Session(settings, keeper, clock, jitter, user_agent(), telemetry or found())


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
def user_agent() -> str:
    """What the requests of this SDK call themselves (RFC 9110 §10.1.5)."""
    from partnercenter import __version__

    return f"partnercenter-python/{__version__}"
