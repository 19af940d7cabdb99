"""The settings of a client, and the variables that hold them."""

from __future__ import annotations

import pytest

from partnercenter.client.errors import ConfigurationError
from partnercenter.client.facade import PartnerCenter
from partnercenter.client.settings import ClientSettings, tenant_authority
from partnercenter.wire.clouds import Cloud

TENANT = "11111111-2222-4333-8444-555555555555"
LOCAL = {
    "PARTNERCENTER_BASE_URL": "https://localhost:8443",
    "PARTNERCENTER_AUTHORITY": "https://localhost:8443",
    "PARTNERCENTER_CLOUD": "china",
    "PARTNERCENTER_CA_BUNDLE": "ca.pem",
}
USER = {
    "PARTNERCENTER_TENANT_ID": TENANT,
    "PARTNERCENTER_CLIENT_ID": "client",
    "PARTNERCENTER_REFRESH_TOKEN": "canary-refresh",
}


def test_the_worldwide_cloud_can_be_named() -> None:
    settings = ClientSettings.from_env({"PARTNERCENTER_CLOUD": "global"})
    assert settings == ClientSettings()
    assert settings.api_url == "https://api.partnercenter.microsoft.com"


@pytest.mark.parametrize("named", [[], ["PARTNERCENTER_BASE_URL"], ["PARTNERCENTER_AUTHORITY"]])
def test_no_cloud_is_spoken_to_that_nobody_named(named: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="No cloud is named"):
        ClientSettings.from_env({name: LOCAL[name] for name in named})


def test_every_variable_is_read() -> None:
    settings = ClientSettings.from_env(LOCAL)
    assert (settings.cloud, settings.api_url) == (Cloud.CHINA, "https://localhost:8443")
    assert (settings.authority_url, settings.ca_bundle) == ("https://localhost:8443", "ca.pem")


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    empty = dict.fromkeys(LOCAL, "") | {"PARTNERCENTER_CLOUD": "global"}
    assert ClientSettings.from_env(empty) == ClientSettings()


def test_an_unknown_cloud_is_told_the_known_ones() -> None:
    with pytest.raises(ConfigurationError, match="us-government"):
        ClientSettings.from_env({"PARTNERCENTER_CLOUD": "mars"})


def test_the_scope_is_that_of_the_cloud_even_if_the_address_is_another() -> None:
    settings = ClientSettings(base_url="https://localhost:8443")
    assert settings.scope == "https://api.partnercenter.microsoft.com/.default"


def test_germany_can_be_named_and_warns() -> None:
    with pytest.warns(UserWarning, match="closed"):
        ClientSettings(cloud=Cloud.GERMANY)


@pytest.mark.parametrize("missing", USER)
def test_a_missing_variable_is_named(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing) as caught:
        PartnerCenter.from_env(LOCAL | {name: value for name, value in USER.items() if name != missing})
    assert 'eval "$(partnercenter env)"' in str(caught.value)


def test_all_missing_variables_are_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        PartnerCenter.from_env({"PARTNERCENTER_CLOUD": "global"})
    assert all(name in str(caught.value) for name in USER)


@pytest.mark.parametrize(
    "url", ["http://localhost:8443", "http://127.0.0.1:80", "http://127.9.9.9", "http://[::1]:8080", "https://a.b/path"]
)
def test_tokens_may_be_sent_to(url: str) -> None:
    assert ClientSettings(base_url=url).api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://0.0.0.0",
        "https://user:secret@host",
        "https://host?x=1",
        "https://host#x",
        "https://ho\nst",
        "https://host:99999",
        "ftp://host",
        "host:8443",
        "https://",
        "https://[::1",
    ],
)
@pytest.mark.parametrize("setting", ["base_url", "authority"])
def test_tokens_are_not_sent_to(setting: str, url: str) -> None:
    with pytest.raises(ConfigurationError, match=setting) as caught:
        ClientSettings(**{setting: url})  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "authority",
    [
        "https://localhost:8443",
        "https://localhost:8443/",
        f"https://localhost:8443/{TENANT}",
        f"https://localhost:8443/{TENANT}/",
    ],
)
def test_the_authority_may_or_may_not_end_with_the_tenant(authority: str) -> None:
    assert tenant_authority(authority, TENANT) == f"https://localhost:8443/{TENANT}"


@pytest.mark.parametrize("name", ["timeout", "deadline", "most_attempts"])
def test_limits_are_more_than_nothing(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        ClientSettings(**{name: 0})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["application_name", "locale"])
@pytest.mark.parametrize("value", ["a\r\nX: y", "ü", " a", "a "])
def test_what_goes_into_a_header_is_printable_ascii(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        ClientSettings(**{name: value})  # type: ignore[arg-type]


def test_without_an_argument_the_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LOCAL.items():
        monkeypatch.setenv(name, value)
    assert ClientSettings.from_env() == ClientSettings.from_env(LOCAL)
