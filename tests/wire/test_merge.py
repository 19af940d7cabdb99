"""Three versions of a profile become one, and no change of anybody is lost without a word."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.merge import Collision, merge
from partnercenter.wire.profiles import BillingProfile


def profile(etag: str = "one", **members: JsonValue) -> BillingProfile:
    body: JsonObject = {
        "companyName": "Contoso",
        "address": {"country": "US", "city": "Redmond", "addressLine2": ""},
        "purchaseOrderNumber": "9888",
        "taxId": "12-345678",
        "attributes": {"etag": etag, "objectType": "BillingProfile"},
        "vendorNote": {"a": 1},
    }
    return BillingProfile.from_wire(body | members)


BASE = profile()


def test_what_i_changed_alone_goes_in() -> None:
    merged = merge(BASE, profile(purchaseOrderNumber="9321"), profile("two"))
    assert merged.profile == profile("two", purchaseOrderNumber="9321")


def test_what_they_changed_alone_stays() -> None:
    theirs = profile("two", companyName="Fabrikam")
    assert merge(BASE, profile(), theirs).profile == theirs


def test_changes_of_both_sides_to_different_members_are_both_there() -> None:
    merged = merge(BASE, profile(purchaseOrderNumber="9321"), profile("two", companyName="Fabrikam"))
    assert merged.profile == profile("two", companyName="Fabrikam", purchaseOrderNumber="9321")


def test_objects_are_merged_inside() -> None:
    mine = profile(address={"country": "US", "city": "Seattle", "addressLine2": ""})
    theirs = profile("two", address={"country": "US", "city": "Redmond", "addressLine2": "Floor 2"})
    merged = merge(BASE, mine, theirs)
    assert (merged.profile.address.city, merged.profile.address.address_line2) == ("Seattle", "Floor 2")


def test_the_same_change_on_both_sides_is_no_collision() -> None:
    merged = merge(BASE, profile(purchaseOrderNumber="9321"), profile("two", purchaseOrderNumber="9321"))
    assert merged.collisions == ()


def test_different_changes_of_one_member_collide_and_theirs_stays() -> None:
    merged = merge(BASE, profile(purchaseOrderNumber="9321"), profile("two", purchaseOrderNumber="9000"))
    assert merged.collisions == (Collision("purchaseOrderNumber", "9888", "9321", "9000"),)
    assert merged.profile.purchase_order_number == "9000"


def test_a_collision_inside_an_object_names_the_whole_path() -> None:
    mine, theirs = (
        profile(address={"country": "US", "city": city, "addressLine2": ""}) for city in ("Seattle", "Boston")
    )
    assert [collision.member for collision in merge(BASE, mine, theirs).collisions] == ["address.city"]


def test_a_member_that_i_cleared_and_they_left_alone_is_cleared() -> None:
    assert merge(BASE, profile(purchaseOrderNumber=None), profile("two")).profile.purchase_order_number is None


def test_clearing_a_member_that_they_changed_collides() -> None:
    merged = merge(BASE, profile(purchaseOrderNumber=None), profile("two", purchaseOrderNumber="9000"))
    assert merged.collisions == (Collision("purchaseOrderNumber", "9888", None, "9000"),)


def test_an_empty_text_is_another_value_than_none() -> None:
    mine = profile(address={"country": "US", "city": "Redmond", "addressLine2": None})
    assert merge(BASE, mine, profile("two")).profile.address.address_line2 is None


def test_the_entity_tag_is_that_of_theirs() -> None:
    assert merge(BASE, profile(purchaseOrderNumber="9321"), profile("two")).profile.attributes.etag == "two"


def test_members_that_no_class_knows_are_merged_too() -> None:
    merged = merge(BASE, profile(vendorNote={"a": 2}), profile("two", another="x"))
    assert merged.profile == profile("two", vendorNote={"a": 2}, another="x")


def test_members_that_no_class_knows_collide_too() -> None:
    merged = merge(BASE, profile(vendorNote={"a": 2}), profile("two", vendorNote={"a": 3}))
    assert merged.collisions == (Collision("vendorNote", {"a": 1}, {"a": 2}, {"a": 3}),)


def test_a_value_of_a_type_that_the_class_does_not_expect_is_a_value_too() -> None:
    document: JsonObject = {"billingDay": "the last", "attributes": {"etag": "two"}}
    theirs = BillingProfile.from_wire(document, strict=False)
    merged = merge(BillingProfile(), BillingProfile(billing_day=5), theirs)
    assert merged.collisions == (Collision("billingDay", None, 5, "the last"),)
    assert merged.profile.to_wire() == document


def test_the_casing_of_a_name_does_not_tell_members_apart() -> None:
    renamed = BillingProfile.from_wire({"VendorNote": {"a": 2}, "attributes": {"etag": "two"}})
    merged = merge(profile(), profile(), renamed)
    assert list(merged.profile.unknown) == ["VendorNote"]


def test_without_a_base_every_difference_collides() -> None:
    merged = merge(None, profile(purchaseOrderNumber="9321"), profile("two", companyName="Fabrikam"))
    assert [collision.member for collision in merged.collisions] == ["companyName", "purchaseOrderNumber"]


def test_an_object_that_was_set_to_none_is_left_as_theirs() -> None:
    mine = profile()
    mine.address = None  # type: ignore[assignment]  # what users do
    assert merge(BASE, mine, profile("two")).profile.address.city == "Redmond"


@pytest.mark.parametrize("hidden", ["12-345678", "canary-mine", "canary-theirs"])
def test_no_repr_shows_the_values_that_collide(hidden: str) -> None:
    merged = merge(BASE, profile(taxId="canary-mine"), profile("two", taxId="canary-theirs"))
    assert merged.collisions
    assert hidden not in repr(merged)


VALUES = st.sampled_from([None, "", "a", "b", "c"])
PROFILES = st.builds(
    lambda name, city, order, note: profile(
        companyName=name, address={"country": "US", "city": city}, purchaseOrderNumber=order, vendorNote=note
    ),
    VALUES,
    VALUES,
    VALUES,
    VALUES,
)


def members(of: BillingProfile) -> dict[str, JsonValue]:
    return {
        "companyName": of.company_name,
        "address.city": of.address.city,
        "purchaseOrderNumber": of.purchase_order_number,
        "vendorNote": of.unknown.get("vendorNote"),
    }


@given(PROFILES, PROFILES, PROFILES)
def test_every_member_of_a_merge_is_decided_by_the_table(
    base: BillingProfile, mine: BillingProfile, theirs: BillingProfile
) -> None:
    before = copy.deepcopy((base, mine, theirs))
    merged = merge(base, mine, theirs)
    collided = {collision.member for collision in merged.collisions}
    for name, value in members(merged.profile).items():
        old, own, other = members(base)[name], members(mine)[name], members(theirs)[name]
        assert (name in collided) == (own not in (old, other) and other != old)
        assert value == (own if own != old and other == old else other)
    assert (base, mine, theirs) == before
