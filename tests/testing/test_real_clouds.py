"""The guard against real clouds: up where the fixture is used, and nowhere else unless it is asked for."""

from __future__ import annotations

import pytest

from partnercenter.testing import PartnerCenterDouble

pytest_plugins = ["pytester"]

_ASKS = """
import pytest
from partnercenter import ConfigurationError
from partnercenter.client.cloud_guard import refuse_real_cloud  # what every transport asks before it sends

def test_asks():
    with pytest.raises(ConfigurationError, match="real cloud"):
        refuse_real_cloud("https://api.partnercenter.microsoft.com/v1/profiles/billing")
"""
_SHOWS = """
import os

def test_shows():
    print("guard:", os.environ.get("PARTNERCENTER_REAL_CLOUDS"))
"""
_USES = """
def test_uses(partner_center):
    pass
"""


@pytest.fixture(autouse=True)
def _unguarded(partner_center: PartnerCenterDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    # An inner pytest forgets the modules that it loads, and some libraries cannot be loaded twice.
    partner_center.client().profiles.billing_profile.get()
    monkeypatch.delenv("PARTNERCENTER_REAL_CLOUDS", raising=False)


def _run(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(source)
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s", *arguments)


def test_a_session_that_uses_the_fixture_is_kept_from_real_clouds(pytester: pytest.Pytester) -> None:
    _run(pytester, _ASKS + _USES).assert_outcomes(passed=2)


def test_a_session_without_the_fixture_is_left_alone(pytester: pytest.Pytester) -> None:
    _run(pytester, _SHOWS).stdout.fnmatch_lines(["*guard: None"])


def test_the_guard_can_be_asked_for(pytester: pytest.Pytester) -> None:
    _run(pytester, _SHOWS, "--partner-center-real-clouds=refuse").stdout.fnmatch_lines(["*guard: refuse"])


def test_the_guard_can_be_taken_down(pytester: pytest.Pytester) -> None:
    result = _run(pytester, _SHOWS + _USES, "--partner-center-real-clouds=allow")
    result.stdout.fnmatch_lines(["*guard: allow"])


def test_whoever_has_set_the_variable_has_decided(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERCENTER_REAL_CLOUDS", "allow")
    _run(pytester, _SHOWS + _USES).stdout.fnmatch_lines(["*guard: allow"])


def test_the_environment_is_as_before_afterwards(pytester: pytest.Pytester) -> None:
    import os

    _run(pytester, _USES)
    assert "PARTNERCENTER_REAL_CLOUDS" not in os.environ
