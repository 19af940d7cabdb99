"""An SDK, a CLI and a local service for Microsoft Partner Center account profiles.

Every public name is here and is loaded when it is first used: `import partnercenter` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
    from partnercenter.client.profile_kinds import VettingVersion
    from partnercenter.client.settings import ClientSettings, Concurrency
    from partnercenter.client.sign_in import (
        AuthorizationCodeCredential,
        ClientCredentialsCredential,
        DeviceCodeCredential,
        RefreshTokenCredential,
    )
    from partnercenter.wire.address_validation import AddressStatus, AddressValidation
    from partnercenter.wire.audit_records import AuditRecord
    from partnercenter.wire.clouds import Cloud
    from partnercenter.wire.country_rules import CountryValidationRules
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

    __version__: str

__all__ = [
    "AccessToken",
    "Address",
    "AddressStatus",
    "AddressValidation",
    "AnswerNotUnderstoodError",
    "AppOnlyNotSupportedError",
    "AsyncCredential",
    "AsyncPartnerCenter",
    "AudienceRetiredError",
    "AuditRecord",
    "AuthorizationCodeCredential",
    "BadRequestError",
    "BillingProfile",
    "ClientCredentialsCredential",
    "ClientSettings",
    "Cloud",
    "Concurrency",
    "ConfigurationError",
    "Contact",
    "CountryValidationRules",
    "Credential",
    "DeviceCodeCredential",
    "DeviceCodePrompt",
    "FixedToken",
    "ForbiddenError",
    "LegalBusinessProfile",
    "MfaRequiredError",
    "MpnProfile",
    "NoAnswerError",
    "NotFoundError",
    "OrganizationProfile",
    "OutcomeUnknownError",
    "PartnerCenter",
    "PartnerCenterError",
    "PreconditionFailedError",
    "RefreshTokenCredential",
    "RefusedError",
    "RoleNotAllowedError",
    "ServerError",
    "ServiceUnreachableError",
    "SignInError",
    "SupportProfile",
    "ThrottledError",
    "UnauthorizedError",
    "VettingVersion",
    "Violation",
    "__version__",
]

# Where the names live, the cheapest first. None of these loads MSAL or an HTTP library.
_MODULES = (
    "wire.clouds",
    "wire.shapes",
    "wire.profiles",
    "wire.audit_records",
    "wire.country_rules",
    "wire.address_validation",
    "client.errors",
    "client.credentials",
    "client.settings",
    "client.profile_kinds",
    "client.sign_in",
    "client.facade",
)


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("partnercenter")
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
