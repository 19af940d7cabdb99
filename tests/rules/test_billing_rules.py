"""Is this billing profile acceptable?"""

from __future__ import annotations

import pytest

from partnercenter.rules import billing_rules
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import Address, BillingProfile

BARELY_ENOUGH: JsonObject = {"companyName": "Somebody", "address": {"country": "US"}}


def members(changes: JsonObject) -> list[str]:
    """The members that are violated by a profile which is acceptable but for `changes`."""
    return [
        violation.member for violation in billing_rules.violations(BillingProfile.from_wire(BARELY_ENOUGH | changes))
    ]


@pytest.mark.parametrize("nothing", ["", None])
def test_a_company_needs_a_name(nothing: str | None) -> None:
    assert members({"companyName": nothing}) == ["companyName"]


def test_an_address_needs_a_country() -> None:
    assert members({"address": {"country": None, "city": "Redmond"}}) == ["address.country"]


ACCEPTABLE: dict[str, JsonObject] = {
    "nothing": {},
    "page": {"companyName": "TEST_TEST_BugBash1", "address": {"country": "US", "region": None, "addressLine2": ""}},
    "J47-hostile-text": {"companyName": "<script>'); DROP {{7*7}} =cmd()"},
    "J43-accents": {"companyName": "Stra\u00dfe e\u0301 \u4e2d"},
    "first-day": {"billingDay": 1},
    "last-day": {"billingDay": 31},
    "day-not-given": {"billingDay": 0},
    "day-null": {"billingDay": None},
}


@pytest.mark.parametrize("document", ACCEPTABLE.values(), ids=ACCEPTABLE.keys())
def test_the_profile_is_acceptable(document: JsonObject) -> None:
    assert members(document) == []


@pytest.mark.parametrize("day", [-1, 32, 10**30])
def test_a_billing_day_outside_the_month_is_a_violation(day: int) -> None:
    assert members({"billingDay": day}) == ["billingDay"]


@pytest.mark.parametrize("character", ["\x00", "\t", "\r", "\n", "\x1b", "\x1f", "\x7f", "\x80", "\x9f"], ids=ascii)
def test_j29_a_control_character_is_a_violation(character: str) -> None:
    assert members({"companyName": f"a{character}b"}) == ["companyName"]


def test_j29_a_control_character_is_found_inside_at_its_path() -> None:
    assert members({"address": {"country": "US", "city": "a\nb"}}) == ["address.city"]


def test_all_violations_are_told_at_once_in_the_order_of_the_members() -> None:
    document: JsonObject = {"companyName": "\n", "primaryContact": {"email": "\r"}, "taxId": "\t", "billingDay": 99}
    assert members(document) == ["companyName", "primaryContact.email", "taxId", "billingDay"]


def test_a_violation_repeats_no_value() -> None:
    found = billing_rules.violations(BillingProfile(tax_id="98-7654321\n"))
    assert "98-7654321" not in " ".join(map(str, found))


def test_the_verdict_changes_nothing_in_the_profile() -> None:
    profile = BillingProfile(company_name="a\n", address=Address(city="b"))
    before = profile.to_wire()
    billing_rules.violations(profile)
    assert profile.to_wire() == before


@pytest.mark.parametrize(("length", "violated"), [(200, []), (201, ["address.addressLine1"])])
def test_a_text_has_at_most_200_characters(length: int, violated: list[str]) -> None:
    assert members({"address": {"country": "US", "addressLine1": "x" * length}}) == violated
