"""What one call can be told: ids, limits, further lines; each before the setting of the client that says the same."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from partnercenter.client.call_options import CallOptions, another
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.settings import ClientSettings
from tests.client.scripted import Scripted, ok

GUID = "9231559e-ed95-41e4-810b-e754ae32dc2f"


def sent(options: CallOptions, settings: ClientSettings | None = None) -> Scripted:
    house = Scripted(ok(), settings=settings)
    house.run(get_profile(house.session, BILLING, options=options))
    return house


@pytest.mark.parametrize(
    ("options", "name", "value"),
    [
        ({"request_id": GUID}, "MS-RequestId", GUID),
        ({"correlation_id": GUID.upper()}, "MS-CorrelationId", GUID),
        ({"locale": "de-DE"}, "X-Locale", "de-DE"),
        ({"headers": {"X-Trace": "7"}}, "X-Trace", "7"),
        ({"headers": {"accept": "text/csv"}}, "Accept", "text/csv"),
    ],
)
def test_an_option_goes_into_its_line_alone(options: CallOptions, name: str, value: str) -> None:
    assert sent(options).sent[0].headers.get_all(name) == [value]


def test_a_call_without_options_has_the_locale_of_the_settings() -> None:
    assert sent({}, ClientSettings(locale="fr-FR")).sent[0].headers.get("X-Locale") == "fr-FR"


def test_the_timeout_is_that_of_each_attempt() -> None:
    assert sent({"timeout": 5}).timeouts == [5]


@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan"), "5"])
def test_a_timeout_that_is_no_time_is_refused(timeout: float) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        sent({"timeout": timeout})


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer canary"},
        {"authorization": "Bearer canary"},
        {"If-Match": '"canary"'},
        {"MS-RequestId": "canary"},
        {"Host": "canary"},
        {"X-A": "canary\r\nX-B: 1"},
        {"X-A": "canary-ö"},
        {"X-A": " canary"},
        {"X A": "canary"},
        {"": "canary"},
        [("X-A", "canary")],
    ],
)
def test_a_line_that_would_make_it_another_call_is_refused_and_its_value_not_told(headers: Mapping[str, str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        sent({"headers": headers})
    assert "canary" not in str(caught.value)


def test_an_option_that_there_is_none_of_is_refused_as_python_does() -> None:
    with pytest.raises(TypeError, match="requestid"):
        sent({"requestid": GUID})  # type: ignore[typeddict-unknown-key]  # that is the point


def test_a_further_request_of_the_same_errand_has_another_id_and_the_same_rest() -> None:
    assert another({"request_id": GUID, "correlation_id": GUID, "timeout": 5}) == {"correlation_id": GUID, "timeout": 5}


@pytest.mark.parametrize("locale", ["", " de-DE", "de-DE ", "de\r\nX: 1", "dé", 7])
def test_a_locale_that_no_header_line_can_carry_is_refused(locale: str) -> None:
    with pytest.raises(ConfigurationError, match="locale"):
        sent({"locale": locale})
