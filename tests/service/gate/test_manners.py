"""What a client is told that did what the real service would take amiss."""

from __future__ import annotations

import pytest

from partnercenter.service.caller import Caller
from partnercenter.service.double import Double
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.gate.journal import Course, Journal
from partnercenter.service.gate.manners import findings
from partnercenter.wire.messages import Headers, Request, Response
from tests.service.doubled import get, put, send, sign_in

GUID, OTHER = "9231559e-ed95-41e4-810b-e754ae32dc2f", "cb9f3209-d020-4bf9-871c-e1f1c75348f8"


def kinds(double: Double) -> list[str]:
    """What is found but that hand-made requests have no correlation id."""
    return [finding.kind for finding in double.findings() if finding.kind != "no-correlation-id"]


def test_a_client_that_behaves_is_told_nothing(double: Double) -> None:
    bearer = sign_in(double)
    tag = get(double, bearer).headers.get("ETag") or ""
    put(double, bearer, tag=tag, MS_RequestId=GUID)
    assert kinds(double) == []


def refused_for(double: Double, seconds: float) -> str:
    double.faults.replace([Fault("*", FaultKind.THROTTLED, seconds=seconds)])
    bearer = sign_in(double)
    assert get(double, bearer).status == 429
    return bearer


def test_whoever_does_not_wait_for_retry_after_is_told(double: Double) -> None:
    bearer = refused_for(double, 57)
    get(double, bearer)
    (finding,) = (f for f in double.findings() if f.kind == "retry-after-ignored")
    assert finding.entries == (2, 3)
    assert "57 s" in finding.what


@pytest.mark.parametrize("kind", [FaultKind.THROTTLED, FaultKind.STATUS])
def test_whoever_repeats_an_update_that_was_refused_unread_is_told_nothing(double: Double, kind: FaultKind) -> None:
    bearer = sign_in(double)
    tag = get(double, bearer).headers.get("ETag") or ""
    double.faults.replace([Fault("*", kind, seconds=1)])
    put(double, bearer, tag=tag, MS_RequestId=GUID)
    double.clock.advance(1)
    assert put(double, bearer, tag=tag, MS_RequestId=GUID).status == 200
    assert kinds(double) == []


def test_whoever_waits_is_told_nothing(double: Double) -> None:
    bearer = refused_for(double, 57)
    double.clock.advance(57)
    get(double, bearer)
    assert kinds(double) == []


def test_another_operation_need_not_wait(double: Double) -> None:
    bearer = refused_for(double, 57)
    get(double, bearer, "/v1/profiles/support")
    assert kinds(double) == []


def test_another_tenant_need_not_wait(double: Double) -> None:
    refused_for(double, 57)
    get(double, sign_in(double, "local-refresh-token-of-the-second-partner"))
    assert kinds(double) == []


def test_a_request_id_is_that_of_one_request(double: Double) -> None:
    bearer = sign_in(double)
    for number in ("1", "2"):
        put(double, bearer, number, MS_RequestId=GUID)
    assert kinds(double) == ["request-id-reused"]


def test_a_repetition_with_its_request_id_is_good_manners(double: Double) -> None:
    bearer = sign_in(double)
    for _ in range(2):
        put(double, bearer, "1", MS_RequestId=GUID)
    assert kinds(double) == []


def test_a_put_names_the_tag_that_it_replaces(double: Double) -> None:
    put(double, sign_in(double), tag="")
    assert kinds(double) == ["no-entity-tag"]


def test_a_tag_in_the_body_is_one(double: Double) -> None:
    body = b'{"Attributes": {"Etag": "x"}}'
    send(double, "PUT", "/v1/profiles/billing", [("Authorization", f"Bearer {sign_in(double)}")], body)
    assert kinds(double) == []


def test_a_refused_put_is_not_sent_again_as_it_was(double: Double) -> None:
    bearer = sign_in(double)
    for _ in range(2):
        assert put(double, bearer, tag='"stale"').status == 412
    assert kinds(double) == ["refusal-repeated"]


@pytest.mark.parametrize("request_id", [GUID, OTHER])
def test_a_put_whose_answer_was_lost_is_sent_again(double: Double, request_id: str) -> None:
    double.faults.replace([Fault("*", FaultKind.NO_ANSWER_AFTER_COMMIT)])
    bearer = sign_in(double)
    with pytest.raises(ConnectionResetError):
        put(double, bearer, "1", MS_RequestId=request_id)
    put(double, bearer, "1", MS_RequestId=request_id)
    assert kinds(double) == []


def test_requests_without_a_correlation_id_are_told_once(double: Double) -> None:
    bearer = sign_in(double)
    get(double, bearer)
    get(double, bearer)
    (finding,) = double.findings()
    assert (finding.kind, finding.entries) == ("no-correlation-id", (2, 3))


def test_a_reset_forgives_everything(double: Double) -> None:
    put(double, sign_in(double), tag="")
    double.reset()
    assert double.findings() == []


ONE, TWO = "c0000000-0000-4000-8000-000000000001", "c0000000-0000-4000-8000-000000000002"


def put_at(journal: Journal, began: float, seconds: float, *, body: bytes, user: str = ONE, status: int = 200) -> None:
    """One PUT, as if it had come at `began` and taken so many seconds."""
    caller = Caller("tenant", "app", user, "", delegated=True, application=False, mfa=True, roles=frozenset())
    request = Request("PUT", "/v1/profiles/billing", Headers({"If-Match": "*", "MS-CorrelationId": GUID}), body)
    course = Course("update_billing_profile", caller)
    journal.record(request, body, Response(status), course, began=began, ended=began + seconds)


RACES = {
    "at-once": ([(0.0, ONE), (0.5, ONE)], ["parallel-updates"]),
    "one-after-the-other": ([(0.0, ONE), (1.0, ONE)], []),
    "two-users": ([(0.0, ONE), (0.5, TWO)], []),
}


@pytest.mark.parametrize(("puts", "expected"), RACES.values(), ids=RACES.keys())
def test_a_user_changes_a_profile_by_one_request_after_the_other(
    puts: list[tuple[float, str]], expected: list[str]
) -> None:
    journal = Journal()
    for number, (began, user) in enumerate(puts):
        put_at(journal, began, 1.0, body=b"%d" % number, user=user)
    assert [finding.kind for finding in findings(journal.entries())] == expected


def test_what_was_accepted_meanwhile_may_be_sent_again() -> None:
    journal = Journal()
    for began, status in enumerate((403, 200, 200)):
        put_at(journal, began, 0.1, body=b"{}", status=status)
    assert [finding.entries for finding in findings(journal.entries())] == [(1, 2)]
