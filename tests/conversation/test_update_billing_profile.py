"""Read, change, put back: the one scenario, with the SDK and the real service in one process."""

from __future__ import annotations

import uuid

import pytest

from partnercenter import (
    BadRequestError,
    BillingProfile,
    ConfigurationError,
    OutcomeUnknownError,
    PreconditionFailedError,
)
from partnercenter.client.settings import Concurrency
from partnercenter.service import seed
from tests.conversation.conftest import Partner, World


def _numbered(profile: BillingProfile, number: str) -> BillingProfile:
    profile.purchase_order_number = number
    return profile


def test_the_seeded_profile_is_that_of_the_published_page(partner: Partner) -> None:
    assert partner.get().company_name == "TEST_TEST_BugBash1"
    assert partner.get().purchase_order_number == "9888"


def test_an_update_is_answered_with_the_changed_profile(partner: Partner) -> None:
    assert partner.update(_numbered(partner.get(), "9321")).purchase_order_number == "9321"


def test_an_update_is_there_for_the_next_reader(partner: Partner) -> None:
    partner.update(_numbered(partner.get(), "9321"))
    assert partner.get().purchase_order_number == "9321"


def test_every_accepted_update_makes_a_new_entity_tag(partner: Partner) -> None:
    before = partner.get()
    assert partner.update(before).attributes.etag != before.attributes.etag


def test_nothing_but_the_change_differs_afterwards(partner: Partner) -> None:
    before = partner.get()
    after = partner.update(_numbered(partner.get(), "9321"))
    after.purchase_order_number, after.attributes = before.purchase_order_number, before.attributes
    assert after == before


def test_the_second_of_two_writers_is_refused_and_overwrites_nothing(partner: Partner) -> None:
    first, second = partner.get(), partner.get()
    partner.update(_numbered(first, "9111"))
    with pytest.raises(PreconditionFailedError):
        partner.update(_numbered(second, "9222"))
    assert partner.get().purchase_order_number == "9111"


@pytest.mark.parametrize(("concurrency", "status"), [(Concurrency.HEADER, 412), (Concurrency.BODY, 400)])
def test_a_stale_tag_is_refused_wherever_it_travels(world: World, concurrency: Concurrency, status: int) -> None:
    partner = world.partner(concurrency=concurrency)
    stale = partner.get()
    partner.update(partner.get())
    with pytest.raises(PreconditionFailedError) as refusal:
        partner.update(stale)
    assert (refusal.value.status, refusal.value.code) == (status, "2055")


def test_without_a_precondition_the_last_writer_wins(world: World) -> None:
    partner = world.partner(concurrency=Concurrency.NONE)
    first, second = partner.get(), partner.get()
    partner.update(_numbered(first, "9111"))
    assert partner.update(_numbered(second, "9222")).purchase_order_number == "9222"


def test_a_profile_that_was_never_read_is_not_sent(partner: Partner, world: World) -> None:
    with pytest.raises(ConfigurationError):
        partner.update(BillingProfile(company_name="Somebody"))
    assert not world.tapped


def test_an_optional_member_set_to_none_is_cleared(partner: Partner) -> None:
    assert partner.update(_numbered(partner.get(), "")).purchase_order_number == ""
    profile = partner.get()
    profile.purchase_order_number = None
    assert partner.update(profile).purchase_order_number is None


def test_a_violation_is_told_by_its_member(partner: Partner) -> None:
    profile = partner.get()
    profile.billing_day = 32
    with pytest.raises(BadRequestError) as refusal:
        partner.update(profile)
    assert refusal.value.data == ("billingDay: must be a day of the month, 1 to 31",)


def test_an_update_leaves_one_audit_entry_with_old_and_new_value(partner: Partner) -> None:
    partner.update(_numbered(partner.get(), "9321"))
    (record,) = partner.audit()
    assert '"PurchaseOrderNumber":"9888"' in str(record.resource_old_value)
    assert '"PurchaseOrderNumber":"9321"' in str(record.resource_new_value)


