"""The settings of the service: what contradicts itself is refused before anything starts."""

from __future__ import annotations

import pytest

from partnercenter.service.settings import ServiceSettings, SettingsError


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), float("inf")])
def test_answers_are_remembered_for_a_time_that_is_more_than_0_and_ends(hours: float) -> None:
    with pytest.raises(SettingsError, match="--replay-hours"):
        ServiceSettings(replay_hours=hours)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_0_to_65535(port: int) -> None:
    with pytest.raises(SettingsError, match="--port"):
        ServiceSettings(port=port)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_d32_plain_http_is_for_loopback(host: str) -> None:
    assert ServiceSettings(host=host, no_tls=True).no_tls


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_d32_plain_http_is_for_nothing_else(host: str) -> None:
    with pytest.raises(SettingsError, match="--no-tls"):
        ServiceSettings(host=host, no_tls=True)


@pytest.mark.parametrize(
    "database", ["sqlite", "postgresql://user@a:1,b:2/name", "postgres:///name?host=/run&passfile=/p"]
)
def test_the_database_is_a_file_of_the_folder_or_a_postgresql_url(database: str) -> None:
    assert ServiceSettings(database=database).database == database


@pytest.mark.parametrize("database", ["", "mysql://host/name", "partnercenter.sqlite3", "sqlite:///x"])
def test_no_other_database_is_known(database: str) -> None:
    with pytest.raises(SettingsError, match="--database"):
        ServiceSettings(database=database)


_WITH_PASSWORD = [
    "postgresql://user:s3cret@host/name",
    "postgresql://host/name?password=s3cret",
    "postgresql://user:s3cr[et@host/name",
    "postgresql://user:s3cret#@host/name",
    "postgresql://user:s3cret/?@host/name",
    "postgresql://host/name?pass%77ord=s3cret",
    "postgresql://host/name?sslpassword=s3cret",
]


@pytest.mark.parametrize("database", _WITH_PASSWORD)
def test_p18_a_password_in_the_command_line_is_refused_and_not_repeated(database: str) -> None:
    with pytest.raises(SettingsError, match="PGPASSFILE") as refused:
        ServiceSettings(database=database)
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("url", ["https://partner.example", "https://partner.example:8443", "https://[::1]:8443"])
def test_a_base_url_is_a_scheme_and_a_host(url: str) -> None:
    assert ServiceSettings(base_url=url).base_url == url


@pytest.mark.parametrize(
    "url", ["partner.example", "http://partner.example", "https://", "https://h/v1", "https://h/?a", "https://a:b@h"]
)
def test_anything_else_is_no_base_url(url: str) -> None:
    with pytest.raises(SettingsError, match="--base-url"):
        ServiceSettings(base_url=url)


def test_without_tls_the_base_url_is_plain_http() -> None:
    assert ServiceSettings(base_url="http://localhost:8080", no_tls=True).base_url == "http://localhost:8080"


@pytest.mark.parametrize("days", [-1.0, 1.0, 89.9, 36_501.0, float("inf"), float("nan")])
def test_the_audit_is_kept_for_the_time_in_which_it_can_be_queried_or_for_ever(days: float) -> None:
    with pytest.raises(SettingsError, match="--audit-days"):
        ServiceSettings(audit_days=days)


def test_a_service_for_tests_has_no_database() -> None:
    with pytest.raises(SettingsError, match="--test"):
        ServiceSettings(test=True, database="postgresql://user@host/name")


def test_a_seed_is_not_for_a_database_that_others_share() -> None:
    with pytest.raises(SettingsError, match="--seed"):
        ServiceSettings(seed="partners.yaml", database="postgresql://user@host/name")
