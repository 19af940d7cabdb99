"""The audit records, the rules of a country and the verdict on an address, from the real service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from partnercenter import Address, AddressStatus, BadRequestError, NotFoundError
from tests.conversation.conftest import Partner, World


def _update_times(partner: Partner, times: int) -> None:
    for _ in range(times):
        partner.update(partner.get())


def test_an_audit_query_gives_the_records_of_every_page(partner: Partner, world: World) -> None:
    _update_times(partner, 3)
    whole = partner.audit()
    world.tapped.clear()
    assert [record.id for record in partner.audit(size=1)] == [record.id for record in whole]
    assert len(world.tapped) == 3 == len(whole)


def test_an_audit_query_takes_moments_and_days(partner: Partner) -> None:
    _update_times(partner, 1)
    now = datetime.now(UTC)
    assert len(partner.audit(now - timedelta(hours=1), now + timedelta(hours=1))) == 1
    assert len(partner.audit(now.date() - timedelta(days=1), now.date())) == 1
    assert partner.audit(now - timedelta(hours=2), now - timedelta(hours=1)) == []


def test_an_audit_query_can_be_for_one_resource_type(partner: Partner) -> None:
    _update_times(partner, 1)
    (record,) = partner.audit()
    assert partner.audit(resource_type=record.resource_type) == [record]
    assert partner.audit(resource_type="customer") == []


def test_an_audit_query_that_goes_too_far_back_is_a_bad_request(partner: Partner) -> None:
    with pytest.raises(BadRequestError) as refusal:
        partner.audit(datetime.now(UTC) - timedelta(days=100))
    assert refusal.value.data[0].startswith("startDate: ")


def test_the_rules_of_a_country_are_found_by_its_code_in_any_case(partner: Partner) -> None:
    rules = partner.call("country_validation_rules.by_country", "us")
    assert (rules.iso2_code, rules.is_state_required) == ("US", True)
    assert "WA" in (rules.supported_states_list or [])


def test_a_country_that_nobody_knows_is_not_found(partner: Partner) -> None:
    with pytest.raises(NotFoundError):
        partner.call("country_validation_rules.by_country", "QQ")


def test_the_verdict_on_an_address_is_the_status_object(partner: Partner) -> None:
    address = partner.get().address
    verdict = partner.call("validations.is_address_valid", address)
    assert AddressStatus(verdict.status).is_verified
    assert verdict.original_address.city == address.city


def test_an_address_that_nobody_can_find_is_not_verified(partner: Partner) -> None:
    address = Address(country="US", city="Redmond", state="WA", postal_code="00", address_line1="1 Microsoft Way")
    assert not AddressStatus(partner.call("validations.is_address_valid", address).status).is_verified
