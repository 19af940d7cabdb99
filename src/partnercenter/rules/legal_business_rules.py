"""What a legal business profile must hold beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

from partnercenter.rules import reasons
from partnercenter.rules.address_rules import (
    address_violations,
    contact_violations,
    country_of,
    email_violations,
)
from partnercenter.rules.member_texts import in_order, text_violations
from partnercenter.wire.profiles import LegalBusinessProfile
from partnercenter.wire.shapes import Violation


def violations(profile: LegalBusinessProfile) -> list[Violation]:
    """Every reason why `profile` is not acceptable, in the order of its members; none if it is. Never raises."""
    return in_order(profile, [*text_violations(profile), *_violations(profile)])


def _violations(profile: LegalBusinessProfile) -> Iterator[Violation]:
    if not profile.company_name:
        yield Violation("companyName", reasons.EMPTY)
    yield from address_violations("address", profile.address)
    yield from contact_violations("primaryContact", profile.primary_contact, country_of(profile.address))
    # A company may have nobody else who answers for it; then the whole address is left out.
    if any(
        getattr(profile.company_approver_address, m.python_name) for m in profile.company_approver_address.members()
    ):
        yield from address_violations("companyApproverAddress", profile.company_approver_address)
    yield from email_violations("companyApproverEmail", profile.company_approver_email)
