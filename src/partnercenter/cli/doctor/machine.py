"""What the doctor finds on this machine, without asking anybody: versions, and variables that surprise."""

from __future__ import annotations

import os
import platform
import ssl
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from partnercenter import ClientSettings
from partnercenter.cli.doctor.finding import Finding, ok, problem, warning
from partnercenter.client.settings import ENV_CA_BUNDLE, is_loopback

_LIBRARIES = ("msal", "httpx2", "msgspec", "click")
# Of those that ask by `requests` (MSAL among them) the first that is set wins; the other two are OpenSSL's.
_CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


def versions() -> Iterator[Finding]:
    """What runs here."""
    try:
        found = [f"{name} {version(name)}" for name in ("partnercenter", *_LIBRARIES)]
    except PackageNotFoundError as error:
        yield problem("versions", f"{error.name} is not installed.", "pip install --force-reinstall partnercenter")
        return
    yield ok("versions", f"{', '.join(found)}, Python {platform.python_version()}, {ssl.OPENSSL_VERSION}")


def trust_variables(settings: ClientSettings | None) -> Iterator[Finding]:
    """Whether a variable names certificate authorities that are not there, or others than those of the context."""
    for name in _CA_VARIABLES:
        place = os.environ.get(name)
        if place and not Path(place).exists():
            yield problem("trust", f"{name} names {place}, which is not there.", f"unset {name}")
    requests_bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    if settings is None:
        return
    if settings.ca_bundle is not None:
        yield _own_bundle(settings.ca_bundle)
    elif requests_bundle and Path(requests_bundle).exists():
        yield warning(
            "trust",
            f"The token authority is trusted by {requests_bundle}, the API by this system: a variable of requests.",
            f"export {ENV_CA_BUNDLE}={requests_bundle}",
        )
    else:
        yield ok("trust", "the certificate authorities of this system")


def _own_bundle(place: str) -> Finding:
    mend = 'eval "$(partnercenter env)"'
    try:
        context = ssl.create_default_context(cafile=place)
    except OSError as error:
        return problem("trust", f"The CA bundle {place} cannot be used: {error.strerror or error}.", mend)
    count = context.cert_store_stats()["x509_ca"]
    if not count:
        return problem("trust", f"The CA bundle {place} holds no certificate authority.", mend)
    of = "the one certificate authority" if count == 1 else f"the {count} certificate authorities"
    return ok("trust", f"only {of} in {place}")


def proxy_of(url: str) -> str | None:
    """The proxy through which `url` is asked, or None. This machine is never asked through one."""
    host = urlsplit(url).hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    found = getproxies()
    return found.get(urlsplit(url).scheme) or found.get("all")


def proxy(url: str) -> Iterator[Finding]:
    """Whether a variable sends the requests for `url` somewhere else."""
    host = urlsplit(url).hostname or ""
    through = proxy_of(url)
    if through is None:
        named = bool(getproxies())
        yield ok("proxy", f"none for {host}" + (" (others are asked through one)" if named else ""))
        return
    place = _host_and_port(through)
    if place is None:
        mend = "export HTTPS_PROXY=http://<host>:<port>"
        yield problem("proxy", f"{host} would be asked through a proxy whose address is no address.", mend)
        return
    shown = "{}:{}".format(*place)  # without the user name and password that it may hold
    away = f'export NO_PROXY="{host},$NO_PROXY"'
    if _listens(*place):
        yield warning("proxy", f"{host} is asked through {shown}, as HTTPS_PROXY or its like says.", away)
    else:
        yield problem("proxy", f"{host} would be asked through {shown}, and nobody listens there.", away)


def has_broken_proxy(url: str) -> bool:
    """Whether `url` would be asked through a proxy whose address is none: then nobody can be asked at all."""
    through = proxy_of(url)
    return through is not None and _host_and_port(through) is None


def _host_and_port(through: str) -> tuple[str, int] | None:
    """Of a proxy; None if its address is none."""
    try:
        place = urlsplit(through if "//" in through else f"//{through}")
        port = place.port
    except ValueError:  # its text quotes what may be a password
        return None
    return place.hostname or "", port or 80


def _listens(host: str, port: int) -> bool:
    import socket

    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError:
        return False
    return True