def test_the_audit_does_not_hold_the_tax_id(partner: Partner) -> None:
    partner.update(partner.get())
    assert "12-345678" not in str(partner.audit()[0].to_wire())


def test_a_lost_answer_is_asked_for_again_and_applied_once(partner: Partner, world: World) -> None:
    profile = _numbered(partner.get(), "9321")
    world.lose_answers = 1
    assert partner.update(profile).purchase_order_number == "9321"
    assert len(partner.audit()) == 1


def test_an_answer_that_was_cut_is_asked_for_again_and_applied_once(partner: Partner, world: World) -> None:
    profile = _numbered(partner.get(), "9321")
    world.cut_answers = 1
    assert partner.update(profile).purchase_order_number == "9321"
    assert len(partner.audit()) == 1


def test_the_attempts_of_one_call_carry_one_request_id(partner: Partner, world: World) -> None:
    profile = partner.get()
    world.lose_answers = 1
    partner.update(profile)
    puts = [request for request in world.tapped if request.method == "PUT"]
    assert len({put.headers.get("MS-RequestId") for put in puts}) == 1 < len(puts)


def test_every_call_has_a_correlation_id_of_its_own(partner: Partner, world: World) -> None:
    partner.get()
    partner.get()
    assert len({request.headers.get("MS-CorrelationId") for request in world.tapped}) == 2


def test_an_answer_that_stays_lost_is_said_to_be_unknown_not_failed(world: World) -> None:
    partner = world.partner(most_attempts=1)
    profile = _numbered(partner.get(), "9321")
    world.lose_answers = 1
    with pytest.raises(OutcomeUnknownError):
        partner.update(profile)


def test_an_unknown_outcome_is_found_out_by_repeating_the_request_id(world: World) -> None:
    partner = world.partner(most_attempts=1)
    profile = _numbered(partner.get(), "9321")
    world.lose_answers = 1
    with pytest.raises(OutcomeUnknownError) as unknown:
        partner.update(profile)
    assert partner.update(profile, request_id=unknown.value.request_id).purchase_order_number == "9321"
    assert len(partner.audit()) == 1


def test_a_request_id_is_not_taken_for_another_change(partner: Partner) -> None:
    request_id = str(uuid.uuid4())
    partner.update(_numbered(partner.get(), "9111"), request_id=request_id)
    with pytest.raises(BadRequestError):
        partner.update(_numbered(partner.get(), "9222"), request_id=request_id)


def test_each_partner_sees_its_own_profile(world: World) -> None:
    assert world.partner(seed.SECOND_REFRESH_TOKEN).get().company_name == "Zweiter Partner GmbH"


def test_an_update_of_one_partner_does_not_touch_the_other(world: World) -> None:
    first, second = world.partner(), world.partner(seed.SECOND_REFRESH_TOKEN)
    before = second.get()
    first.update(_numbered(first.get(), "9321"))
    assert second.get().to_wire() == before.to_wire()


def test_a_tag_of_one_partner_does_not_hold_for_the_other(world: World) -> None:
    first, second = world.partner(), world.partner(seed.SECOND_REFRESH_TOKEN)
    profile = second.get()
    profile.attributes.etag = first.get().attributes.etag
    with pytest.raises(PreconditionFailedError):
        second.update(profile)


def test_no_partner_sees_the_audit_of_the_other(world: World) -> None:
    first, second = world.partner(), world.partner(seed.SECOND_REFRESH_TOKEN)
    first.update(first.get())
    assert second.audit() == []


def test_a_request_id_of_one_partner_is_free_for_the_other(world: World) -> None:
    first, second = world.partner(), world.partner(seed.SECOND_REFRESH_TOKEN)
    request_id = str(uuid.uuid4())
    first.update(first.get(), request_id=request_id)
    assert second.update(second.get(), request_id=request_id).company_name == "Zweiter Partner GmbH"
