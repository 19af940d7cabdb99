"""A member to which a program gave a value of another Python type is a violation, and nothing is raised."""

from __future__ import annotations

import pytest

from partnercenter.rules.member_types import readable
from partnercenter.rules.profile_rules import violations
from partnercenter.service import seed
from partnercenter.wire import json_text
from partnercenter.wire.profiles import BillingProfile, LegalBusinessProfile, OrganizationProfile, SupportProfile

WRONG: dict[str, tuple[str, object, str]] = {
    "text-for-a-number": ("billing_day", "x", "billingDay: must be a whole number"),
    "truth-for-a-number": ("billing_day", True, "billingDay: must be a whole number"),
    "fraction-for-a-number": ("billing_day", 1.5, "billingDay: must be a whole number"),
    "number-for-a-text": ("company_name", 5, "companyName: must be text"),
    "bytes-for-a-text": ("tax_id", b"12-345678", "taxId: must be text"),
    "list-for-a-text": ("billing_currency", ["USD"], "billingCurrency: must be text"),
    "dict-for-an-object": ("address", {"country": "US"}, "address: must be an object"),
    "text-for-an-object": ("primary_contact", "James", "primaryContact: must be an object"),
    "itself-for-a-text": ("company_name", BillingProfile(), "companyName: must be text"),
}


def seeded() -> BillingProfile:
    return BillingProfile.from_wire(seed.FIRST_BILLING_PROFILE)


@pytest.mark.parametrize(("name", "value", "told"), WRONG.values(), ids=WRONG.keys())
def test_a_member_of_another_type_is_the_one_violation(name: str, value: object, told: str) -> None:
    profile = seeded()
    setattr(profile, name, value)
    assert [str(violation) for violation in profile.validate()] == [told]


def test_a_member_inside_of_an_object_is_named_by_its_path() -> None:
    profile = seeded()
    profile.address.postal_code = 98052  # type: ignore[assignment]
    assert [violation.member for violation in violations(profile)] == ["address.postalCode"]


def test_a_wrong_type_hides_no_other_violation() -> None:
    profile = seeded()
    profile.company_name, profile.billing_day, profile.tax_id = "", "x", "?"  # type: ignore[assignment]
    assert [violation.member for violation in profile.validate()] == ["companyName", "taxId", "billingDay"]


def test_an_object_that_is_none_is_an_empty_one() -> None:
    profile = seeded()
    profile.address = None  # type: ignore[assignment]
    assert [violation.member for violation in profile.validate()] == ["address.country"]


@pytest.mark.parametrize("kind", [BillingProfile, LegalBusinessProfile, OrganizationProfile, SupportProfile])
@pytest.mark.parametrize("value", [object(), {}, [], 1, 1.5, "x", b"x", None])
def test_nothing_is_raised_whatever_stands_in_every_member(
    kind: type[BillingProfile | LegalBusinessProfile | OrganizationProfile | SupportProfile], value: object
) -> None:
    profile = kind()
    for member in kind.members():
        setattr(profile, member.python_name, value)
    profile.validate()


def test_a_profile_inside_of_itself_is_told_and_not_followed() -> None:
    profile = seeded()
    profile.company_name = profile  # type: ignore[assignment]
    assert [violation.member for violation in profile.validate()] == ["companyName"]


def test_the_profile_stays_as_it_is() -> None:
    profile = seeded()
    profile.billing_day = "x"  # type: ignore[assignment]
    assert readable(profile).billing_day is None
    assert '"billingDay":"x"' in json_text.write(profile.to_wire()).decode()
