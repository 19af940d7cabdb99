"""Is this profile acceptable? One question for each of the five."""

from __future__ import annotations

from partnercenter.rules import billing_rules, legal_business_rules, organization_rules, support_rules
from partnercenter.rules.member_texts import in_order, text_violations
from partnercenter.rules.member_types import is_readable, readable, type_violations
from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    OrganizationProfile,
    Profile,
    SupportProfile,
)
from partnercenter.wire.shapes import Violation


def violations(profile: Profile) -> list[Violation]:
    """Every reason why `profile` is not acceptable, all at once and in the order of its members; none if it is.

    Each names its member as a camelCase path and holds no value that was sent. A violation `by_country` is error
    code 27002, any other 3000 (Partner Center error codes). Never raises, whatever the values: a member of another
    Python type is a violation, too, in the words in which the service would tell it.
    """
    if is_readable(profile):
        return violations_as_read(profile)
    wrong = list(type_violations(profile))
    typed = readable(profile)
    others = [violation for violation in violations_as_read(typed) if not _lies_in(violation.member, wrong)]
    return in_order(typed, [*wrong, *others])


def violations_as_read(profile: Profile) -> list[Violation]:
    """The same of a profile whose members were read from the wire, so that each is of the type that it should be."""
    match profile:
        case BillingProfile():
            return billing_rules.violations(profile)
        case LegalBusinessProfile():
            return legal_business_rules.violations(profile)
        case OrganizationProfile():
            return organization_rules.violations(profile)
        case SupportProfile():
            return support_rules.violations(profile)
        case _:  # the partner network profile, which nobody can change
            return text_violations(profile)


def _lies_in(member: str, wrong: list[Violation]) -> bool:
    return any(member == v.member or member.startswith(f"{v.member}.") for v in wrong)
