"""An SDK, a CLI and a local service for Microsoft Partner Center account profiles.

Every public name is here and is loaded when it is first used: `import partnercenter` costs next to nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers read it; the module `typing` takes longer to load than all of this
if TYPE_CHECKING:
    from partnercenter.client.asgi_transport import AsgiTransport, AsyncAsgiTransport
    from partnercenter.client.call_options import CallOptions
    from partnercenter.client.cloud_guard import no_real_clouds
    from partnercenter.client.conversation import AnswerLostError, Clock, RequestNotSentError, TransportError
    from partnercenter.client.credentials import (
        AccessToken,
        AsyncCredential,
        Credential,
        DeviceCodePrompt,
        FixedToken,
    )
    from partnercenter.client.errors import (
        AnswerNotUnderstoodError,
        AppOnlyNotSupportedError,
        AudienceRetiredError,
        BadRequestError,
        ConfigurationError,
        ForbiddenError,
        MfaRequiredError,
        NoAnswerError,
        NotFoundError,
        OutcomeUnknownError,
        PartnerCenterError,
        PreconditionFailedError,
        RefusedError,
        RoleNotAllowedError,
        ServerError,
        ServiceUnreachableError,
        SignInError,
        ThrottledError,
        UnauthorizedError,
    )
    from partnercenter.client.facade import AsyncPartnerCenter, PartnerCenter
    from partnercenter.client.open_telemetry import OpenTelemetry
    from partnercenter.client.profile_kinds import VettingVersion
    from partnercenter.client.raw import RawAnswer
    from partnercenter.client.settings import ClientSettings, Concurrency
    from partnercenter.client.sign_in import (
        AuthorizationCodeCredential,
        CachedCredential,
        ClientCredentialsCredential,
        DeviceCodeCredential,
        InteractiveCredential,
        RefreshTokenCredential,
    )
    from partnercenter.client.telemetry import Telemetry
    from partnercenter.client.token_cache import TokenCache
    from partnercenter.client.transport import AsyncHttpTransport, AsyncTransport, HttpTransport, Transport
    from partnercenter.wire.address_validation import AddressStatus, AddressValidation
    from partnercenter.wire.audit_records import AuditRecord
    from partnercenter.wire.clouds import Cloud
    from partnercenter.wire.country_rules import CountryValidationRules
    from partnercenter.wire.merge import Collision, Merge
    from partnercenter.wire.messages import Headers, Request, Response
    from partnercenter.wire.profiles import (
        Address,
        BillingProfile,
        Contact,
        LegalBusinessProfile,
        MpnProfile,
        OrganizationProfile,
        SupportProfile,
    )
    from partnercenter.wire.shapes import Violation

__all__ = [
    "AccessToken",
    "Address",
    "AddressStatus",
    "AddressValidation",
    "AnswerLostError",
    "AnswerNotUnderstoodError",
    "AppOnlyNotSupportedError",
    "AsgiTransport",
    "AsyncAsgiTransport",
    "AsyncCredential",
    "AsyncHttpTransport",
    "AsyncPartnerCenter",
    "AsyncTransport",
    "AudienceRetiredError",
    "AuditRecord",
    "AuthorizationCodeCredential",
    "BadRequestError",
    "BillingProfile",
    "CachedCredential",
    "CallOptions",
    "ClientCredentialsCredential",
    "ClientSettings",
    "Clock",
    "Cloud",
    "Collision",
    "Concurrency",
    "ConfigurationError",
    "Contact",
    "CountryValidationRules",
    "Credential",
    "DeviceCodeCredential",
    "DeviceCodePrompt",
    "FixedToken",
    "ForbiddenError",
    "Headers",
    "HttpTransport",
    "InteractiveCredential",
    "LegalBusinessProfile",
    "Merge",
    "MfaRequiredError",
    "MpnProfile",
    "NoAnswerError",
    "NotFoundError",
    "OpenTelemetry",
    "OrganizationProfile",
    "OutcomeUnknownError",
    "PartnerCenter",
    "PartnerCenterError",
    "PreconditionFailedError",
    "RawAnswer",
    "RefreshTokenCredential",
    "RefusedError",
    "Request",
    "RequestNotSentError",
    "Response",
    "RoleNotAllowedError",
    "ServerError",
    "ServiceUnreachableError",
    "SignInError",
    "SupportProfile",
    "Telemetry",
    "ThrottledError",
    "TokenCache",
    "Transport",
    "TransportError",
    "UnauthorizedError",
    "VettingVersion",
    "Violation",
    "__version__",
    "no_real_clouds",
]

# Where the names live, the cheapest first. Only the last one loads an HTTP library, and none MSAL.
_MODULES = (
    "wire.clouds",
    "wire.shapes",
    "wire.profiles",
    "wire.merge",
    "wire.audit_records",
    "wire.country_rules",
    "wire.address_validation",
    "wire.messages",
    "client.errors",
    "client.credentials",
    "client.conversation",
    "client.call_options",
    "client.settings",
    "client.cloud_guard",
    "client.profile_kinds",
    "client.token_cache",
    "client.sign_in",
    "client.raw",
    "client.telemetry",
    "client.open_telemetry",
    "client.facade",
    "client.asgi_transport",
    "client.transport",
)


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name in __all__:
        return _load(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _load(name: str) -> object:
    from importlib import import_module

    modules = (import_module(f"{__name__}.{module}") for module in _MODULES)
    value: object = next(getattr(module, name) for module in modules if hasattr(module, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
