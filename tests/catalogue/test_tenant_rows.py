"""Rows T01 to T14 of the catalogue of bad inputs: what one tenant can learn of another or do to it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from urllib.parse import quote

import apsw
import pytest

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from tests.catalogue.broken_audit import broken_audit
from tests.service import conftest as stage_fixtures
from tests.service.stage import FIRST, GUID, SECOND, Answer, Desk, ask, ask_async, caller, page_body, token

desk, service = stage_fixtures.desk, stage_fixtures.service

AUDIT = "/v1/auditrecords"
CANARY = "canary-of-the-first"
OF_THE_FIRST = (CANARY, FIRST, seed.FIRST_TENANT.domain, seed.FIRST_TENANT.name, seed.BILLING_ADMIN.id)
REUSED = [("MS-RequestId", GUID)]


def first() -> str:
    return token()


def second() -> str:
    return token(tid=SECOND, oid=seed.SECOND_BILLING_ADMIN.id, upn=seed.SECOND_BILLING_ADMIN.user_principal_name)


@pytest.fixture
def canary(service: Service) -> Answer:
    """The first tenant's profile and audit hold a text that no other tenant may ever see."""
    return ask(service, "PUT", body=page_body(CompanyName=CANARY), lines=REUSED)


def secrets_in(answer: Answer) -> list[str]:
    """What the answer tells of the first tenant."""
    told = answer.body.decode() + "".join(f"{name}: {value}\n" for name, value in answer.headers)
    return [secret for secret in OF_THE_FIRST if secret.lower() in told.lower()]


def tag_of(answer: Answer) -> str:
    return answer.headers.get("ETag") or ""


def items(answer: Answer) -> list[JsonObject]:
    assert answer.status == 200
    found = answer.json()["items"]
    assert isinstance(found, list)
    return [item for item in found if isinstance(item, dict)]


# Hints at another tenant

HINTS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "T02-query": (f"?tenantId={FIRST}", []),
    "T02-queries": (f"?tenant={FIRST}&partnerId={FIRST}&tid={FIRST}", []),
    "T02-header": ("", [("X-Tenant-Id", FIRST)]),
    "T02-headers": ("", [("MS-Tenant-Id", FIRST), ("X-Partner-Id", FIRST), ("X-Forwarded-User", FIRST)]),
}


@pytest.mark.parametrize("path", ["/v1/profiles/billing", "/v1/profiles/organization", AUDIT])
@pytest.mark.parametrize(("query", "lines"), HINTS.values(), ids=HINTS.keys())
@pytest.mark.usefixtures("canary")
def test_a_hint_at_another_tenant_changes_no_answer(
    service: Service, path: str, query: str, lines: list[tuple[str, str]]
) -> None:
    plain = ask(service, "GET", path, bearer=second())
    hinted = ask(service, "GET", path + query, lines=lines, bearer=second())
    assert (hinted.status, tag_of(hinted), secrets_in(hinted)) == (200, tag_of(plain), [])


def test_t02_the_tenant_of_a_body_is_ignored(service: Service, desk: Desk) -> None:
    before = desk.stored(FIRST)
    ask(service, "PUT", body={"companyName": "x", "tenantId": FIRST, "partnerId": FIRST}, bearer=second())
    assert (desk.stored(FIRST), desk.stored(SECOND).document["companyName"]) == (before, "x")


ELSEWHERE = [f"/v1/profiles/{FIRST}", f"/v1/{FIRST}/profiles/billing", f"/v1/profiles/billing/{FIRST}"]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_t01_no_path_leads_to_another_tenant(service: Service, path: str) -> None:
    answer = ask(service, "GET", path, bearer=second())
    assert (answer.status, answer.code()) == (404, 1000)


def test_t03_one_user_id_in_two_tenants_is_two_identities(desk: Desk) -> None:
    body: JsonObject = {"companyName": "x"}
    answers = [desk.put(body, by=caller(tenant), request_id=GUID) for tenant in (FIRST, SECOND)]
    assert answers[0].tag != answers[1].tag
    assert [len(desk.audit(tenant)) for tenant in (FIRST, SECOND)] == [1, 1]


def test_t03_a_user_of_one_tenant_is_nobody_in_another(service: Service) -> None:
    assert ask(service, "GET", bearer=token(tid=SECOND, oid=seed.BILLING_ADMIN.id)).status == 401


# What the first tenant has, in the hands of the second


def test_t04_the_tag_of_another_tenant_does_not_hold(service: Service, desk: Desk, canary: Answer) -> None:
    before = desk.world_hash()
    answer = ask(service, "PUT", body={"companyName": "x"}, lines=[("If-Match", tag_of(canary))], bearer=second())
    assert (answer.status, secrets_in(answer), desk.world_hash()) == (412, [], before)


