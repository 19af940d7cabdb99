"""Rows I01 to I11, I15, I21 and I24 of the catalogue of bad inputs: which PUT is a replay of which, in process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Doubtful
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.catalogue.refused import CANARY, refuse
from tests.catalogue.replays import BILLING, GOOD, ID, Lines, over, put, rows_remembered, told
from tests.service import conftest as stage_fixtures
from tests.service.stage import (
    CORRELATION,
    FIRST,
    GUID,
    NOW,
    SECOND,
    Answer,
    Desk,
    Line,
    ask,
    ask_async,
    caller,
    facts_of,
    page_body,
    token,
)

desk, service = stage_fixtures.desk, stage_fixtures.service

REUSED = 800002


# The same request again


def test_i01_the_same_request_gets_the_stored_answer_and_does_nothing(service: Service, desk: Desk) -> None:
    first = put(service, ("If-Match", f'"{desk.tag()}"'), CompanyName="x")
    tag = first.headers.get("ETag")
    before = desk.world_hash()
    again = [put(service, ("If-Match", f'"{old}"'), CompanyName="x") for old in [old_tag(desk)] * 3]
    assert [told(answer) for answer in again] == [told(first)] * 3
    assert (first.status, tag, desk.world_hash()) == (200, f'"{desk.tag()}"', before)


def old_tag(desk: Desk) -> str:
    """The tag that the newest audit entry says was replaced."""
    return facts_of(desk.audit()[0])["oldEtag"]


def test_i02_it_is_still_the_stored_answer_after_others_wrote(service: Service, desk: Desk) -> None:
    lines = ("If-Match", f'"{desk.tag()}"')
    first = put(service, lines)
    assert ask(service, "PUT", body=page_body(CompanyName="another")).status == 200
    before = desk.world_hash()
    assert told(put(service, lines)) == told(first)
    assert desk.world_hash() == before


SAME: dict[str, bytes] = {
    "I05-blanks": b" " + GOOD.replace(b",", b" ,\r\n\t") + b"\n",
    "I05-order": json_text.write(dict(reversed(page_body().items()))),
    "I05-order-inside": json_text.write_sorted(page_body()),
    "I05-escapes": GOOD.replace(b'"TEST_', b'"\\u0054EST_'),
}


@pytest.mark.parametrize("body", SAME.values(), ids=SAME.keys())
def test_a_body_that_is_only_written_otherwise_is_the_same_request(service: Service, desk: Desk, body: bytes) -> None:
    first = put(service)
    again = ask(service, "PUT", lines=[ID], body=body)
    assert (told(again), len(desk.audit())) == (told(first), 1)


def test_i05_the_id_in_another_casing_is_the_same_id(service: Service, desk: Desk) -> None:
    first = put(service)
    again = ask(service, "PUT", lines=[("MS-RequestId", GUID.upper())], body=page_body())
    assert (told(again), len(desk.audit())) == (told(first), 1)


def test_i24_another_correlation_id_is_echoed_and_makes_no_other_request(service: Service, desk: Desk) -> None:
    first, again = (put(service, ("MS-CorrelationId", own)) for own in (GUID, CORRELATION))
    assert (told(again), again.headers.get("MS-CorrelationId"), len(desk.audit())) == (told(first), CORRELATION, 1)


def test_i21_on_a_get_the_id_is_echoed_and_nothing_else(service: Service, desk: Desk) -> None:
    before = desk.world_hash()
    answers = [ask(service, "GET", lines=[ID]) for _ in range(2)]
    assert [(answer.status, answer.headers.get("MS-RequestId")) for answer in answers] == [(200, GUID)] * 2
    assert desk.world_hash() == before
    assert put(service).status == 200


# Another request under the same id

REUSES: dict[str, Callable[[Service, str], Answer]] = {
    "I03-other-value": lambda s, _: put(s, CompanyName=CANARY),
    "I03-member-left-out": lambda s, _: ask(s, "PUT", lines=[ID], body={"CompanyName": CANARY}),
    "I03-null-for-absent": lambda s, _: ask(s, "PUT", lines=[ID], body=page_body(BillingDay=None)),
    "I03-other-spelling": lambda s, _: ask(s, "PUT", lines=[ID], body=GOOD.replace(b'"TaxId"', b'"taxId"')),
    "I03-unreadable": lambda s, _: ask(s, "PUT", lines=[ID], body=GOOD[:-1]),
    "I03-no-body": lambda s, _: ask(s, "PUT", lines=[ID]),
    "I04-a-tag-more": lambda s, tag: put(s, ("If-Match", tag)),
    "I04-any-version": lambda s, _: put(s, ("If-Match", "*")),
    "I04-a-stale-tag": lambda s, _: put(s, ("If-Match", f'"{CANARY}"')),
    "I04-none-of-these": lambda s, _: put(s, ("If-None-Match", f'"{CANARY}"')),
    "I04-a-tag-in-the-body": lambda s, tag: put(s, etag=tag.strip('"')),
    "I04-organization": lambda s, _: ask(s, "PUT", "/v1/profiles/organization", lines=[ID], body=page_body()),
    "I04-legalbusiness": lambda s, _: ask(s, "PUT", "/v1/profiles/legalbusiness", lines=[ID], body=page_body()),
    "I04-support": lambda s, _: ask(s, "PUT", "/v1/profiles/support", lines=[ID], body=page_body()),
}


@pytest.mark.parametrize("send", REUSES.values(), ids=REUSES.keys())
def test_another_request_under_the_id_is_refused(
    service: Service, desk: Desk, send: Callable[[Service, str], Answer]
) -> None:
    tag = put(service).headers.get("ETag") or ""
    answer = refuse(desk, lambda: send(service, tag), 400, REUSED)
    assert "MS-RequestId" in str(answer.json()["description"])


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("DELETE", 405), ("PATCH", 405)], ids=lambda v: f"I04-{v}"
)
def test_a_method_that_changes_nothing_takes_no_notice_of_the_id(
    service: Service, desk: Desk, method: str, status: int
) -> None:
    put(service)
    before = desk.world_hash()
    assert (ask(service, method, lines=[ID]).status, desk.world_hash()) == (status, before)


# Whose id it is


def test_i06_the_id_of_another_tenant_is_another_one(service: Service, desk: Desk) -> None:
    first = put(service)
    other = token(tid=SECOND, oid=seed.SECOND_BILLING_ADMIN.id)
    second = ask(service, "PUT", bearer=other, lines=[ID], body={"CompanyName": "Zweiter"})
    assert (second.status, second.json()["CompanyName"]) == (200, "Zweiter")
    assert told(put(service)) == told(first)
    assert (len(desk.audit()), len(desk.audit(SECOND))) == (1, 1)


def test_i06_the_id_is_not_shared_by_tenants_though_user_and_application_are_the_same(desk: Desk) -> None:
    body: JsonObject = {"CompanyName": "x"}
    answers = [desk.put(body, request_id=GUID, by=caller(tenant_id)) for tenant_id in (FIRST, SECOND)]
    assert answers[0].tag != answers[1].tag
    assert (len(desk.audit()), len(desk.audit(SECOND))) == (1, 1)


def test_i07_the_id_of_another_user_is_another_one(service: Service, desk: Desk) -> None:
    first = put(service)
    other = token(oid=seed.GLOBAL_ADMIN.id, wids=[*seed.GLOBAL_ADMIN.roles])
    second = put(service, bearer=other, CompanyName="x")
    assert (second.status, told(put(service)), len(desk.audit())) == (200, told(first), 2)


def test_i07_the_id_of_another_application_is_another_one(desk: Desk) -> None:
    answers = [desk.put(page_body(), request_id=GUID, by=caller(application_id=name)) for name in ("one", "other")]
    assert (len({answer.tag for answer in answers}), len(desk.audit())) == (2, 2)


NOT_ANY_MORE: dict[str, tuple[dict[str, JsonValue], int]] = {
    "I08-expired": ({"iat": int(NOW) - 7200, "nbf": int(NOW) - 7200, "exp": int(NOW) - 3600}, 401),
    "I08-without-role": ({"wids": []}, 403),
    "I08-of-another-tenant": ({"tid": SECOND}, 401),
    "I08-without-mfa": ({"amr": ["pwd"]}, 401),
    "I08-app-only": ({"idtyp": "app", "scp": ""}, 403),
}


@pytest.mark.parametrize(("changes", "status"), NOT_ANY_MORE.values(), ids=NOT_ANY_MORE.keys())
def test_who_may_not_ask_gets_no_stored_answer(
    service: Service, desk: Desk, changes: dict[str, JsonValue], status: int
) -> None:
    assert put(service, CompanyName=CANARY).status == 200
    before = desk.world_hash()
    answer = put(service, bearer=token(**changes), CompanyName=CANARY)
    assert (answer.status, answer.headers.get("ETag"), desk.world_hash()) == (status, None, before)
    assert CANARY.encode() not in answer.body


# At once


def test_i09_of_twenty_at_once_one_has_an_effect_and_all_get_its_answer(service: Service, desk: Desk) -> None:
    lines = [("Authorization", f"Bearer {token()}"), ID, ("If-Match", f'"{desk.tag()}"')]
    lines.append(("Content-Length", str(len(GOOD))))

    async def race() -> list[Answer]:
        return await asyncio.gather(*(ask_async(service, "PUT", BILLING, lines, body=GOOD) for _ in range(20)))

    answers = asyncio.run(race())
    assert {told(answer) for answer in answers} == {(200, f'"{desk.tag()}"', answers[0].body)}
    assert (len(desk.audit()), desk.stored().version, rows_remembered(desk)) == (1, 2, 1)


@dataclass(slots=True)
class HeldLine(Line):
    """A connection on which the body does not arrive before it is let go."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self) -> dict[str, object]:
        await self.let_go.wait()
        return {"type": "http.request", "body": self.chunks.pop(0), "more_body": False}


