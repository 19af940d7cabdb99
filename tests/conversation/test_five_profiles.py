"""The five profiles are one mechanism: what holds for one holds for each, with the SDK and the real service."""

from __future__ import annotations

from typing import Any

import pytest

from partnercenter import (
    BadRequestError,
    BillingProfile,
    Concurrency,
    LegalBusinessProfile,
    MpnProfile,
    NotFoundError,
    OrganizationProfile,
    PreconditionFailedError,
    SupportProfile,
    VettingVersion,
)
from partnercenter.service import seed
from tests.conversation.conftest import Partner, World

# What it is called, what it is, a member to change, its new value, and a value that nobody accepts.
WRITABLE = [
    ("billing_profile", BillingProfile, "purchase_order_number", "9321", "x" * 1000),
    ("legal_business_profile", LegalBusinessProfile, "company_approver_email", "new@contoso.com", "nobody"),
    ("organization_profile", OrganizationProfile, "culture", "es-US", "Spanish"),
    ("support_profile", SupportProfile, "telephone", "4255550199", "\x01"),
]
NAMES = [row[0] for row in WRITABLE]
ALL = [*((row[0], row[1]) for row in WRITABLE), ("mpn_profile", MpnProfile)]


def _get(partner: Partner, name: str) -> Any:
    return partner.call(f"profiles.{name}.get")


def _update(partner: Partner, name: str, profile: Any) -> Any:
    return partner.call(f"profiles.{name}.update", profile)


@pytest.mark.parametrize(("name", "shape"), ALL)
def test_each_is_read_as_what_it_is(partner: Partner, name: str, shape: type) -> None:
    assert type(_get(partner, name)) is shape


@pytest.mark.parametrize(("name", "shape"), ALL)
def test_each_comes_with_its_entity_tag(partner: Partner, name: str, shape: type) -> None:
    assert _get(partner, name).attributes.etag


@pytest.mark.parametrize(("name", "shape", "member", "value", "_"), WRITABLE)
def test_an_update_is_there_for_the_next_reader(
    partner: Partner, name: str, shape: type, member: str, value: str, _: str
) -> None:
    profile = _get(partner, name)
    setattr(profile, member, value)
    updated = _update(partner, name, profile)
    assert getattr(updated, member) == getattr(_get(partner, name), member) == value


@pytest.mark.parametrize("name", NAMES)
def test_an_update_without_a_change_changes_nothing_but_the_tag(partner: Partner, name: str) -> None:
    before = _get(partner, name)
    after = _update(partner, name, before)
    assert after.attributes.etag != before.attributes.etag
    after.attributes.etag = before.attributes.etag
    assert after.to_wire() == before.to_wire()


@pytest.mark.parametrize(
    ("concurrency", "status"), [(Concurrency.BOTH, 412), (Concurrency.HEADER, 412), (Concurrency.BODY, 400)]
)
@pytest.mark.parametrize("name", NAMES)
def test_a_stale_tag_is_refused(world: World, name: str, concurrency: Concurrency, status: int) -> None:
    partner = world.partner(concurrency=concurrency)
    stale = _get(partner, name)
    _update(partner, name, _get(partner, name))
    with pytest.raises(PreconditionFailedError) as refusal:
        _update(partner, name, stale)
    assert (refusal.value.status, refusal.value.code) == (status, "2055")


@pytest.mark.parametrize("name", NAMES)
def test_the_tag_of_an_answer_holds_for_the_next_update(partner: Partner, name: str) -> None:
    once = _update(partner, name, _get(partner, name))
    assert _update(partner, name, once).attributes.etag != once.attributes.etag


@pytest.mark.parametrize(("name", "shape"), ALL)
def test_each_is_acceptable_as_it_is_seeded(partner: Partner, name: str, shape: type) -> None:
    assert _get(partner, name).validate() == []


@pytest.mark.parametrize(("name", "shape", "member", "_", "wrong"), WRITABLE)
def test_validate_says_what_the_service_says(
    partner: Partner, name: str, shape: type, member: str, _: str, wrong: str
) -> None:
    profile = _get(partner, name)
    setattr(profile, member, wrong)
    with pytest.raises(BadRequestError) as refusal:
        _update(partner, name, profile)
    assert refusal.value.data == tuple(map(str, profile.validate()))


def test_a_violation_of_a_countrys_rules_is_a_bad_request_that_names_the_member(partner: Partner) -> None:
    profile = _get(partner, "legal_business_profile")
    profile.address.postal_code = "wrong"
    with pytest.raises(BadRequestError) as refusal:
        _update(partner, "legal_business_profile", profile)
    assert refusal.value.code == "27002"
    assert refusal.value.data[0].startswith("address.postalCode: ")


@pytest.mark.parametrize("version", list(VettingVersion))
def test_every_vetting_version_can_be_asked_for(partner: Partner, version: VettingVersion) -> None:
    assert partner.call("profiles.legal_business_profile.get", version).vetting_status == "authorized"


def test_the_partner_network_profile_is_ones_own(partner: Partner) -> None:
    assert _get(partner, "mpn_profile").mpn_id == seed.FIRST_MPN_ID


def test_the_partner_network_profile_of_another_partner_is_found_by_its_id(partner: Partner) -> None:
    assert partner.call("profiles.mpn_profile.get", seed.SECOND_MPN_ID).mpn_id == seed.SECOND_MPN_ID


def test_a_partner_that_is_not_there_is_not_found(partner: Partner) -> None:
    with pytest.raises(NotFoundError) as refusal:
        partner.call("profiles.mpn_profile.get", "9999999")
    assert refusal.value.code == "3000"


def test_an_update_of_one_profile_leaves_the_others_as_they_are(partner: Partner) -> None:
    before = [_get(partner, name).to_wire() for name in NAMES[1:]]
    _update(partner, "billing_profile", _get(partner, "billing_profile"))
    assert [_get(partner, name).to_wire() for name in NAMES[1:]] == before