def test_t04_the_request_id_of_another_tenant_is_free(service: Service, desk: Desk) -> None:
    body: JsonObject = {"purchaseOrderNumber": "1"}
    answers = [ask(service, "PUT", body=body, lines=REUSED, bearer=bearer) for bearer in (first(), second())]
    assert [answer.status for answer in answers] == [200, 200]
    assert tag_of(answers[1]) == desk.stored(SECOND).tag.quoted
    assert secrets_in(answers[1]) == []


@pytest.mark.usefixtures("canary")
def test_t07_a_tag_of_another_tenant_is_not_in_the_cache(service: Service) -> None:
    lines = [("If-None-Match", tag_of(ask(service, "GET")))]
    answers = [ask(service, "GET", lines=lines, bearer=bearer) for bearer in (first(), second(), first())]
    assert [answer.status for answer in answers] == [304, 200, 304]
    assert secrets_in(answers[1]) == []


@pytest.mark.usefixtures("canary")
def test_t07_answers_of_two_tenants_in_turn_are_their_own(service: Service) -> None:
    answers = [ask(service, "GET", bearer=bearer) for bearer in (first(), second()) * 3]
    assert [CANARY in answer.body.decode() for answer in answers] == [True, False] * 3


@pytest.mark.usefixtures("canary")
def test_t06_requests_of_two_tenants_at_once_do_not_mix(service: Service) -> None:
    async def interleaved() -> list[Answer]:
        turns = [first(), second()] * 10
        return await asyncio.gather(*(request for bearer in turns for request in three(service, bearer)))

    answers = asyncio.run(interleaved())
    assert {answer.status for answer in answers} == {200}
    assert [bool(secrets_in(answer)) for answer in answers] == ([True] * 3 + [False] * 3) * 10


def three(service: Service, bearer: str) -> list[Coroutine[None, None, Answer]]:
    """A read, a change and a list of the audit."""
    line = ("Authorization", f"Bearer {bearer}")
    read, listed = (ask_async(service, "GET", path, [line]) for path in ("/v1/profiles/billing", AUDIT))
    return [read, change(service, bearer, "1"), listed]


def change(service: Service, bearer: str, number: str) -> Coroutine[None, None, Answer]:
    text = json_text.write({"purchaseOrderNumber": number})
    lines = [("Authorization", f"Bearer {bearer}"), ("Content-Length", str(len(text)))]
    return ask_async(service, "PUT", "/v1/profiles/billing", lines, body=text)


def test_t05_after_a_request_that_broke_the_next_tenant_has_its_own(service: Service, desk: Desk) -> None:
    with broken_audit(desk):
        assert ask(service, "PUT", body=page_body(CompanyName=CANARY)).status == 503
    answers = [ask(service, "PUT", body={"companyName": "x"}, bearer=second()), ask(service, "GET", bearer=second())]
    assert [(answer.status, secrets_in(answer)) for answer in answers] == [(200, [])] * 2
    assert desk.stored(FIRST).document["companyName"] != CANARY


# Ids of tenants

SPELLINGS = {
    "T08-upper-case": FIRST.upper(),
    "T08-blank-behind": FIRST + " ",
    "T08-braces": f"{{{FIRST}}}",
    "T08-domain": seed.FIRST_TENANT.domain,
    "T08-no-hyphens": FIRST.replace("-", ""),
    "T08-common": "common",
    "T08-empty": "",
}


