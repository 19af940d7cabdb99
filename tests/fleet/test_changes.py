"""What is planned for one profile: the members that differ, and what the service would refuse."""

from __future__ import annotations

from partnercenter import BillingProfile
from partnercenter.fleet.changes import PlannedProfile, kept_members, plan
from partnercenter.fleet.rows import Cell, Row, Written
from partnercenter.fleet.wanted import WantedProfile, read_rows
from partnercenter.service import seed
from partnercenter.wire.json_text import JsonObject


def _profile() -> BillingProfile:
    attributes: JsonObject = {"attributes": {"etag": "tag"}}
    return BillingProfile.from_wire(seed.FIRST_BILLING_PROFILE | attributes)


def _wanted(path: str, text: str, written: Written = Written.CELL) -> WantedProfile:
    return read_rows([Row("contoso.com", 1, (Cell(f"billing.{path}", text, written, 1),))])[0].profiles[0]


def _plan(path: str, text: str, written: Written = Written.CELL) -> PlannedProfile:
    return plan(_wanted(path, text, written), _profile())


def _changes(planned: PlannedProfile) -> list[tuple[str, object, object]]:
    return [(change.member, change.old, change.new) for change in planned.changes]


def test_a_member_that_differs_is_a_change() -> None:
    assert _changes(_plan("purchaseOrderNumber", "9321")) == [("purchaseOrderNumber", "9888", "9321")]


def test_a_member_that_is_as_wanted_is_none() -> None:
    assert _plan("purchaseOrderNumber", "9888").changes == ()


def test_an_empty_text_and_no_value_differ() -> None:
    assert _changes(_plan("address.addressLine2", "", Written.NULL)) == [("address.addressLine2", "", None)]


def test_a_tax_id_is_masked_on_both_sides() -> None:
    assert _changes(_plan("taxId", "98-765432")) == [("taxId", "*******78", "*******32")]


def test_the_profile_that_was_read_is_left_as_it_is() -> None:
    profile = _profile()
    plan(_wanted("address.city", "Seattle"), profile)
    assert profile == _profile()


def test_the_profile_to_send_has_the_change_and_the_tag_and_all_else() -> None:
    planned = _plan("address.city", "Seattle")
    expected = _profile()
    expected.address.city = "Seattle"
    assert (planned.profile, planned.tag) == (expected, "tag")


def test_what_the_rules_refuse_is_found_before_anything_is_sent() -> None:
    assert [violation.member for violation in _plan("address.postalCode", "none").violations] == ["address.postalCode"]


def test_a_currency_is_fixed() -> None:
    assert [violation.member for violation in _plan("billingCurrency", "EUR").violations] == ["billingCurrency"]


def test_a_profile_without_a_change_is_not_judged() -> None:
    profile = _profile()
    profile.address.postal_code = "none"
    assert plan(_wanted("purchaseOrderNumber", "9888"), profile).violations == ()


def test_members_that_the_service_left_as_they_were_are_told() -> None:
    assert kept_members(_wanted("companyName", "", Written.NULL), _profile()) == ("companyName",)
