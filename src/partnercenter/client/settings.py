"""Every setting of a client: where the service is, how updates are guarded, how long a call may take."""

from __future__ import annotations

import ipaddress
import os
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from partnercenter.client.errors import ConfigurationError
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.oauth import default_scope

LOCAL_SERVICE_HINT = 'For the local service, eval "$(partnercenter env)" sets them all.'

NOBODY_ANSWERS_HERE = (
    "Is `partnercenter serve` running? If it is, check the address, its port and ca_bundle (PARTNERCENTER_CA_BUNDLE)."
)
"""The next step if an address of this machine cannot be reached."""

_CLOUDS = ", ".join(cloud.value for cloud in Cloud)
ENV_CLOUD = "PARTNERCENTER_CLOUD"
ENV_BASE_URL = "PARTNERCENTER_BASE_URL"
ENV_AUTHORITY = "PARTNERCENTER_AUTHORITY"
ENV_CA_BUNDLE = "PARTNERCENTER_CA_BUNDLE"


class Concurrency(Enum):
    """How an update carries the entity tag of the version that it may replace.

    BOTH: as `If-Match` and in the body. HEADER, BODY: in one of them. NONE: nowhere, the last writer wins.
    """

    BOTH = "both"
    HEADER = "header"
    BODY = "body"
    NONE = "none"

    @property
    def in_header(self) -> bool:
        """Whether `If-Match` carries the tag (RFC 9110 §13.1.1)."""
        return self in (Concurrency.BOTH, Concurrency.HEADER)

    @property
    def in_body(self) -> bool:
        """Whether `attributes.etag` carries the tag."""
        return self in (Concurrency.BOTH, Concurrency.BODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """The settings of one client. Raises ConfigurationError if one of them cannot work.

    cloud: decides base URL, authority and the audience of tokens.
    base_url: another address of the API, without the version; the audience stays that of the cloud.
    authority: another login host; with or without a tenant id behind it.
    ca_bundle: path of a PEM file; only its certificate authorities are trusted. None: those of the system.
    concurrency: how updates carry the entity tag.
    timeout: seconds that one attempt may take.
    deadline: seconds from the first attempt of a call within which its last one has to end.
    most_attempts: attempts of one call, those not counted that waited as Retry-After asked; four at most while no
        connection came about.
    application_name: sent as MS-PartnerCenter-Application. locale: sent as X-Locale (Partner Center REST headers).
    """

    cloud: Cloud = Cloud.GLOBAL
    base_url: str | None = None
    authority: str | None = None
    ca_bundle: str | None = None
    concurrency: Concurrency = Concurrency.BOTH
    timeout: float = 30.0
    deadline: float = 120.0
    most_attempts: int = 8
    application_name: str | None = None
    locale: str = "en-US"

    def __post_init__(self) -> None:
        check_address("base_url", self.api_url)
        check_address("authority", self.authority_url)
        for name in ("timeout", "deadline", "most_attempts"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} must be more than 0.")
        for name in ("application_name", "locale"):
            value = getattr(self, name) or ""
            if not (value.isascii() and value.isprintable() and value == value.strip()):
                raise ConfigurationError(f"{name} goes into a header: printable ASCII, without blanks at its ends.")
        if self.cloud.addresses.retired:
            warnings.warn(
                f"The cloud {self.cloud.value!r} was closed in 2021; nobody answers there.", UserWarning, stacklevel=3
            )

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> ClientSettings:
        """The settings that the PARTNERCENTER_… variables name. environ: instead of os.environ.

        Nothing goes to a cloud that nobody named: a cloud, or base URL and authority, must be set.
        Raises ConfigurationError.
        """
        environ = os.environ if environ is None else environ
        if not environ.get(ENV_CLOUD) and not (environ.get(ENV_BASE_URL) and environ.get(ENV_AUTHORITY)):
            raise ConfigurationError(
                f"No cloud is named. Set {ENV_CLOUD} ({_CLOUDS}), or {ENV_BASE_URL} and {ENV_AUTHORITY}.",
                next_step=LOCAL_SERVICE_HINT,
            )
        name = environ.get(ENV_CLOUD) or Cloud.GLOBAL.value
        if name not in {cloud.value for cloud in Cloud}:
            raise ConfigurationError(f"{ENV_CLOUD} is {name!r}; it can be {_CLOUDS}.")
        return cls(
            cloud=Cloud(name),
            base_url=environ.get(ENV_BASE_URL) or None,
            authority=environ.get(ENV_AUTHORITY) or None,
            ca_bundle=environ.get(ENV_CA_BUNDLE) or None,
        )

    @property
    def api_url(self) -> str:
        """Where the API stands, without a slash at the end."""
        return (self.base_url or self.cloud.addresses.base_url).rstrip("/")

    @property
    def authority_url(self) -> str:
        """Where tokens come from, without a slash at the end."""
        return (self.authority or self.cloud.addresses.authority).rstrip("/")

    @property
    def scope(self) -> str:
        """The scope to ask tokens for: everything consented of the cloud's audience."""
        return default_scope(self.cloud.addresses.audience)


def check_address(name: str, url: str) -> None:
    """Raise ConfigurationError unless bearer tokens may be sent to `url` (RFC 6750 §5.3: TLS always).

    Plain http is for this machine only.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ConfigurationError(f"{name} is not an address.") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(f"{name} must not hold a user name or a password.")
    if not host or parts.scheme not in ("https", "http") or parts.query or parts.fragment or not url.isprintable():
        raise ConfigurationError(f"{name} must look like https://host or https://host:port, with no query.")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(f"{name} is plain http, and {host} is not this machine: tokens would be readable.")


def tenant_authority(authority: str, tenant_id: str) -> str:
    """The authority of one tenant: `authority` may be the host alone or end with the tenant id already."""
    root = authority.rstrip("/")
    last = urlsplit(root).path.rpartition("/")[2]
    return root if last.lower() == tenant_id.lower() else f"{root}/{tenant_id}"


def required(environ: Mapping[str, str], *names: str) -> list[str]:
    """The values of the variables `names`. Raises ConfigurationError that names every one that is missing."""
    missing = [name for name in names if not environ.get(name)]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        raise ConfigurationError(f"{', '.join(missing)} {are} not set.", next_step=LOCAL_SERVICE_HINT)
    return [environ[name] for name in names]


def is_on_this_machine(url: str) -> bool:
    """Whether `url`, an address that `check_address` takes, is one of this machine."""
    return is_loopback(urlsplit(url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: nothing that is sent there leaves it, and no proxy can reach it."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