def test_i15_a_first_attempt_that_arrives_after_its_retry_has_no_second_effect(service: Service, desk: Desk) -> None:
    lines = [("Authorization", f"Bearer {token()}"), ID, ("If-Match", f'"{desk.tag()}"')]
    lines.append(("Content-Length", str(len(GOOD))))
    encoded = [(name.lower().encode(), value.encode()) for name, value in lines]
    scope = {"type": "http", "method": "PUT", "raw_path": BILLING.encode(), "query_string": b"", "headers": encoded}

    async def late() -> tuple[Answer, HeldLine]:
        held = HeldLine([GOOD])
        first = asyncio.create_task(service(scope, held.receive, held.send))
        await asyncio.sleep(0)
        retry = await ask_async(service, "PUT", BILLING, lines, body=GOOD)
        held.let_go.set()
        await first
        return retry, held

    retry, held = asyncio.run(late())
    assert (retry.status, held.sent[0]["status"], held.sent[1]["body"]) == (200, 200, retry.body)
    assert len(desk.audit()) == 1


# After a refusal

STRICT = Behaviour(missing_tag=Doubtful.REFUSE)
REFUSALS: dict[str, tuple[int, Lines, dict[str, str]]] = {
    "I10-400-of-the-body": (400, [("If-Match", "{tag}")], {"TaxId": "?"}),
    "I10-400-of-the-body-tag": (400, [("If-Match", "{tag}")], {"etag": CANARY}),
    "I10-412": (412, [("If-Match", f'"{CANARY}"')], {}),
    "I10-428": (428, [], {}),
    "I11-415": (415, [("If-Match", "{tag}"), ("Content-Type", "text/plain")], {}),
    "I11-406": (406, [("If-Match", "{tag}"), ("Accept", "text/html")], {}),
}


