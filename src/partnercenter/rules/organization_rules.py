"""What an organization profile must hold beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

from partnercenter.rules import reasons
from partnercenter.rules.address_rules import address_violations, email_violations
from partnercenter.rules.international_codes import is_culture, is_language
from partnercenter.rules.member_texts import in_order, text_violations
from partnercenter.wire.profiles import OrganizationProfile
from partnercenter.wire.shapes import Violation


def violations(profile: OrganizationProfile) -> list[Violation]:
    """Every reason why `profile` is not acceptable, in the order of its members; none if it is. Never raises."""
    return in_order(profile, [*text_violations(profile), *_violations(profile)])


def _violations(profile: OrganizationProfile) -> Iterator[Violation]:
    if not profile.company_name:
        yield Violation("companyName", reasons.EMPTY)
    yield from address_violations("defaultAddress", profile.default_address)
    yield from email_violations("email", profile.email)
    if profile.language and not is_language(profile.language):
        yield Violation("language", reasons.LANGUAGE)
    if profile.culture and not is_culture(profile.culture):
        yield Violation("culture", reasons.CULTURE)