@pytest.mark.parametrize("tenant", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_another_spelling_of_a_tenant_is_refused(service: Service, desk: Desk, tenant: str) -> None:
    before = desk.world_hash()
    answer = ask(service, "PUT", body=page_body(), bearer=token(tid=tenant))
    assert (answer.status, desk.world_hash()) == (401, before)


# The audit of one tenant


def by(field: str, value: str, operator: str = "equals") -> str:
    return f"{AUDIT}?filter=" + quote(json.dumps({"Field": field, "Value": value, "Operator": operator}))


FILTERS = {
    "T09-company": by("CompanyName", CANARY, "substring"),
    "T09-customer": by("CustomerId", FIRST),
    "T09-everybody": by("CompanyName", "", "substring"),
    "T09-record-id-in-the-query": f"{AUDIT}?id=%s",
}


@pytest.mark.parametrize("target", FILTERS.values(), ids=FILTERS.keys())
@pytest.mark.usefixtures("canary")
def test_no_filter_lists_the_audit_of_another_tenant(service: Service, desk: Desk, target: str) -> None:
    (record,) = desk.audit(FIRST)
    assert items(ask(service, "GET", target.replace("%s", str(record["id"])), bearer=second())) == []


def test_t09_a_record_has_no_path(service: Service, desk: Desk, canary: Answer) -> None:
    (record,) = desk.audit(FIRST)
    answer = ask(service, "GET", f"{AUDIT}/{record['id']}", bearer=second())
    assert (canary.status, answer.status, secrets_in(answer)) == (200, 404, [])


def test_t10_the_continuation_of_another_tenant_is_refused(service: Service) -> None:
    for bearer in (first(), second()):
        for _ in range(3):
            ask(service, "PUT", body={"companyName": "x"}, bearer=bearer)
    mine = str(ask(service, "GET", f"{AUDIT}?size=1").json()["continuationToken"])
    answer = ask(service, "GET", f"{AUDIT}?size=1", lines=[("MS-ContinuationToken", mine)], bearer=second())
    assert (answer.status, answer.code(), secrets_in(answer)) == (400, 800002, [])


# What is there for everybody


def test_t11_the_description_of_the_api_names_no_tenant(service: Service) -> None:
    answer = asyncio.run(ask_async(service, "GET", "/openapi.json"))
    told = answer.body.decode()
    assert answer.status == 200
    assert [tenant.id for tenant in seed.DIRECTORY.tenants if tenant.id in told or tenant.name in told] == []
    assert secrets_in(answer) == []


@pytest.mark.usefixtures("canary")
def test_t11_the_page_of_the_sign_in_knows_nothing_of_profiles(service: Service) -> None:
    """It names the tenants, whose names and ids are published; what they store is not."""
    answer = asyncio.run(ask_async(service, "GET", "/"))
    assert (answer.status, CANARY in answer.body.decode()) == (200, False)


@pytest.mark.parametrize(
    "path", ["/metrics", "/health", "/docs", "/v1", "/admin/accounts", "/admin/faults"], ids="T11-{}".format
)
def test_nothing_else_is_there_without_a_switch(service: Service, path: str) -> None:
    for bearer in (first(), second()):
        answer = ask(service, "GET", path, bearer=bearer)
        assert (answer.status, secrets_in(answer)) == (404, [])


REFUSED: dict[str, tuple[str, str, JsonObject, list[tuple[str, str]], int]] = {
    "T12-path": ("GET", f"/v1/profiles/{CANARY}", {}, [], 404),
    "T12-method": ("DELETE", "/v1/profiles/billing", {}, [], 405),
    "T12-media-type": ("PUT", "/v1/profiles/billing", page_body(), [("Content-Type", "text/plain")], 415),
    "T12-stale-tag": ("PUT", "/v1/profiles/billing", page_body(), [("If-Match", '"x"')], 412),
    "T12-stale-body-tag": ("PUT", "/v1/profiles/billing", page_body(etag="x"), [], 400),
    "T12-shape": ("PUT", "/v1/profiles/billing", {"companyName": 1}, [], 400),
    "T12-rules": ("PUT", "/v1/profiles/billing", {"companyName": "", "billingDay": 99}, [], 400),
    "T12-fixed": ("PUT", "/v1/profiles/billing", {"billingCurrency": "USD"}, [], 400),
    "T12-mpn-id": ("GET", "/v1/profiles/mpn?mpnId=1", {}, [], 404),
    "T12-query": ("GET", f"{AUDIT}?size=x", {}, [], 400),
}


@pytest.mark.parametrize("row", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.usefixtures("canary")
def test_no_refusal_and_no_log_line_tells_of_another_tenant(
    service: Service, row: tuple[str, str, JsonObject, list[tuple[str, str]], int], caplog: pytest.LogCaptureFixture
) -> None:
    method, target, body, lines, status = row
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        answer = ask(service, method, target, body=body or b"", lines=lines, bearer=second())
    assert (answer.status, secrets_in(answer)) == (status, [])
    assert [secret for secret in OF_THE_FIRST if secret in caplog.text] == []


# Tenants come and go


def test_t13_puts_of_a_tenant_that_is_disabled_meanwhile_are_done_or_refused(service: Service, desk: Desk) -> None:
    async def race() -> list[Answer]:
        async def disable() -> Answer:
            service.authentication.accounts.disable(FIRST)
            return await ask_async(service, "GET", AUDIT, [("Authorization", f"Bearer {first()}")])

        puts = [change(service, first(), str(number)) for number in range(20)]
        return await asyncio.gather(*puts[:10], disable(), *puts[10:])

    statuses = [answer.status for answer in asyncio.run(race())]
    assert statuses == [200] * 10 + [401] * 11
    assert len(desk.audit(FIRST)) == desk.stored(FIRST).version - 1 == 10


def test_t14_a_tenant_that_is_made_twice_at_once_is_one(desk: Desk) -> None:
    before = desk.world_hash()
    connection = apsw.Connection(str(desk.path))
    connection.execute("DELETE FROM profile")
    connection.close()
    other = SqliteStorage(desk.path)

    async def twice() -> None:
        await asyncio.gather(
            *(each.transact(seed.add_missing_profiles, seed.AddMissingProfiles()) for each in (desk.storage, other) * 5)
        )

    asyncio.run(twice())
    other.close()
    assert desk.world_hash() != before
    assert [desk.stored(tenant).version for tenant in (FIRST, SECOND)] == [1, 1]
