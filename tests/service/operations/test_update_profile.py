"""Update a profile: what is written, and which check wins. D rows are decisions, other rows the catalogue's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from partnercenter.service.caller import Caller
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.operations.update_profile import UpdateHead, require_headers_pass
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.precondition import parse_if_match
from tests.service.stage import CORRELATION, DAY, FIRST, GUID, NOW, SECOND, Desk, caller, facts_of, page_body, text_of


def refusal_of(put: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        put()
    return refused.value


def answered(desk: Desk, body: JsonObject) -> JsonObject:
    document = json_text.read_strict(desk.put(body).body)
    assert isinstance(document, dict)
    return document


# What is written


def test_d01_a_pascal_case_put_is_answered_with_the_published_body_to_the_letter(desk: Desk) -> None:
    answer = desk.put(page_body(etag=desk.tag()))
    assert answer.body == json_text.write(page_body(etag=answer.tag.value))


def test_d01_a_camel_case_put_is_answered_in_camel_case_without_nulls(desk: Desk) -> None:
    address: JsonObject = {"country": "HK", "region": None, "state": "Kowloon", "addressLine2": ""}
    answer = answered(desk, {"companyName": "x", "address": address})
    assert answer["address"] == {"country": "HK", "state": "Kowloon", "addressLine2": ""}


def test_d01_a_camel_case_reply_has_the_profile_type(desk: Desk) -> None:
    assert answered(desk, {"companyName": "x"})["profileType"] == "BillingProfile"


def test_d01_a_body_of_mixed_casing_is_answered_in_camel_case(desk: Desk) -> None:
    assert answered(desk, {"CompanyName": "x", "taxId": "98-7654321"})["companyName"] == "x"


def test_d02_two_spellings_of_one_member_are_refused(desk: Desk) -> None:
    refusal = refusal_of(lambda: desk.put({"CompanyName": "x", "companyName": "x"}))
    assert refusal.reason.value.status == 400


@pytest.mark.parametrize("body", [{"purchaseOrderNumber": None}, {}], ids=["null", "absent"])
def test_d04_null_and_absent_alike_clear_an_optional_text(desk: Desk, body: JsonObject) -> None:
    desk.put(body)
    assert desk.stored().document.get("purchaseOrderNumber") is None


@pytest.mark.parametrize("value", [None, "absent"], ids=["null", "absent"])
@pytest.mark.parametrize("name", ["companyName", "address", "primaryContact", "billingCurrency"])
def test_d04_a_kept_member_that_is_null_or_absent_keeps_its_value(desk: Desk, name: str, value: str | None) -> None:
    before = desk.stored().document[name]
    desk.put({"taxId": "98-7654321"} if value else {"taxId": "98-7654321", name: None})
    assert desk.stored().document[name] == before


def test_d04_an_empty_text_is_stored_as_one(desk: Desk) -> None:
    desk.put({"taxId": ""})
    assert desk.stored().document["taxId"] == ""


@pytest.mark.parametrize("day", [0, None], ids=["zero", "null"])
def test_d05_a_day_that_is_not_given_keeps_the_stored_one(desk: Desk, day: int | None) -> None:
    desk.put({"billingDay": 15})
    desk.put({"billingDay": day})
    assert desk.stored().document["billingDay"] == 15


@pytest.mark.parametrize("day", [1, 31])
def test_d05_a_day_of_the_month_is_stored(desk: Desk, day: int) -> None:
    desk.put({"billingDay": day})
    assert desk.stored().document["billingDay"] == day


@pytest.mark.parametrize("day", [-1, 32, 2**31, 2**63, 2**64, 10**30])
def test_j14_a_number_that_is_no_day_is_an_invalid_property(desk: Desk, day: int) -> None:
    refusal = refusal_of(lambda: desk.put(b'{"billingDay": %d}' % day))
    assert refusal.reason is Reason.PROPERTY_INVALID


@pytest.mark.parametrize("currency", ["EUR", "usd", ""])
def test_d06_another_currency_is_refused(desk: Desk, currency: str) -> None:
    refusal = refusal_of(lambda: desk.put({"billingCurrency": currency}))
    assert refusal.reason is Reason.PROPERTY_INVALID


IGNORED: dict[str, JsonObject] = {
    "S01-links": {"links": {"self": {"uri": "http://evil", "method": "DELETE"}, "next": {"uri": "x"}}},
    "S02-object-type": {"attributes": {"objectType": "Evil"}},
    "S03-attributes": {"attributes": {"extra": 1}},
    "S07-profile-type": {"profileType": "Evil"},
    "S08-tenant": {"tenantId": SECOND, "version": 99},
    "S09-unknown": {"loyalty": {"a": [1]}},
    "J41-proto": {"__proto__": {"x": 1}, "@odata.type": "x"},
    "unknown-inside": {"address": {"doorCode": 1}},
    "huge-unknown-number": {"loyalty": 2**63},
}


@pytest.mark.parametrize("body", IGNORED.values(), ids=IGNORED.keys())
def test_d07_read_only_and_unknown_members_are_ignored(desk: Desk, body: JsonObject) -> None:
    plain = answered(desk, {"taxId": "98-7654321"})
    answer = answered(desk, {"taxId": "98-7654321", **body})
    assert {**answer, "attributes": None} == {**plain, "attributes": None}


def test_d09_a_put_without_any_tag_is_accepted_and_audited_as_unconditional(desk: Desk) -> None:
    desk.put(page_body())
    assert facts_of(desk.audit()[0])["precondition"] == "unconditional"


def test_c08_any_version_is_accepted_and_audited_as_unconditional(desk: Desk) -> None:
    desk.put(page_body(), if_match="*")
    assert facts_of(desk.audit()[0])["precondition"] == "unconditional"


@pytest.mark.parametrize("where", ["header", "body", "both"])
def test_c01_c16_a_put_with_the_current_tag_is_accepted_and_audited_as_conditional(desk: Desk, where: str) -> None:
    tag = desk.tag()
    desk.put(page_body(etag=None if where == "header" else tag), if_match=None if where == "body" else f'"{tag}"')
    assert facts_of(desk.audit()[0])["precondition"] == "entity tag"


def test_s19_an_unchanged_body_makes_a_new_tag(desk: Desk) -> None:
    first = desk.put(page_body()).tag
    assert desk.put(page_body()).tag != first


def test_d10_the_answered_tag_is_the_stored_one(desk: Desk) -> None:
    assert desk.put(page_body()).tag == desk.stored().tag


def test_every_accepted_put_adds_one_to_the_version(desk: Desk) -> None:
    desk.put(page_body())
    desk.put(page_body())
    assert desk.stored().version == 3


def test_p02_every_accepted_put_makes_one_audit_entry(desk: Desk) -> None:
    for _ in range(3):
        desk.put(page_body())
    assert len(desk.audit()) == 3


def test_p02_each_audit_entry_begins_with_the_tag_that_the_one_before_ended_with(desk: Desk) -> None:
    desk.put(page_body())
    desk.put(page_body())
    newer, older = map(facts_of, desk.audit())
    assert newer["oldEtag"] == older["newEtag"]


def test_t17_the_audit_entry_has_no_tax_id(desk: Desk) -> None:
    desk.put(page_body(TaxId="98-7654321"))
    assert "98-7654321" not in str(desk.audit())


def test_d24_the_audit_entry_names_the_operation_and_who_did_it(desk: Desk) -> None:
    desk.put(page_body())
    record = desk.audit()[0]
    told = [text_of(record, name) for name in ("operationType", "partnerId", "userPrincipalName", "applicationId")]
    assert told == ["update_partner_billing_profile", FIRST, "billing@first.example", "app"]


def test_t01_a_put_of_one_tenant_leaves_the_other_one_alone(desk: Desk) -> None:
    before = desk.stored(SECOND)
    desk.put(page_body())
    assert (desk.stored(SECOND), desk.audit(SECOND)) == (before, [])


def test_a_tenant_without_a_profile_is_not_found(desk: Desk) -> None:
    assert refusal_of(lambda: desk.put(page_body(), by=caller("nobody"))).reason is Reason.NOT_FOUND


# Refusals


def stale(desk: Desk) -> Refusal:
    return refusal_of(lambda: desk.put(page_body(), if_match='"old"'))


def used(desk: Desk) -> None:
    desk.put(page_body(), request_id=GUID)


REFUSED: dict[str, tuple[dict[str, str], JsonObject | bytes, Reason]] = {
    "C02-stale-header": ({"if_match": '"old"'}, page_body(), Reason.PRECONDITION_FAILED),
    "C03-weak-header": ({"if_match": 'W/"old"'}, page_body(), Reason.PRECONDITION_FAILED),
    "C17-stale-body-tag": ({}, page_body(etag="old"), Reason.BODY_TAG_STALE),
    "C17-empty-body-tag": ({}, page_body(etag=""), Reason.BODY_TAG_STALE),
    "C21-any-and-stale-body-tag": ({"if_match": "*"}, page_body(etag="old"), Reason.BODY_TAG_STALE),
    "C26-tag-of-another-tenant": ({}, page_body(etag="of another"), Reason.BODY_TAG_STALE),
    "J03-not-json": ({}, b"{", Reason.BODY_UNREADABLE),
    "J38-array": ({}, b"[]", Reason.BODY_UNREADABLE),
    "J16-wrong-type": ({}, {"taxId": 1}, Reason.PROPERTY_INVALID),
    "J29-control-character": ({}, {"taxId": "\n"}, Reason.PROPERTY_INVALID),
    "order-if-match-before-json": ({"if_match": '"old"'}, b"{", Reason.PRECONDITION_FAILED),
    "order-if-match-before-shape": ({"if_match": '"old"'}, {"taxId": 1}, Reason.PRECONDITION_FAILED),
    "order-if-match-before-body-tag": ({"if_match": '"old"'}, page_body(etag="old"), Reason.PRECONDITION_FAILED),
    "order-shape-before-body-tag": ({}, page_body(etag="old", TaxId=1), Reason.PROPERTY_INVALID),
    "order-body-tag-before-rules": ({}, page_body(etag="old", BillingDay=99), Reason.BODY_TAG_STALE),
    "order-body-tag-before-currency": ({}, page_body(etag="old", BillingCurrency="EUR"), Reason.BODY_TAG_STALE),
}


@pytest.mark.parametrize(("head", "body", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_the_put_is_refused_for_this_reason(
    desk: Desk, head: dict[str, str], body: JsonObject | bytes, reason: Reason
) -> None:
    assert refusal_of(lambda: desk.put(body, if_match=head.get("if_match"))).reason is reason


@pytest.mark.parametrize(("head", "body", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_changes_nothing(desk: Desk, head: dict[str, str], body: JsonObject | bytes, reason: Reason) -> None:
    before = desk.world_hash()
    refusal_of(lambda: desk.put(body, if_match=head.get("if_match"), request_id=GUID))
    assert desk.world_hash() == before


def test_d08_a_stale_header_is_412_and_2055(desk: Desk) -> None:
    assert stale(desk).reason.value[:2] == (412, 2055)


def test_d08_a_stale_body_tag_is_400_and_2055(desk: Desk) -> None:
    assert refusal_of(lambda: desk.put(page_body(etag="old"))).reason.value[:2] == (400, 2055)


def test_d08_a_current_header_does_not_save_a_stale_body_tag(desk: Desk) -> None:
    refusal = refusal_of(lambda: desk.put(page_body(etag="old"), if_match=f'"{desk.tag()}"'))
    assert refusal.reason is Reason.BODY_TAG_STALE


def test_d08_a_current_body_tag_does_not_save_a_stale_header(desk: Desk) -> None:
    refusal = refusal_of(lambda: desk.put(page_body(etag=desk.tag()), if_match='"old"'))
    assert refusal.reason is Reason.PRECONDITION_FAILED


def test_c26_the_tag_of_another_tenant_does_not_hold(desk: Desk) -> None:
    refusal = refusal_of(lambda: desk.put(page_body(), if_match=desk.stored(SECOND).tag.quoted))
    assert refusal.reason is Reason.PRECONDITION_FAILED


def test_d19_rules_and_fixed_members_are_told_at_once(desk: Desk) -> None:
    body: JsonObject = {"companyName": "\n", "billingDay": 99, "billingCurrency": "EUR"}
    told = [str(line).partition(":")[0] for line in refusal_of(lambda: desk.put(body)).data]
    assert told == ["companyName", "billingDay", "billingCurrency"]


@pytest.mark.parametrize("body", [{"taxId": 987654321}, {"taxId": "98-7654321\n"}], ids=["shape", "rules"])
def test_s14_a_refusal_repeats_no_value(desk: Desk, body: JsonObject) -> None:
    refusal = refusal_of(lambda: desk.put(body))
    assert "7654321" not in str(refusal.to_response().body)


# Replays


def test_i01_the_same_request_again_gets_the_same_answer(desk: Desk) -> None:
    first = desk.put(page_body(), request_id=GUID)
    assert desk.put(page_body(), request_id=GUID) == first


def test_i01_a_replay_changes_nothing(desk: Desk) -> None:
    used(desk)
    before = desk.world_hash()
    desk.put(page_body(), request_id=GUID, now=NOW + 60)
    assert desk.world_hash() == before


@pytest.mark.parametrize("where", ["header", "body"])
def test_i02_a_replay_after_others_wrote_gets_its_old_answer(desk: Desk, where: str) -> None:
    tag = desk.tag()
    body = page_body(etag=tag if where == "body" else None)
    if_match = f'"{tag}"' if where == "header" else None
    first = desk.put(body, request_id=GUID, if_match=if_match)
    desk.put(page_body())
    assert desk.put(body, request_id=GUID, if_match=if_match) == first


OTHER: dict[str, tuple[JsonObject | bytes, str | None]] = {
    "I03-other-body": (page_body(TaxId="98-7654399"), None),
    "I03-other-casing": ({"companyName": "TEST_TEST_BugBash1"}, None),
    "I03-null-is-not-absent": (page_body(BillingDay=None), None),
    "I03-unreadable-body": (b"{", None),
    "I04-other-if-match": (page_body(), "*"),
    "I04-stale-if-match": (page_body(), '"old"'),
}


@pytest.mark.parametrize(("body", "if_match"), OTHER.values(), ids=OTHER.keys())
def test_an_id_used_for_another_request_is_refused(desk: Desk, body: JsonObject | bytes, if_match: str | None) -> None:
    used(desk)
    refusal = refusal_of(lambda: desk.put(body, request_id=GUID, if_match=if_match))
    assert refusal.reason is Reason.REQUEST_ID_REUSED


def test_i05_blanks_and_the_order_of_members_make_no_other_request(desk: Desk) -> None:
    first = desk.put(b'{"taxId": "98-7654321", "companyName": "x"}', request_id=GUID)
    assert desk.put(b'{"companyName":"x","taxId":"98-7654321"}', request_id=GUID) == first


OTHERS = {
    "I06-other-tenant": caller(SECOND),
    "I07-other-application": caller(application_id="other"),
    "I07-other-user": caller(user_id="other"),
}


@pytest.mark.parametrize("by", OTHERS.values(), ids=OTHERS.keys())
def test_the_same_id_of_somebody_else_is_another_one(desk: Desk, by: Caller) -> None:
    first = desk.put({"taxId": "98-7654321"}, request_id=GUID)
    assert desk.put({"taxId": "98-7654322"}, request_id=GUID, by=by).tag != first.tag


@pytest.mark.parametrize(
    "body", [b"{", {"taxId": 1}, page_body(etag="old"), {"billingDay": 99}], ids=["json", "shape", "tag", "rules"]
)
def test_i10_a_refused_id_is_free_for_a_corrected_request(desk: Desk, body: JsonObject | bytes) -> None:
    refusal_of(lambda: desk.put(body, request_id=GUID))
    assert desk.put(page_body(), request_id=GUID).tag == desk.stored().tag


def test_i16_an_id_is_forgotten_after_its_time_but_the_tag_still_guards(desk: Desk) -> None:
    body = page_body(etag=desk.tag())
    desk.put(body, request_id=GUID)
    refusal = refusal_of(lambda: desk.put(body, request_id=GUID, now=NOW + DAY + 1))
    assert refusal.reason is Reason.BODY_TAG_STALE


def test_i16_an_id_is_known_to_the_last_second_of_its_time(desk: Desk) -> None:
    first = desk.put(page_body(), request_id=GUID)
    assert desk.put(page_body(), request_id=GUID, now=NOW + DAY) == first


def test_i17_an_old_id_without_a_tag_runs_again(desk: Desk) -> None:
    first = desk.put(page_body(), request_id=GUID)
    assert desk.put(page_body(), request_id=GUID, now=NOW + DAY + 1).tag != first.tag


def test_i19_a_clock_set_back_still_finds_the_replay(desk: Desk) -> None:
    first = desk.put(page_body(), request_id=GUID)
    assert desk.put(page_body(), request_id=GUID, now=NOW - 2 * DAY) == first


def test_without_a_request_id_there_is_no_replay(desk: Desk) -> None:
    assert desk.put(page_body()).tag != desk.put(page_body()).tag


# The forecast for a client that waits with its body


def forecast(desk: Desk, if_match: str | None, request_id: str | None = None) -> None:
    lines: list[str] = [] if if_match is None else [if_match]
    head = UpdateHead(BILLING, caller(), request_id, CORRELATION, parse_if_match(lines), NOW, NOW - DAY)
    asyncio.run(desk.storage.read(require_headers_pass, head))


def test_f41_a_stale_header_is_forecast(desk: Desk) -> None:
    assert refusal_of(lambda: forecast(desk, '"old"')).reason is Reason.PRECONDITION_FAILED


def test_f40_a_current_header_passes(desk: Desk) -> None:
    forecast(desk, f'"{desk.tag()}"')


def test_a_remembered_id_passes_whatever_its_tag(desk: Desk) -> None:
    used(desk)
    forecast(desk, '"old"', GUID)


def test_i09_twenty_at_once_have_one_effect(desk: Desk) -> None:
    async def twenty() -> list[JsonValue]:
        from partnercenter.service.operations.update_profile import UpdateProfile, update_profile

        head = UpdateHead(BILLING, caller(), GUID, CORRELATION, None, NOW, NOW - DAY)
        command = UpdateProfile.read(head, json_text.write(page_body()))
        answers = await asyncio.gather(*(desk.storage.transact(update_profile, command) for _ in range(20)))
        return [answer.tag.value for answer in answers]

    assert (len(set(asyncio.run(twenty()))), len(desk.audit())) == (1, 1)
