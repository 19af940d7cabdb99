"""Audit queries: what is asked, and which links to a next page are followed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from partnercenter.client.audit_query import AuditQuery, list_audit_records
from partnercenter.client.errors import AnswerNotUnderstoodError, ConfigurationError, ServerError
from partnercenter.client.settings import ClientSettings
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Response
from tests.client.scripted import TOKEN, Scripted, header, ok, refused

HOST = "https://api.partnercenter.microsoft.com"
NEXT = "/auditrecords?startDate=2026-06-01&size=1"
TOKEN_LINE: JsonObject = {"key": "MS-ContinuationToken", "value": "page-2"}


def asked(query: AuditQuery) -> dict[str, list[str]]:
    house = Scripted(page())
    house.run(list_audit_records(house.session, query))
    return parse_qs(urlsplit(house.sent[0].target).query, strict_parsing=True)


def page(*ids: str, uri: str | None = None, lines: Sequence[JsonObject] = ()) -> Response:
    items: list[JsonValue] = [{"id": one} for one in ids]
    links: JsonObject = {"self": {"uri": "/auditrecords"}}
    if uri is not None:
        links["next"] = {"uri": uri, "method": "GET", "headers": [*lines]}
    return ok({"totalCount": len(ids), "items": items, "links": links})


def listed(house: Scripted) -> list[str | None]:
    return [record.id for record in house.run(list_audit_records(house.session, AuditQuery()))]


def test_without_arguments_there_is_no_query() -> None:
    house = Scripted(page())
    assert listed(house) == []
    assert house.sent[0].target == f"{HOST}/v1/auditrecords"


def test_a_day_is_sent_as_it_is_documented() -> None:
    assert asked(AuditQuery(date(2026, 6, 1), date(2026, 6, 30))) == {
        "startDate": ["2026-06-01"],
        "endDate": ["2026-06-30"],
    }


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        (datetime(2026, 6, 1, 8, tzinfo=UTC), "2026-06-01T08:00:00Z"),
        (datetime(2026, 6, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2026-05-31T23:00:00Z"),
        (datetime(2026, 6, 1, 8, 0, 0, 5, tzinfo=UTC), "2026-06-01T08:00:00.000005Z"),
    ],
)
def test_a_moment_is_sent_in_utc(moment: datetime, sent: str) -> None:
    assert asked(AuditQuery(start_date=moment)) == {"startDate": [sent]}


@pytest.mark.parametrize("day", ["2026-06-01", 0])
def test_what_is_no_date_is_not_sent(day: object) -> None:
    with pytest.raises(ConfigurationError, match="end_date has to be of the class date"):
        asked(AuditQuery(end_date=day))  # type: ignore[arg-type]  # that is the point


@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_a_moment_without_a_time_zone_is_not_sent(name: str) -> None:
    query = AuditQuery(**{name: datetime(2026, 6, 1)})  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=f"{name} has no time zone"):
        query.parameters()


def test_a_resource_type_is_sent_as_the_documented_filter() -> None:
    house = Scripted(page())
    house.run(list_audit_records(house.session, AuditQuery(resource_type="partner & profile", size=500)))
    query = urlsplit(house.sent[0].target).query
    assert "&size=500" in query
    assert parse_qs(query)["filter"] == ['{"Field":"ResourceType","Value":"partner & profile","Operator":"equals"}']


def test_the_pages_are_followed_to_the_last_one() -> None:
    house = Scripted(page("1", "2", uri=NEXT, lines=[TOKEN_LINE]), page("3"))
    assert listed(house) == ["1", "2", "3"]
    assert house.sent[1].target == f"{HOST}/v1{NEXT}"


def test_a_link_that_has_the_version_gets_no_second_one() -> None:
    house = Scripted(page(uri=f"/v1{NEXT}"), page())
    listed(house)
    assert house.sent[1].target == f"{HOST}/v1{NEXT}"


def test_the_lines_of_a_link_are_sent_with_it() -> None:
    house = Scripted(page(uri=NEXT, lines=[TOKEN_LINE]), page("3"))
    listed(house)
    assert header(house.sent[0], "MS-ContinuationToken") is None
    assert header(house.sent[1], "MS-ContinuationToken") == "page-2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", "Bearer stolen"),
        ("Host", "elsewhere.example"),
        ("Content-Length", "5"),
        ("MS-RequestId", "5"),
        ("X-Locale", "de-DE"),
        ("MS-PartnerCenter-Application", "x"),
        ("MS-Odd", "a\r\nAuthorization: Bearer stolen"),
        ("MS-Odd: x\r\nAuthorization", "Bearer stolen"),
        ("MS-Odd", 5),
        (None, "x"),
    ],
)
def test_a_link_cannot_say_who_asks_nor_break_the_message(name: JsonValue, value: JsonValue) -> None:
    added: JsonObject = {"key": name, "value": value}
    plain, odd = (Scripted(page(uri=NEXT, lines=lines), page()) for lines in ([], [added]))
    for house in (plain, odd):
        listed(house)
    assert [line for line, _ in odd.sent[1].headers] == [line for line, _ in plain.sent[1].headers]
    assert odd.sent[1].headers.get_all("Authorization") == [f"Bearer {TOKEN}"]


@pytest.mark.parametrize(
    "uri",
    [
        "https://elsewhere.example/auditrecords",
        "//elsewhere.example/auditrecords",
        "@elsewhere.example/auditrecords",
        ".elsewhere.example/auditrecords",
        "",
        "auditrecords",
        "/audit records",
        "/\\elsewhere.example",
        "/auditrecords#part",
        "/auditrecords\n",
        "/üditrecords",
        5,
    ],
)
def test_a_link_to_somewhere_else_is_not_followed(uri: JsonValue) -> None:
    answer = ok({"items": [], "links": {"next": {"uri": uri}}})
    house = Scripted(answer, page())
    with pytest.raises(AnswerNotUnderstoodError, match="not a path of this service"):
        listed(house)
    assert len(house.sent) == 1


def test_links_that_lead_in_a_circle_end() -> None:
    house = Scripted(page("1", uri=NEXT), page("2", uri="/auditrecords"))
    with pytest.raises(AnswerNotUnderstoodError, match="leads back"):
        listed(house)


def test_the_same_address_with_another_token_is_another_page() -> None:
    third: JsonObject = {"key": "MS-ContinuationToken", "value": "page-3"}
    house = Scripted(page("1", uri=NEXT, lines=[TOKEN_LINE]), page("2", uri=NEXT, lines=[third]), page("3"))
    assert listed(house) == ["1", "2", "3"]


def test_every_page_has_the_whole_deadline() -> None:
    settings = ClientSettings(deadline=10, timeout=10)
    house = Scripted(page(uri=NEXT), page(uri=f"{NEXT}&page=3"), page(), settings=settings, exchange_takes=6)
    listed(house)
    assert house.timeouts == [10, 10, 10]


def test_a_page_that_fails_fails_the_query() -> None:
    house = Scripted(page("1", uri=NEXT), refused(500), settings=ClientSettings(most_attempts=1))
    with pytest.raises(ServerError):
        listed(house)


def test_a_next_link_of_null_ends_the_list() -> None:
    assert listed(Scripted(ok({"items": [], "links": {"next": None}}))) == []
