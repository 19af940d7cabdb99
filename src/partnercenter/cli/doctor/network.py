"""What the doctor finds on the way to a host: the name, the connection, the certificate, the clock."""

from __future__ import annotations

import socket
import ssl
import sys
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from partnercenter import ClientSettings, ConfigurationError
from partnercenter.cli.doctor.finding import Finding, ok, problem, skipped, warning
from partnercenter.cli.doctor.machine import proxy_of
from partnercenter.cli.signing_in import single_request
from partnercenter.client.cloud_guard import refuse_real_cloud
from partnercenter.client.conversation import TransportError
from partnercenter.client.settings import ENV_CA_BUNDLE, is_on_this_machine

NO_TRUST = "the CA bundle cannot be used"
"""Why no certificate was looked at, and nobody can be asked."""

_SECONDS = 5.0
_SOON_DAYS = 14.0
_LOCAL_CA = 'eval "$(partnercenter env)"'

# Tokens are refused some minutes before and after their time (RFC 7519 §4.1.4 leaves "a small leeway").
_CLOCK_WARNING, _CLOCK_PROBLEM = 30.0, 240.0
_SET_CLOCK = {"linux": "sudo timedatectl set-ntp true", "darwin": "sudo sntp -sS time.apple.com"}


def way_to(url: str, settings: ClientSettings) -> Iterator[Finding]:
    """The name of the host of `url`, and a connection with TLS to it. Ends with the first that does not work."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    try:
        refuse_real_cloud(url)
    except ConfigurationError as error:
        yield problem("guard", f"{host} is a real cloud, and the guard against them is up.", error.next_step)
        return
    if proxy_of(url):
        yield skipped("dns", f"{host}: the proxy looks it up")
        return
    try:
        addresses = sorted({str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
    except OSError as error:
        mend = "Check the address, with: partnercenter contexts list; then the network, with: nslookup " + host
        yield problem("dns", f"{host} has no address: {error.strerror or error}.", mend)
        return
    yield ok("dns", f"{host} is {', '.join(addresses)}")
    yield _connection(host, port, settings, with_tls=parts.scheme == "https")


def _connection(host: str, port: int, settings: ClientSettings, *, with_tls: bool) -> Finding:
    try:
        context = ssl.create_default_context(cafile=settings.ca_bundle)
    except OSError:
        return skipped("tls", f"{host}: {NO_TRUST}")
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            if not with_tls:
                return warning("tls", f"{host}:{port} is plain HTTP", "Leave out --no-tls when you start the service.")
            with context.wrap_socket(connection, server_hostname=host) as wrapped:
                return _certificate(host, wrapped)
    except ssl.SSLCertVerificationError as error:
        return _not_trusted(host, port, error, settings)
    except ssl.SSLError as error:
        mend = f"curl -v https://{host}:{port}/ shows who answers there."
        return problem("tls", f"{host}:{port} does not speak TLS: {error.reason or 'it ended'}.", mend)
    except OSError as error:
        here = is_on_this_machine(f"https://{host}")
        mend = "partnercenter serve" if here else f"curl -v https://{host}:{port}/ from another network."
        return problem("connection", f"Nobody can be reached at {host}:{port}: {error.strerror or error}.", mend)


def _certificate(host: str, wrapped: ssl.SSLSocket) -> Finding:
    found = wrapped.getpeercert() or {}
    ends = ssl.cert_time_to_seconds(str(found.get("notAfter")))
    days = (ends - time.time()) / 86400
    told = f"{host}: {wrapped.version()}, the certificate is good for {days:.0f} more days"
    if days < _SOON_DAYS and not is_on_this_machine(f"https://{host}"):
        return warning("tls", told, f"Tell whoever runs {host}.")
    return ok("tls", told)


def _not_trusted(host: str, port: int, error: ssl.SSLCertVerificationError, settings: ClientSettings) -> Finding:
    by = settings.ca_bundle or "this system"
    told = f"The certificate of {host}:{port} is not trusted by {by}: {error.verify_message}."
    if is_on_this_machine(f"https://{host}"):
        return problem("tls", told, _LOCAL_CA)
    if settings.ca_bundle is not None:
        return problem("tls", told, f"unset {ENV_CA_BUNDLE}")
    return problem("tls", told, f"export {ENV_CA_BUNDLE}=<PEM file of the authority that signed it>")


def clock(settings: ClientSettings) -> Iterator[Finding]:
    """Whether the API answers at all, and how far its clock and that of this machine are apart (RFC 9110 §6.6.1)."""
    try:
        answer = single_request.get(settings, "/v1/profiles/billing", _SECONDS)
    except (TransportError, ConfigurationError) as error:
        yield skipped("clock", f"the API gave no answer: {error}")
        return
    try:
        apart = time.time() - parsedate_to_datetime(answer.headers.get("Date") or "").timestamp()
    except ValueError:
        yield skipped("clock", "the API does not say what time it is")
        return
    yield _clock_finding(apart)


def _clock_finding(apart: float) -> Finding:
    """apart: seconds that this machine is ahead."""
    mend = _SET_CLOCK.get(sys.platform, "w32tm /resync")
    told = f"this machine is {abs(apart):.0f} s {'ahead of' if apart > 0 else 'behind'} the service"
    if abs(apart) >= _CLOCK_PROBLEM:
        return problem("clock", f"{told}: tokens look expired, or not valid yet", mend)
    if abs(apart) >= _CLOCK_WARNING:
        return warning("clock", told, mend)
    return ok("clock", "agrees with that of the service")
