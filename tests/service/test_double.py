"""A Partner Center for tests is as new again after a reset, and keeps nothing of what was before."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from partnercenter.service import seed
from partnercenter.service.double import Double
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.gate.throttle import DOCUMENTED
from partnercenter.service.settings import ServiceSettings
from partnercenter.wire import json_text
from tests.service.doubled import THREE, TOKEN, form, get, make_double, number, put, sign_in


def test_it_begins_with_the_published_seed(double: Double) -> None:
    assert number(double) == "9888"


def test_a_reset_brings_the_profiles_back(double: Double) -> None:
    put(double, sign_in(double))
    double.reset()
    assert number(double) == "9888"


def test_d10_a_reset_gives_every_profile_a_tag_that_was_never_used(double: Double) -> None:
    tags = set()
    for _ in range(3):
        tags.add(get(double, sign_in(double)).headers.get("ETag"))
        double.reset()
    assert len(tags) == 3


def test_a_token_from_before_the_reset_is_still_good(double: Double) -> None:
    bearer = sign_in(double)
    double.reset()
    assert get(double, bearer).status == 200


def test_a_reset_forgets_planned_faults(double: Double) -> None:
    double.faults.replace([Fault("*", FaultKind.STATUS)])
    double.reset()
    assert get(double, sign_in(double)).status == 200


def test_a_reset_enables_everybody(double: Double) -> None:
    double.accounts.disable(seed.GLOBAL_ADMIN.id)
    double.reset()
    assert double.accounts.disabled() == frozenset()


def test_a_reset_forgets_the_journal_but_never_uses_a_sequence_twice(double: Double) -> None:
    sign_in(double)
    before = double.journal.last
    double.reset()
    assert double.journal.entries() == []
    sign_in(double)
    assert [entry.sequence for entry in double.journal.entries()] == [before + 1]


def test_a_reset_forgets_remembered_answers(double: Double) -> None:
    used = {"MS_RequestId": "9231559e-ed95-41e4-810b-e754ae32dc2f"}
    put(double, sign_in(double), "1", **used)
    double.reset()
    assert put(double, sign_in(double), "2", **used).status == 200


def test_a_reset_sets_the_clock_back(double: Double) -> None:
    double.clock.advance(60)
    double.reset()
    assert double.clock.ahead == 0


def test_a_reset_opens_the_windows_of_the_throttle() -> None:
    double = make_double(settings=ServiceSettings(throttle=DOCUMENTED))
    bearer = sign_in(double)
    statuses = [get(double, bearer).status for _ in range(101)]
    double.reset()
    assert (statuses[-1], get(double, bearer).status) == (429, 200)


def test_a_reset_forgets_codes_that_wait(double: Double) -> None:
    def poll() -> object:
        again = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": str(device["device_code"]),
        }
        return form(double, "/common/oauth2/v2.0/token", client_id=seed.APP_USER.id, **again).json()["error"]

    scope = "https://api.partnercenter.microsoft.com/.default"
    device = form(double, "/common/oauth2/v2.0/devicecode", client_id=seed.APP_USER.id, scope=scope).json()
    assert poll() == "authorization_pending"
    double.reset()
    assert poll() != "authorization_pending"


# Time


def test_an_hour_ahead_a_token_has_expired(double: Double) -> None:
    bearer = sign_in(double)
    double.clock.advance(3700)
    assert get(double, bearer).status == 401


def test_the_wait_that_a_429_asks_for_can_be_passed_at_once() -> None:
    double = make_double(settings=ServiceSettings(throttle=DOCUMENTED))
    bearer = sign_in(double)
    refused = [get(double, bearer) for _ in range(101)][-1]
    double.clock.advance(int(refused.headers.get("Retry-After") or 0))
    assert get(double, bearer).status == 200


def test_an_audit_entry_is_of_the_clocks_time(double: Double) -> None:
    double.clock.advance(50 * 365 * 86400)
    put(double, sign_in(double))
    items = get(double, sign_in(double), "/v1/auditrecords").json()["items"]
    assert isinstance(items, list)
    assert isinstance(items[0], dict)
    assert str(items[0]["operationDate"])[:4] == str(datetime.fromtimestamp(double.clock.now(), UTC).year)


def test_a_slow_answer_takes_no_time_but_its_clock_says_so(double: Double) -> None:
    double.faults.replace([Fault("*", FaultKind.SLOW, seconds=300)])
    assert get(double, sign_in(double)).status == 200
    assert double.clock.ahead == 300


def test_a_replay_is_forgotten_a_day_ahead(double: Double) -> None:
    used = {"MS_RequestId": "9231559e-ed95-41e4-810b-e754ae32dc2f"}
    put(double, sign_in(double), "1", **used)
    double.clock.advance(25 * 3600)
    assert put(double, sign_in(double), "2", **used).status == 200


# What is under way when all begins anew

CHANGED = seed.FIRST_BILLING_PROFILE | {"purchaseOrderNumber": "1"}


def written(double: Double) -> tuple[object, list[str]]:
    """What the data is, and which updates the journal has."""
    return number(double), [entry.operation for entry in double.journal.entries() if entry.method == "PUT"]


def test_a_slow_update_of_before_a_reset_does_not_reach_the_data_of_after() -> None:
    async def reset_meanwhile(_: float) -> None:
        slow.reset()

    slow = make_double(wait=reset_meanwhile)
    bearer = sign_in(slow)
    slow.faults.replace([Fault("*", FaultKind.SLOW)])
    with pytest.raises(ConnectionError):
        put(slow, bearer, "1")
    assert written(slow) == ("9888", [])


def test_an_update_whose_body_comes_after_a_reset_is_not_carried_out(double: Double) -> None:
    bearer, body = sign_in(double), json_text.write(CHANGED)
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        double.reset()
        return {"type": "http.request", "body": body, "more_body": False}

    async def keep(message: dict[str, object]) -> None:
        sent.append(message)

    lines = [(b"authorization", f"Bearer {bearer}".encode()), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "PUT", "raw_path": b"/v1/profiles/billing", "query_string": b""}
    asyncio.run(double(scope | {"headers": lines}, receive, keep))
    assert (sent[0]["status"], *written(double)) == (408, "9888", [])


def test_the_administration_is_asked_of_whichever_service_there_is(double: Double) -> None:
    document = json_text.write(THREE)

    async def receive() -> dict[str, object]:
        double.reset()
        return {"type": "http.request", "body": document, "more_body": False}

    async def keep(_: dict[str, object]) -> None: ...

    lines = [(b"authorization", f"Bearer {TOKEN}".encode()), (b"content-length", str(len(document)).encode())]
    scope = {"type": "http", "method": "PUT", "raw_path": b"/admin/seed", "query_string": b"", "headers": lines}
    asyncio.run(double(scope, receive, keep))
    assert double.partners() == 3
