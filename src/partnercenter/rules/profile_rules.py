"""Is this profile acceptable? One question for each of the five."""

from __future__ import annotations

from partnercenter.rules import billing_rules, legal_business_rules, organization_rules, support_rules
from partnercenter.rules.member_texts import text_violations
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
    code 27002, any other 3000 (Partner Center error codes). Never raises, whatever the values.
    """
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
