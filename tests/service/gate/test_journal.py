"""The journal has everything of a request but its secrets, and only so much of it."""

from __future__ import annotations

import asyncio

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.double import Double
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.gate.journal import Course, Journal
from partnercenter.service.storage.memory import MemoryStorage
from partnercenter.wire import json_text
from partnercenter.wire.messages import Headers, Request, Response
from tests.service.doubled import TOKEN, get, last, put, send, sign_in, whole
from tests.service.stage import ask_async, keys

CORRELATION = "cb9f3209-d020-4bf9-871c-e1f1c75348f8"


def test_an_entry_says_what_was_asked_and_answered(double: Double) -> None:
    bearer = sign_in(double)
    put(double, bearer, "1", MS_CorrelationId=CORRELATION)
    entry = last(double)
    assert (entry.method, entry.target, entry.status) == ("PUT", "/v1/profiles/billing", 200)
    assert (entry.operation, entry.tenant, entry.user) == (
        "update_billing_profile",
        seed.FIRST_TENANT.id,
        seed.GLOBAL_ADMIN.id,
    )
    assert '"purchaseOrderNumber":"1"' in entry.body
    assert '"purchaseOrderNumber":"1"' in entry.response_body
    assert ("if-match", "*") in entry.headers
    assert entry.line("etag")


def test_what_came_before_has_a_lower_sequence(double: Double) -> None:
    bearer = sign_in(double)
    get(double, bearer)
    assert [entry.sequence for entry in double.journal.entries()] == [1, 2]


def test_a_fault_that_was_played_is_named_with_whom_it_met(double: Double) -> None:
    bearer = sign_in(double)
    double.faults.replace([Fault("*", FaultKind.STATUS)])
    get(double, bearer)
    assert (last(double).fault, last(double).tenant) == ("status", seed.FIRST_TENANT.id)


def test_an_answer_that_was_lost_has_no_status(double: Double) -> None:
    bearer = sign_in(double)
    double.faults.replace([Fault("*", FaultKind.NO_ANSWER_AFTER_COMMIT)])
    with pytest.raises(ConnectionResetError):
        put(double, bearer, "1")
    assert (last(double).status, last(double).response_body, last(double).fault) == (0, "", "no-answer-after-commit")


def test_a_refusal_is_there_with_its_reason(double: Double) -> None:
    send(double, "GET", "/v1/nothing")
    assert (last(double).status, "There is no such resource" in last(double).response_body) == (404, True)


def test_a_slow_answer_took_its_time(double: Double) -> None:
    bearer = sign_in(double)
    double.faults.replace([Fault("*", FaultKind.SLOW, seconds=5)])
    get(double, bearer)
    assert 5000 <= last(double).milliseconds < 6000


def test_who_reads_the_journal_is_not_in_it(double: Double) -> None:
    send(double, "GET", "/admin/journal", [("Authorization", f"Bearer {TOKEN}")])
    assert double.journal.entries() == []


def test_without_an_administration_nothing_is_kept() -> None:
    service = make_service("https://localhost", MemoryStorage(), keys(), 60)
    asyncio.run(ask_async(service, "GET", "/v1/profiles/billing"))
    assert service.journal is None


# Bounds


def record(journal: Journal, text: bytes = b"") -> None:
    request = Request("PUT", "/v1/profiles/billing", Headers({"Content-Type": "application/json"}))
    journal.record(request, text, Response(200), Course("x"), began=1.0, ended=2.0)


def test_the_oldest_entry_makes_room() -> None:
    journal = Journal(most_entries=2)
    for _ in range(3):
        record(journal)
    assert [entry.sequence for entry in journal.entries()] == [2, 3]


def test_large_entries_make_room_for_each_other() -> None:
    journal = Journal(most_bytes=10_000)
    for _ in range(5):
        record(journal, json_text.write({"companyName": "x" * 3000}))
    assert [entry.sequence for entry in journal.entries()] == [4, 5]


def test_only_what_came_after_can_be_asked_for() -> None:
    journal = Journal()
    for _ in range(4):
        record(journal)
    assert [entry.sequence for entry in journal.entries(after=1, most=2)] == [2, 3]


def test_equal_requests_have_equal_fingerprints_that_nobody_is_told(double: Double) -> None:
    bearer = sign_in(double)
    for number in ("1", "1", "2"):
        put(double, bearer, number)
    one, same, other = (entry.fingerprint for entry in double.journal.entries()[1:])
    assert (one == same, one == other) == (True, False)
    assert one not in whole(double)
