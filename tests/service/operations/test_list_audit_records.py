"""Dates, filters, tokens and pages of the audit list, without HTTP."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from partnercenter.service.operations.audit_continuation import make_token, read_token
from partnercenter.service.operations.audit_dates import Moment, read_moment
from partnercenter.service.operations.audit_filter import read_filter
from partnercenter.service.operations.audit_query import read_query
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.json_text import JsonObject

NOW = 1_800_000_000.0
TODAY = datetime.fromtimestamp(NOW, UTC)  # 2027-01-15 08:00
JUNE = datetime(2026, 6, 1, tzinfo=UTC)
EIGHT, NOON = timedelta(hours=8), timedelta(hours=12)

DATES = {
    "2026-06-01": Moment(JUNE, True),
    "2026-06-01T08:00:00Z": Moment(JUNE + EIGHT, False),
    "2026-06-01T08:00": Moment(JUNE + EIGHT, False),
    "2026-06-01T08:00:00.0000000Z": Moment(JUNE + EIGHT, False),
    "2026-06-01T10:00:00+02:00": Moment(JUNE + EIGHT, False),
    "2026-06-01T10:00:00 02:00": Moment(JUNE + EIGHT, False),
    "2026-06-01T04:00:00-0400": Moment(JUNE + EIGHT, False),
    "06/01/2026 08:00:00": Moment(JUNE + EIGHT, False),
    "6/1/2026 8:00:00 AM": Moment(JUNE + EIGHT, False),
    "6/1/2026 12:00:00 AM": Moment(JUNE, False),
    "6/1/2026 12:00:00 PM": Moment(JUNE + NOON, False),
}


@pytest.mark.parametrize(("text", "moment"), DATES.items(), ids=DATES.keys())
def test_a_date_is_read_in_every_form_that_clients_send(text: str, moment: Moment) -> None:
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "2026-02-30",
        "2026-6-1",
        "20260601",
        "13/01/2026 00:00:00",
        "6/1/2026 13:00:00 PM",
        "\u0662026-06-01",
        "2026-W01-1",
        "0001-01-01T00:00:00+14:00",
        "1780000000",
        "2026-06-01T25:00:00Z",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_moment(text) is None


def refused(**given: str) -> list[str]:
    with pytest.raises(Refusal) as caught:
        read_query(given, now=NOW)
    assert caught.value.reason is Reason.QUERY_INVALID
    return [str(line).split(":")[0] for line in caught.value.data]


def bounds(**given: str) -> tuple[datetime, datetime | None]:
    query = read_query(given, now=NOW)
    return query.since, query.until


def test_without_dates_the_last_30_days_are_listed() -> None:
    assert bounds() == (TODAY - timedelta(days=30), None)


def test_an_empty_parameter_was_not_given() -> None:
    assert bounds(startDate="", endDate="") == bounds()


def test_an_end_that_is_a_day_includes_that_day() -> None:
    assert bounds(startDate="2027-01-01", endDate="2027-01-02")[1] == datetime(2027, 1, 3, tzinfo=UTC)


def test_an_end_that_is_a_time_is_exclusive() -> None:
    assert bounds(startDate="2027-01-01", endDate="2027-01-02T08:00:00Z")[1] == datetime(2027, 1, 2, 8, tzinfo=UTC)


def test_one_day_is_a_range() -> None:
    assert bounds(startDate="2027-01-02", endDate="2027-01-02")[1] == datetime(2027, 1, 3, tzinfo=UTC)


def test_without_an_end_an_old_start_gives_the_longest_span() -> None:
    assert bounds(startDate="2026-11-01") == (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize("date", ["2026-10-17", "10/17/2026 00:00:00"])
def test_the_day_90_days_ago_can_be_asked_for(date: str) -> None:
    assert bounds(startDate=date)[0] == datetime(2026, 10, 17, tzinfo=UTC)


REFUSED: dict[str, tuple[dict[str, str], list[str]]] = {
    "older-than-90-days": ({"startDate": "2026-10-16"}, ["startDate"]),
    "no-date": ({"startDate": "yesterday"}, ["startDate"]),
    "end-no-date": ({"endDate": "tomorrow"}, ["endDate"]),
    "end-before-start": ({"startDate": "2027-01-02", "endDate": "2027-01-01"}, ["endDate"]),
    "span": ({"startDate": "2026-12-01", "endDate": "2027-01-01"}, ["endDate"]),
    "end-before-usual-start": ({"endDate": "2026-12-01"}, ["endDate"]),
    "size-0": ({"size": "0"}, ["size"]),
    "size-501": ({"size": "501"}, ["size"]),
    "size-negative": ({"size": "-1"}, ["size"]),
    "size-text": ({"size": "many"}, ["size"]),
    "size-superscript": ({"size": "²"}, ["size"]),
    "size-long": ({"size": "9" * 5000}, ["size"]),
    "filter": ({"filter": "x"}, ["filter"]),
    "all": (
        {"startDate": "x", "endDate": "x", "size": "x", "filter": "x"},
        ["startDate", "endDate", "size", "filter"],
    ),
}


@pytest.mark.parametrize(("given", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_a_query_that_cannot_be_answered_is_refused_and_every_parameter_named(
    given: dict[str, str], named: list[str]
) -> None:
    assert refused(**given) == named


def test_a_refusal_never_repeats_the_value() -> None:
    with pytest.raises(Refusal) as caught:
        read_query({"startDate": "SECRET", "filter": "SECRET", "size": "SECRET"}, now=NOW)
    assert "SECRET" not in str([str(line) for line in caught.value.data])


@pytest.mark.parametrize("size", ["1", "500"])
def test_a_page_has_1_to_500_records(size: str) -> None:
    assert read_query({"size": size}, now=NOW).size == int(size)


RECORD: JsonObject = {
    "customerId": "C1",
    "customerName": "Bristol Ltd",
    "resourceType": "partner_billing_profile",
    "resourceNewValue": '{"CompanyName":"Contoso"}',
}
MATCHES = [
    ('{"Field":"CompanyName","Value":"bri","Operator":"substring"}', True),
    ('{"field":"COMPANYNAME","VALUE":"STOL","operator":"SubString"}', True),
    ('{"Field":"CompanyName","Value":"contoso","Operator":"substring"}', False),
    ('{"Field":"CustomerId","Value":"c1","Operator":"equals"}', True),
    ('{"Field":"CustomerId","Value":"c","Operator":"equals"}', False),
    ('{"Field":"ResourceType","Value":"Partner_Billing_Profile","Operator":"equals"}', True),
    ('{"Field":"ResourceType","Value":"order","Operator":"equals","More":1}', False),
]


@pytest.mark.parametrize(("text", "matches"), MATCHES)
def test_a_filter_chooses_by_the_published_table_whatever_the_case(text: str, matches: bool) -> None:
    found = read_filter(text)
    assert found is not None
    assert found.matches(RECORD) is matches


def test_the_company_of_the_partners_own_profile_is_that_in_its_values() -> None:
    found = read_filter('{"Field":"CompanyName","Value":"conto","Operator":"substring"}')
    assert found is not None
    assert found.matches({"resourceNewValue": '{"CompanyName":"Contoso"}'})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"Field":"CompanyName","Value":"x"}',
        '{"Field":"CompanyName","Value":1,"Operator":"substring"}',
        '{"Field":"CompanyName","Value":"x","Operator":"equals"}',
        '{"Field":"CustomerId","Value":"x","Operator":"substring"}',
        '{"Field":"UserName","Value":"x","Operator":"equals"}',
        '{"Field":"CustomerId","field":"CustomerId","Value":"x","Operator":"equals"}',
        '{"Field":"CustomerId","Value":"x","Operator":"equals"',
    ],
)
def test_a_filter_that_is_not_in_the_published_table_is_none(text: str) -> None:
    assert read_filter(text) is None


QUERY = {"size": "2"}


def test_a_token_holds_its_sequence() -> None:
    assert read_token(make_token("a", QUERY, 77), "a", QUERY) == 77


def test_t10_a_token_of_another_tenant_is_refused() -> None:
    with pytest.raises(Refusal):
        read_token(make_token("a", QUERY, 77), "b", QUERY)


def test_a_token_of_another_query_is_refused() -> None:
    with pytest.raises(Refusal):
        read_token(make_token("a", QUERY, 77), "a", {"size": "3"})


@pytest.mark.parametrize("place", range(24))
def test_a_token_with_one_changed_byte_is_refused(place: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(make_token("a", QUERY, 77)))
    raw[place] ^= 1
    with pytest.raises(Refusal):
        read_token(base64.urlsafe_b64encode(raw).decode(), "a", QUERY)


@pytest.mark.parametrize("token", ["", "x", "é", "=" * 32, "A" * 10_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Refusal):
        read_token(token, "a", QUERY)
