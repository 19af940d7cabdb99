"""The public names of the package: a list that changes on purpose only."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import partnercenter

PUBLIC = [
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


def loaded_after(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_names_are_these() -> None:
    assert sorted(partnercenter.__all__) == sorted(PUBLIC)
    assert dir(partnercenter) == sorted(PUBLIC)


def test_type_checkers_see_every_public_name() -> None:
    tree = ast.parse(Path(partnercenter.__file__).read_text(encoding="utf-8"))
    seen = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert set(PUBLIC) - {"__version__"} <= seen


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(partnercenter, name).__doc__


def test_any_other_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match="Nothing"):
        partnercenter.Nothing  # noqa: B018


def test_every_error_is_public() -> None:
    from partnercenter.client import errors

    tree = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert tree <= set(PUBLIC)


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_after("import partnercenter") & {"msal", "httpx2", "msgspec", "requests", "asyncio"}


def test_using_every_other_name_than_the_http_transports_loads_no_http_library_nor_msal_nor_the_rules() -> None:
    names = sorted(set(PUBLIC) - {"AsyncHttpTransport", "AsyncTransport", "HttpTransport", "Transport"})
    loaded = loaded_after(f"import partnercenter\nfor name in {names}: getattr(partnercenter, name)")
    assert not loaded & {"msal", "httpx2", "requests", "partnercenter.rules", "phonenumbers", "babel", "opentelemetry"}


@pytest.mark.parametrize(
    "room",
    [
        "operations",
        "attempts",
        "audit_query",
        "profile_kinds",
        "any_resource",
        "raw",
        "request_log",
        "telemetry",
        "retry",
        "credentials",
        "exchange",
        "redaction",
        "token_keeper",
        "conversation",
    ],
)
def test_a_room_without_io_loads_no_io_library(room: str) -> None:
    forbidden = {"httpx2", "msal", "requests", "ssl", "asyncio"}
    assert not loaded_after(f"import partnercenter.client.{room}") & forbidden