@pytest.mark.parametrize(("status", "lines", "changes"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_not_remembered_and_the_corrected_request_runs(
    desk: Desk, status: int, lines: Lines, changes: dict[str, str]
) -> None:
    strict, tag = over(desk.storage, STRICT), f'"{desk.tag()}"'
    sent = [(name, value.format(tag=tag)) for name, value in lines]
    first, again = (put(strict, *sent, **changes) for _ in range(2))
    assert (first.status, first.body, rows_remembered(desk)) == (status, again.body, 0)
    assert (put(strict, ("If-Match", tag)).status, len(desk.audit())) == (200, 1)


TURNED_AWAY: dict[str, tuple[dict[str, JsonValue], int]] = {
    "I11-401": ({"aud": "https://x.example"}, 401),
    "I11-401-mfa": ({"amr": ["pwd"]}, 401),
    "I11-403-role": ({"wids": []}, 403),
    "I11-403-app-only": ({"idtyp": "app", "scp": ""}, 403),
}


@pytest.mark.parametrize(("changes", "status"), TURNED_AWAY.values(), ids=TURNED_AWAY.keys())
def test_the_id_of_a_caller_who_was_turned_away_is_free(
    service: Service, desk: Desk, changes: dict[str, JsonValue], status: int
) -> None:
    assert put(service, bearer=token(**changes)).status == status
    assert (put(service).status, len(desk.audit())) == (200, 1)


FAULTS = {
    "I11-429": (Fault("update_billing_profile", FaultKind.THROTTLED), 429),
    "I11-503": (Fault("update_billing_profile", FaultKind.STATUS), 503),
}


@pytest.mark.parametrize(("fault", "status"), FAULTS.values(), ids=FAULTS.keys())
def test_the_id_of_a_request_that_found_no_service_is_free(
    service: Service, desk: Desk, fault: Fault, status: int
) -> None:
    service.faults.replace([fault])
    assert (put(service).status, rows_remembered(desk)) == (status, 0)
    assert (put(service).status, len(desk.audit())) == (200, 1)
