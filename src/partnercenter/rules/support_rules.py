"""What a support profile must hold beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

from partnercenter.rules import reasons
from partnercenter.rules.address_rules import email_violations
from partnercenter.rules.internet_addresses import is_website
from partnercenter.rules.member_texts import in_order, text_violations
from partnercenter.wire.profiles import SupportProfile
from partnercenter.wire.shapes import Violation


def violations(profile: SupportProfile) -> list[Violation]:
    """Every reason why `profile` is not acceptable, in the order of its members; none if it is. Never raises.

    The telephone is a text like any other (answer D20): published samples write numbers that exist nowhere.
    """
    return in_order(profile, [*text_violations(profile), *_violations(profile)])


def _violations(profile: SupportProfile) -> Iterator[Violation]:
    yield from email_violations("email", profile.email)
    if profile.website and not is_website(profile.website):
        yield Violation("website", reasons.WEBSITE)
