"""Raw answers and requests of one's own, from the real service."""

from __future__ import annotations

import pytest

from partnercenter import (
    AsgiTransport,
    BadRequestError,
    NotFoundError,
    OutcomeUnknownError,
    PreconditionFailedError,
    RefusedError,
    Response,
)
from partnercenter.wire.messages import Headers, Request
from tests.conversation.conftest import BASE_URL, Partner, World

BILLING = "/v1/profiles/billing"


def body_of(response: Response) -> dict[str, object]:
    body = response.json()
    assert isinstance(body, dict)
    return {**body}


def test_a_profile_comes_with_the_response_that_has_its_tag(partner: Partner) -> None:
    profile, response = partner.raw("profiles.billing_profile.get")
    assert (response.status, response.headers.get("ETag")) == (200, f'"{profile.attributes.etag}"')


def test_an_update_that_merged_has_the_responses_of_all_its_calls(partner: Partner) -> None:
    mine, theirs = partner.get(), partner.get()
    theirs.purchase_order_number, mine.tax_id = "1", "98-7654321"
    partner.update(theirs)
    answer = partner.raw("profiles.billing_profile.update", mine, on_conflict="merge")
    assert (answer.value.purchase_order_number, answer.value.tax_id) == ("1", "98-7654321")
    read, written = answer.responses
    assert read.headers.get("ETag") != written.headers.get("ETag") == f'"{answer.value.attributes.etag}"'


def test_the_audit_has_a_response_for_each_page(partner: Partner) -> None:
    for _ in range(3):
        partner.update(partner.get())
    records, last = partner.raw("audit_records.query", size=1)
    answer = partner.raw("audit_records.query", size=1)
    assert (len(records), len(answer.responses), answer.response.status) == (3, 3, last.status)


def test_any_resource_can_be_read(partner: Partner) -> None:
    response = partner.call("request", "GET", BILLING)
    assert body_of(response)["companyName"] == "TEST_TEST_BugBash1"


def test_a_request_of_ones_own_is_guarded_by_its_tag(partner: Partner) -> None:
    read = partner.call("request", "GET", BILLING)
    tag = read.headers.get("ETag")
    written = partner.call("request", "PUT", BILLING, json=body_of(read), if_match=tag)
    assert written.headers.get("ETag") != tag
    with pytest.raises(PreconditionFailedError) as refusal:
        partner.call("request", "PUT", BILLING, json=body_of(read), if_match=tag)
    assert refusal.value.docs == "docs/errors.md#2055"


def test_a_request_of_ones_own_that_ends_in_doubt_is_resolved_by_its_id(world: World) -> None:
    partner = world.partner(most_attempts=1)
    read = partner.call("request", "GET", BILLING)
    world.lose_answers = 1
    options = {"json": body_of(read), "if_match": read.headers.get("ETag")}
    with pytest.raises(OutcomeUnknownError) as unknown:
        partner.call("request", "PUT", BILLING, **options)
    again = partner.call("request", "PUT", BILLING, **options, request_id=unknown.value.request_id)
    assert again.headers.get("ETag") == partner.call("request", "GET", BILLING).headers.get("ETag")
    assert len(partner.audit()) == 1


def test_refusals_are_the_errors_that_they_always_are(partner: Partner) -> None:
    with pytest.raises(NotFoundError):
        partner.call("request", "GET", "/v1/nothing")
    with pytest.raises(BadRequestError):
        partner.call("request", "PUT", BILLING, json=[])
    with pytest.raises(RefusedError, match="HTTP 405"):
        partner.call("request", "DELETE", BILLING)


def test_a_language_of_ones_own_is_answered_in(partner: Partner) -> None:
    with pytest.raises(RefusedError) as refusal:
        partner.call("request", "GET", "/v1/nothing", locale="zh-TW")
    assert not refusal.value.description.isascii()


def test_the_service_sees_a_caller_of_this_machine(world: World) -> None:
    seen: list[object] = []

    async def between(scope: dict[str, object], receive: object, send: object) -> None:
        seen.append(scope["client"])
        await world.service(scope, receive, send)  # type: ignore[arg-type]

    response = AsgiTransport(between).send(Request("GET", f"{BASE_URL}/openapi.json", Headers()), 10.0)
    assert (response.status, seen) == (200, [("127.0.0.1", 0)])
