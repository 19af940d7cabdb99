"""A guard that keeps tests away from real clouds: while it is up, nothing is sent there, not even a question to DNS.

It is up while PARTNERCENTER_REAL_CLOUDS is `refuse`, which child processes inherit, and inside of `no_real_clouds()`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from partnercenter.client.errors import ConfigurationError
from partnercenter.wire.clouds import Cloud

ENV_REAL_CLOUDS = "PARTNERCENTER_REAL_CLOUDS"
REFUSE = "refuse"
ALLOW = "allow"

# Beside the hosts in the table of clouds: MSAL asks some of these whether they know an authority, and regions, older
# names and other audiences stand under the same domains (national clouds of Microsoft Entra).
_DOMAINS = (
    "microsoft.com",
    "microsoftonline.com",
    "microsoftonline.cn",
    "microsoftonline.us",
    "microsoftonline.de",
    "windows.net",
    "chinacloudapi.cn",
    "cloudapi.de",
    *(urlsplit(cloud.addresses.base_url).hostname for cloud in Cloud),
    *(urlsplit(cloud.addresses.authority).hostname for cloud in Cloud),
)

_up = 0
_counting = threading.Lock()


@contextmanager
def no_real_clouds() -> Iterator[None]:
    """Refuse real clouds in this process until the end of the `with`; may be nested, and holds for all threads.

    Child processes are reached by the variable PARTNERCENTER_REAL_CLOUDS alone.
    """
    global _up  # noqa: PLW0603 - one guard for the process: a transport must not be able to miss it
    with _counting:
        _up += 1
    try:
        yield
    finally:
        with _counting:
            _up -= 1


def is_real_cloud(url: str) -> bool:
    """Whether `url` leads to a host of one of Microsoft's clouds: the API, an authority, or what stands beside them."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False  # no address at all: whoever sends says so
    return any(host == domain or host.endswith(f".{domain}") for domain in _DOMAINS)


def refuse_real_cloud(url: str) -> None:
    """Raise ConfigurationError if `url` leads to a real cloud while the guard is up."""
    if not _is_up() or not is_real_cloud(url):
        return
    raise ConfigurationError(
        f"{urlsplit(url).hostname} is a real cloud, and the guard against real clouds is up: nothing was sent.",
        next_step=(
            "Let the code under test take its settings from the local service (partnercenter env); "
            f"if it is meant to reach the cloud, take the guard down: {ENV_REAL_CLOUDS}={ALLOW}."
        ),
    )


def _is_up() -> bool:
    named = os.environ.get(ENV_REAL_CLOUDS) or ALLOW
    if named not in (REFUSE, ALLOW):
        # A guard that a typing error takes down is none.
        raise ConfigurationError(f"{ENV_REAL_CLOUDS} is {named!r}; it can be {REFUSE} or {ALLOW}.")
    return _up > 0 or named == REFUSE
