"""The fixture as its users meet it: read, change, refuse, merge, lose an answer; nobody waits."""

from __future__ import annotations

import time

import pytest

from partnercenter import (
    MfaRequiredError,
    OutcomeUnknownError,
    PreconditionFailedError,
    RoleNotAllowedError,
    ServerError,
    ThrottledError,
)
from partnercenter.client.settings import ClientSettings
from partnercenter.testing import PartnerCenterDouble


def test_a_client_is_signed_in_as_the_seeded_global_admin(partner_center: PartnerCenterDouble) -> None:
    assert partner_center.client().profiles.billing_profile.get().company_name == "TEST_TEST_BugBash1"


def test_an_update_is_audited_with_the_user_who_made_it(partner_center: PartnerCenterDouble) -> None:
    billing = partner_center.client(user="billing").profiles.billing_profile
    billing.update(billing.get())
    assert partner_center.audit()[0].user_principal_name == "billing@first.partner.example"


def test_the_second_of_two_writers_is_refused(partner_center: PartnerCenterDouble) -> None:
    ours, theirs = (partner_center.client(user=user).profiles.billing_profile for user in ("admin", "billing"))
    mine = ours.get()
    theirs.update(theirs.get())
    with pytest.raises(PreconditionFailedError):
        ours.update(mine)


def test_what_two_writers_changed_can_be_merged(partner_center: PartnerCenterDouble) -> None:
    ours, theirs = (partner_center.client(user=user).profiles.billing_profile for user in ("admin", "billing"))
    mine, other = ours.get(), theirs.get()
    mine.purchase_order_number, other.company_name = "9321", "Contoso"
    theirs.update(other)
    merged = ours.update(mine, on_conflict="merge")
    assert (merged.purchase_order_number, merged.company_name) == ("9321", "Contoso")


def test_retry_after_passes_in_virtual_time(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("get_billing_profile", "throttled", seconds=57)
    client, before, began = partner_center.client(), partner_center.clock.now(), time.monotonic()
    client.profiles.billing_profile.get()
    assert (partner_center.clock.now() - before).total_seconds() >= 57
    assert time.monotonic() - began < 30


def test_a_client_that_may_not_wait_so_long_is_told_to(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("get_billing_profile", "throttled", seconds=57)
    client = partner_center.client(settings=ClientSettings(deadline=10))
    with pytest.raises(ThrottledError) as refusal:
        client.profiles.billing_profile.get()
    assert refusal.value.retry_after == 57
    partner_center.manners.allow_bad()


def test_an_answer_that_is_lost_after_the_commit_is_asked_for_again(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("update_billing_profile", "no-answer-after-commit")
    billing = partner_center.client().profiles.billing_profile
    billing.update(billing.get())
    assert len(partner_center.audit()) == 1


def test_an_unknown_outcome_is_resolved_by_its_request_id(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("update_billing_profile", "no-answer-after-commit")
    billing = partner_center.client(settings=ClientSettings(most_attempts=1)).profiles.billing_profile
    profile = billing.get()
    profile.purchase_order_number = "9321"
    with pytest.raises(OutcomeUnknownError) as unknown:
        billing.update(profile)
    assert billing.update(profile, request_id=unknown.value.request_id).purchase_order_number == "9321"
    assert len(partner_center.audit()) == 1


def test_a_slow_answer_sets_the_clock_ahead(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("get_billing_profile", "slow", seconds=20)
    before = partner_center.clock.now()
    partner_center.client().profiles.billing_profile.get()
    assert (partner_center.clock.now() - before).total_seconds() >= 20


def test_an_answer_that_is_slower_than_the_client_waits_is_lost(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("update_billing_profile", "slow", seconds=60)
    billing = partner_center.client(settings=ClientSettings(timeout=5, most_attempts=1)).profiles.billing_profile
    with pytest.raises(OutcomeUnknownError):
        billing.update(billing.get())


def test_a_fault_that_lasts_ends_the_call(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("get_billing_profile", "status", status=503, times=8)
    with pytest.raises(ServerError):
        partner_center.client().profiles.billing_profile.get()


def test_a_user_without_a_second_factor_is_refused(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(MfaRequiredError) as refusal:
        partner_center.client(user="nomfa").profiles.billing_profile.get()
    assert (refusal.value.status, refusal.value.code) == (401, "900421")


def test_a_user_may_do_what_the_role_allows(partner_center: PartnerCenterDouble) -> None:
    billing = partner_center.client(user="helpdesk").profiles.billing_profile
    profile = billing.get()
    with pytest.raises(RoleNotAllowedError):
        billing.update(profile)


def test_a_token_that_has_expired_is_renewed(partner_center: PartnerCenterDouble) -> None:
    client = partner_center.client()
    first = client.access_token()
    partner_center.clock.advance(2 * 3600)
    client.profiles.billing_profile.get()
    assert client.access_token() != first
