"""GET /v1/auditrecords over the real service and a real database."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from partnercenter.service.asgi import Service
from partnercenter.service.audit import date_text
from partnercenter.service.operations.audit_continuation import make_token
from partnercenter.service.storage import Transaction
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.json_text import JsonObject
from tests.service.stage import FIRST, NOW, SECOND, Answer, Desk, ask, token
from tests.touching import Touching, billing_of

PATH = "/v1/auditrecords"
COUNT = 7
TODAY = datetime.fromtimestamp(NOW, UTC)


@pytest.fixture(autouse=True)
def records(desk: Desk) -> None:
    """One record of each of the last days, the newest of today; every third is of another type."""
    append(desk, *range(COUNT - 1, -1, -1))


def append(desk: Desk, *days_ago: int, tenant: str = FIRST) -> None:
    def each(transaction: Transaction, _: Touching) -> None:
        for days in days_ago:
            date = date_text(TODAY - timedelta(days=days))
            kind = "partner_mpn_profile" if days % 3 == 0 else "partner_billing_profile"
            transaction.append_audit(tenant, AuditRecord(id=f"{days} days", operation_date=date, resource_type=kind))

    asyncio.run(desk.storage.transact(each, billing_of(tenant)))


def ids(answer: Answer) -> list[str]:
    items = answer.json()["items"]
    assert isinstance(items, list)
    return [str(item["id"]) for item in items if isinstance(item, dict)]


def days(*numbers: int) -> list[str]:
    return [f"{number} days" for number in numbers]


def next_link(answer: Answer) -> JsonObject | None:
    links = answer.json()["links"]
    assert isinstance(links, dict)
    found = links.get("next")
    assert found is None or isinstance(found, dict)
    return found


def follow(service: Service, answer: Answer) -> Answer:
    """The next page, as the .NET SDK asks for it: the link's URI with the link's headers."""
    link = next_link(answer)
    assert link is not None
    headers = link["headers"]
    assert isinstance(headers, list)
    lines = [(str(line["key"]), str(line["value"])) for line in headers if isinstance(line, dict)]
    return ask(service, str(link["method"]), f"/v1{link['uri']}", lines=lines)


def pages(service: Service, target: str) -> list[list[str]]:
    answer = ask(service, "GET", target)
    found = [ids(answer)]
    while next_link(answer):
        answer = follow(service, answer)
        found.append(ids(answer))
    return found


def test_the_records_are_listed_newest_first(service: Service) -> None:
    assert ids(ask(service, "GET", PATH)) == days(*range(COUNT))


def test_the_answer_is_a_collection_that_links_to_itself(service: Service) -> None:
    collection = ask(service, "GET", f"{PATH}?startDate=2027-01-15&size=500").json()
    assert (collection["totalCount"], collection["attributes"]) == (1, {"objectType": "Collection"})
    assert collection["links"] == {
        "self": {"uri": "/auditrecords?startDate=2027-01-15&size=500", "method": "GET", "headers": []}
    }


@pytest.mark.parametrize(
    ("query", "listed"),
    [
        ("startDate=2027-01-14", [0, 1]),
        ("startDate=1%2F14%2F2027%2012:00:00%20AM", [0, 1]),
        ("startDate=01/14/2027+00:00:00", [0, 1]),
        ("startDate=2027-01-12&endDate=2027-01-13", [2, 3]),
        ("startDate=2027-01-12&endDate=2027-01-13T08:00:00Z", [3]),
        ("STARTDATE=2027-01-14", [0, 1]),
        ("startDate=2027-01-14&startDate=x", [0, 1]),
        ("tenantId=x&seekOperation=Next&startDate=2027-01-14", [0, 1]),
    ],
)
def test_the_days_asked_for_are_listed(service: Service, query: str, listed: list[int]) -> None:
    assert ids(ask(service, "GET", f"{PATH}?{query}")) == days(*listed)


@pytest.mark.parametrize("query", ["startDate=2026-10-16", "startDate=%zz", "size=0", "filter=%7B"])
def test_a_query_that_is_not_understood_is_a_400(service: Service, query: str) -> None:
    answer = ask(service, "GET", f"{PATH}?{query}")
    assert (answer.status, answer.code()) == (400, 800002)


@pytest.mark.parametrize("size", [1, 2, 3, COUNT - 1, COUNT])
def test_the_pages_hold_every_record_once_and_are_full_but_for_the_last(service: Service, size: int) -> None:
    found = pages(service, f"{PATH}?size={size}")
    assert [record for page in found for record in page] == days(*range(COUNT))
    assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)
    assert found[-1] != []


def test_a_page_with_a_next_one_has_its_token_in_the_body_and_in_the_link(service: Service) -> None:
    answer = ask(service, "GET", f"{PATH}?size=2")
    link = next_link(answer)
    assert link is not None
    assert link["headers"] == [{"key": "MS-ContinuationToken", "value": answer.json()["continuationToken"]}]


def test_the_last_page_has_no_token(service: Service) -> None:
    assert "continuationToken" not in ask(service, "GET", f"{PATH}?size={COUNT}").json()


def test_the_pages_stay_as_they_are_while_records_come(service: Service, desk: Desk) -> None:
    first = ask(service, "GET", f"{PATH}?size=3")
    append(desk, 0, 0)
    assert ids(follow(service, first)) == days(3, 4, 5)


def by_type(value: str) -> str:
    return "filter=" + quote(json.dumps({"Field": "ResourceType", "Value": value, "Operator": "equals"}))


def test_a_filter_chooses_records(service: Service) -> None:
    assert ids(ask(service, "GET", f"{PATH}?{by_type('PARTNER_MPN_PROFILE')}")) == days(0, 3, 6)


def test_filtered_pages_are_full_too(service: Service) -> None:
    assert pages(service, f"{PATH}?size=2&{by_type('partner_mpn_profile')}") == [days(0, 3), days(6)]


def test_a_filter_finds_what_lies_many_records_back(service: Service, desk: Desk) -> None:
    append(desk, *([1] * 650))
    assert pages(service, f"{PATH}?size=3&{by_type('partner_mpn_profile')}") == [days(0, 3, 6)]


@pytest.mark.parametrize("token_text", ["", "x", "AAAA"])
def test_a_damaged_token_is_a_400(service: Service, token_text: str) -> None:
    answer = ask(service, "GET", f"{PATH}?size=2", lines=[("MS-ContinuationToken", token_text)])
    assert (answer.status, answer.code()) == (400, 800002)


def test_t10_the_token_of_another_tenant_is_a_400(service: Service, desk: Desk) -> None:
    append(desk, 1, 2, 3, tenant=SECOND)
    mine = str(ask(service, "GET", f"{PATH}?size=2").json()["continuationToken"])
    second = token(tid=SECOND, oid="c0000000-0000-4000-8000-000000000006")
    answer = ask(service, "GET", f"{PATH}?size=2", lines=[("MS-ContinuationToken", mine)], bearer=second)
    assert answer.status == 400


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59.9995Z", "9999-12-31T23:59:59.9999Z"])
def test_the_last_millisecond_of_the_calendar_is_a_date(service: Service, date: str) -> None:
    assert ask(service, "GET", f"{PATH}?startDate={date}").status == 200
    assert ask(service, "GET", f"{PATH}?startDate=9999-12-20&endDate={date}").status == 200


@pytest.mark.parametrize("sequence", [2**63, 2**64 - 1])
def test_a_token_of_a_sequence_that_cannot_be_is_a_400(service: Service, sequence: int) -> None:
    forged = make_token(FIRST, {"size": "1"}, sequence)
    assert ask(service, "GET", f"{PATH}?size=1", lines=[("MS-ContinuationToken", forged)]).status == 400


def test_h16_two_tokens_are_one_too_many(service: Service) -> None:
    lines = [("MS-ContinuationToken", make_token(FIRST, {"size": "1"}, 5))] * 2
    assert ask(service, "GET", f"{PATH}?size=1", lines=lines).status == 400
