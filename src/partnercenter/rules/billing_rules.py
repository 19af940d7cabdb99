"""What a billing profile must hold beyond its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import BillingProfile
from partnercenter.wire.shapes import Violation

# The longest that the documentation names for any member (utility resources, "Address"); it gives no limit for
# the others, and an audit entry holds every text twice.
LONGEST_TEXT = 200

# Control characters have no place in a name or an address, and in a log line or a terminal they can lie.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def violations(profile: BillingProfile) -> list[Violation]:
    """Every reason why `profile` is not acceptable, in the order of its members; none if it is."""
    texts = list(_texts(profile.to_wire(keep_nulls=False), ""))
    found = [Violation(member, "must not have control characters") for member, text in texts if _CONTROL.search(text)]
    found += [
        Violation(member, "must have at most {most} characters", {"most": LONGEST_TEXT})
        for member, text in texts
        if len(text) > LONGEST_TEXT
    ]
    found += [
        Violation(member, "must not be empty")
        for member, text in (("companyName", profile.company_name), ("address.country", profile.address.country))
        if not text
    ]
    # 0 is what the Java client sends for "not given".
    if profile.billing_day is not None and not 0 <= profile.billing_day <= 31:
        found.append(Violation("billingDay", "must be a day of the month, 1 to 31"))
    return found


def _texts(value: JsonValue, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _texts(inner, f"{path}.{name}" if path else name)
