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
