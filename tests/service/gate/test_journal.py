"""The journal has everything of a request but its secrets, and only so much of it."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Iterator

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.double import Double
from partnercenter.service.endpoints.routes import ROUTES
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.gate.journal import Course, Entry, Journal
from partnercenter.service.storage.memory import MemoryStorage
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Headers, Request, Response
from tests.service.doubled import TOKEN, form, get, make_double, put, send, sign_in
from tests.service.stage import ask_async, keys

CORRELATION = "cb9f3209-d020-4bf9-871c-e1f1c75348f8"


@pytest.fixture
def double() -> Iterator[Double]:
    double = make_double()
    yield double
    double.close()


def last(double: Double) -> Entry:
    return double.journal.entries()[-1]


def whole(double: Double) -> str:
    """Everything that the journal would tell anybody."""
    return json_text.write([entry.to_wire() for entry in double.journal.entries()]).decode()


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


# Secrets

SECRETS = {
    "password": seed.PASSWORD,
    "client-secret": seed.APP_USER.secret or "",
    "other-client-secret": seed.APP_ONLY.secret or "",
    "refresh-token": seed.FIRST_REFRESH_TOKEN.token,
    "other-refresh-token": seed.SECOND_REFRESH_TOKEN.token,
    "administration": TOKEN,
    "access-token": keys().sign({"iss": "x"}),
}
ENDPOINTS = [
    *((method, f"/v1{path}") for path, methods in ROUTES.items() for method in methods),
    ("POST", "/common/oauth2/v2.0/token"),
    ("POST", "/common/oauth2/token"),
    ("POST", "/common/oauth2/v2.0/devicecode"),
    ("GET", "/common/oauth2/v2.0/authorize"),
    ("POST", "/common/oauth2/v2.0/authorize"),
    ("POST", "/devicelogin"),
    ("GET", "/devicelogin"),
    ("GET", "/"),
    ("GET", "/openapi.json"),
    ("GET", "/nothing"),
]
FIELDS = (
    "client_secret",
    "password",
    "refresh_token",
    "code",
    "scope",
    "redirect_uri",
    "anything",
    "client_id",
    "state",
)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_p18_no_secret_of_the_seed_is_found_wherever_it_was_sent(double: Double, secret: str) -> None:
    bearer = sign_in(double)
    basic = base64.b64encode(f"x:{secret}".encode()).decode()
    for method, path in ENDPOINTS:
        for authorization in (f"Bearer {bearer}", f"Bearer {secret}", f"Basic {basic}", secret):
            lines = [
                ("Authorization", authorization),
                ("Cookie", f"a={secret}"),
                ("X-Api-Key", secret),
                ("Referer", f"https://x/?a={secret}"),
                ("X-Note", f"it is {secret}"),
            ]
            send(double, method, f"{path}?token={secret}&q={secret}&{secret}=1&client_id={secret}", lines)
        if method != "GET":
            lines = [("Authorization", f"Bearer {bearer}")]
            send(double, method, path, lines, {"companyName": secret, "password": secret, secret: [secret]})
            send(double, method, path, lines, f"not json {secret}".encode())
            form(double, path, **dict.fromkeys(FIELDS, secret), **{secret: "1"})
    send(double, "GET", f"/{secret}/oauth2/v2.0/token")
    send(double, "GET", f"/v1/%{ord(secret[0]):02x}{secret[1:]}")
    shown = whole(double)
    assert double.journal.last > 100
    assert secret not in shown
    assert basic not in shown


def test_p18_no_token_that_was_issued_is_found(double: Double) -> None:
    bearer = sign_in(double)
    get(double, bearer)
    assert bearer not in whole(double)
    assert bearer.rpartition(".")[2] not in whole(double)


def test_p18_a_tax_id_is_masked_in_request_and_answer(double: Double) -> None:
    bearer = sign_in(double)
    get(double, bearer)
    put(double, bearer, "1")
    body: JsonObject = {"TAXID": "98-7654321"}
    send(double, "PUT", "/v1/profiles/billing?taxId=98-7654321", [("Authorization", f"Bearer {bearer}")], body)
    shown = whole(double)
    assert "12-345678" not in shown
    assert "98-7654321" not in shown
    assert "*******78" in shown


def test_p18_the_second_factor_and_the_codes_of_a_sign_in_are_not_found(double: Double) -> None:
    form(double, "/devicelogin", user_code="BCDF-GHJK", otp=seed.SECOND_FACTOR, ticket="a-ticket-of-ours")
    scope = "https://api.partnercenter.microsoft.com/.default"
    issued = form(double, "/common/oauth2/v2.0/devicecode", client_id=seed.APP_USER.id, scope=scope).json()
    shown = whole(double)
    for code in (
        "BCDF-GHJK",
        seed.SECOND_FACTOR,
        "a-ticket-of-ours",
        str(issued["device_code"]),
        str(issued["user_code"]),
    ):
        assert code not in shown


def test_of_a_sign_in_it_is_told_who_wanted_what(double: Double) -> None:
    sign_in(double)
    assert f"grant_type=refresh_token&client_id={seed.APP_USER.id}&client_secret=[removed]" in last(double).body
    assert '"token_type":"Bearer"' in last(double).response_body
    assert '"access_token":"[removed]"' in last(double).response_body


def test_equal_requests_have_equal_fingerprints_that_nobody_is_told(double: Double) -> None:
    bearer = sign_in(double)
    for number in ("1", "1", "2"):
        put(double, bearer, number)
    one, same, other = (entry.fingerprint for entry in double.journal.entries()[1:])
    assert (one == same, one == other) == (True, False)
    assert one not in whole(double)


def test_what_is_a_secret_by_its_name_alone_is_not_found(double: Double) -> None:
    unknown = "nobody-knows-this"
    named = [("X-Api-Key", unknown), ("Cookie", unknown), ("X-Signature", unknown)]
    body: JsonObject = {"clientSecret": unknown, "a": [{"Password": {"b": unknown}}]}
    for bearer in (unknown, sign_in(double)):
        lines = [("Authorization", f"Bearer {bearer}"), *named]
        send(double, "PUT", f"/v1/profiles/billing?access_token={unknown}", lines, body)
    assert "clientSecret" in last(double).body
    assert unknown not in whole(double)


def test_of_a_token_the_scheme_is_kept_so_that_the_request_can_be_sent_again(double: Double) -> None:
    get(double, sign_in(double))
    assert ("authorization", "Bearer [removed]") in last(double).headers


def test_where_a_list_goes_on_is_no_secret(double: Double) -> None:
    send(double, "GET", "/v1/auditrecords?continuationToken=page2", [("MS-ContinuationToken", "page2")])
    assert "continuationToken=page2" in last(double).target
    assert ("ms-continuationtoken", "page2") in last(double).headers
