"""The guard against real clouds: nothing leaves, and DNS is not asked either."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from partnercenter import (
    AccessToken,
    AsyncPartnerCenter,
    CachedCredential,
    ClientSettings,
    FixedToken,
    PartnerCenter,
    TokenCache,
)
from partnercenter.client.authority_http import AuthorityHttp
from partnercenter.client.cloud_guard import is_real_cloud, no_real_clouds
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.msal_credential import account_of_person
from partnercenter.client.sign_in import ClientCredentialsCredential, RefreshTokenCredential
from partnercenter.wire.clouds import Cloud

TENANT = "11111111-2222-4333-8444-555555555555"
REAL = [url for cloud in Cloud for url in (cloud.addresses.base_url, cloud.addresses.authority)]
LIKE_THEM = [
    "https://login.microsoftonline.com:443/common/v2.0",
    "https://LOGIN.MicrosoftOnline.com./x",
    "https://login.microsoft.com",
    "https://sts.windows.net/x",
    "https://graph.windows.net",
    "https://westeurope.login.microsoftonline.com",
    "https://login.chinacloudapi.cn",
]
NOT_THEM = [
    "https://localhost:8443",
    "https://127.0.0.1",
    "https://notmicrosoft.com",
    "https://login.microsoftonline.com.example",
    "https://example/login.microsoftonline.com",
    "https://[::1",
    "",
]


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guard of the test itself: whoever asks DNS, or connects, fails in a way that is no ConfigurationError."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.delenv("PARTNERCENTER_REAL_CLOUDS", raising=False)


def api(url: str) -> None:
    with PartnerCenter(FixedToken("t"), settings=ClientSettings(base_url=url)) as partner:
        partner.profiles.billing_profile.get()


def async_api(url: str) -> None:
    async def get() -> None:
        async with AsyncPartnerCenter(FixedToken("t"), settings=ClientSettings(base_url=url)) as partner:
            await partner.profiles.billing_profile.get()

    asyncio.run(get())


def user(url: str) -> None:
    RefreshTokenCredential("client", "rt", tenant_id=TENANT, authority=url).get_token("scope")


def application(url: str) -> None:
    ClientCredentialsCredential("client", "secret", tenant_id=TENANT, authority=url).get_token("scope")


@pytest.mark.parametrize("ask", [api, async_api, user, application])
@pytest.mark.parametrize("url", sorted(set(REAL)))
def test_nothing_goes_to_a_cloud_while_the_guard_is_up(ask: Callable[[str], None], url: str) -> None:
    with no_real_clouds(), pytest.raises(ConfigurationError, match="guard against real clouds is up"):
        ask(url)


def test_a_kept_token_of_a_cloud_is_not_given_out_while_the_guard_is_up(tmp_path: Path) -> None:
    authority = Cloud.GLOBAL.addresses.authority
    cache = TokenCache.file(tmp_path / "tokens.json")
    with cache.held(account_of_person(authority, TENANT, "client")) as kept:
        kept.keep(("scope",), AccessToken("t", int(time.time()) + 3600), "rt")
    credential = CachedCredential("client", tenant_id=TENANT, cache=cache, authority=authority)
    with no_real_clouds(), pytest.raises(ConfigurationError, match="nothing was sent"):
        credential.get_token("scope")
    assert credential.get_token("scope").token == "t"


@pytest.mark.parametrize("url", [*REAL, *LIKE_THEM])
def test_hosts_of_the_clouds_are_known(url: str) -> None:
    assert is_real_cloud(url)


@pytest.mark.parametrize("url", NOT_THEM)
def test_other_hosts_are_no_cloud(url: str) -> None:
    assert not is_real_cloud(url)


@pytest.mark.parametrize("ask", ["get", "post"])
def test_what_msal_asks_by_itself_is_refused_too(ask: str) -> None:
    http = AuthorityHttp(None)
    with no_real_clouds(), pytest.raises(ConfigurationError, match="nothing was sent"):
        getattr(http, ask)("https://login.microsoftonline.com/common/discovery/instance")
    http.close()


def test_the_variable_puts_the_guard_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERCENTER_REAL_CLOUDS", "refuse")
    with pytest.raises(ConfigurationError, match="nothing was sent"):
        user("https://login.microsoftonline.com")


def test_a_child_process_obeys_the_variable() -> None:
    code = "from partnercenter import PartnerCenter, FixedToken as F; PartnerCenter(F('t')).profiles.mpn_profile.get()"
    environ = {"PARTNERCENTER_REAL_CLOUDS": "refuse"}
    ended = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, timeout=30, check=False
    )
    assert "guard against real clouds is up" in ended.stderr


def test_a_mistyped_variable_does_not_take_the_guard_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERCENTER_REAL_CLOUDS", "refused")
    with pytest.raises(ConfigurationError, match="it can be refuse or allow"):
        user("https://login.microsoftonline.com")


def test_the_guard_goes_down_with_the_outermost_with() -> None:
    with no_real_clouds():
        with no_real_clouds():
            pass
        with pytest.raises(ConfigurationError, match="nothing was sent"):
            api("https://api.partnercenter.microsoft.com")
    with pytest.raises(AssertionError, match="the network was asked"):
        api("https://api.partnercenter.microsoft.com")
