"""What holds for every text of a profile, and the order in which violations are told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from partnercenter.rules import reasons
from partnercenter.wire.shapes import Shape, Violation

# Control characters have no place in a name or an address, and in a log line or a terminal they can lie; so can
# those that turn the direction of writing (Unicode UAX #9 §2.1, §2.2, §2.4). Half a surrogate pair is no character.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Partner Center utility resources, "Address". It gives no limit for the others, and an audit entry holds every text
# twice. RFC 5321 §4.5.3.1 has 64 + 1 + 255 characters for an e-mail address.
_LONGEST: Final = {"firstName": 50, "middleName": 50, "lastName": 50, "email": 320, "companyApproverEmail": 320}
LONGEST_TEXT: Final = 200
_BY_TEXT: Final = (reasons.CONTROL_CHARACTERS, reasons.TOO_LONG)
# What the service sets and a PUT ignores.
_READ_ONLY: Final = frozenset(
    {"links", "attributes", "profileType", "vettingStatus", "vettingSubStatus", "id", "tenantId", "domain"}
)


def text_violations(shape: Shape, path: str = "") -> list[Violation]:
    """The violations by the texts of `shape` as such. path: where it stands, "" for a whole profile."""
    return [violation for member, value in _members(shape, path) for violation in _check(member, value)]


def in_order(shape: Shape, found: Iterable[Violation]) -> list[Violation]:
    """The violations in the order of the members of `shape`.

    What else is wrong with a text that has control characters or is too long is left out: nobody can put that right
    before.
    """
    places = {member: place for place, (member, _) in enumerate(_members(shape, ""))}
    unreadable = {violation.member for violation in text_violations(shape)}
    told = (v for v in found if v.member not in unreadable or v.reason in _BY_TEXT)
    return sorted(told, key=lambda violation: places.get(violation.member, len(places)))


def _check(member: str, value: object) -> Iterator[Violation]:
    if not isinstance(value, str):
        return
    if _CONTROL.search(value):
        yield Violation(member, reasons.CONTROL_CHARACTERS)
    most = _LONGEST.get(member.rpartition(".")[2], LONGEST_TEXT)
    if len(value) > most:
        yield Violation(member, reasons.TOO_LONG, {"most": most})


def _members(shape: Shape, path: str) -> Iterator[tuple[str, object]]:
    for member in shape.members():
        if member.wire_name in _READ_ONLY:
            continue
        value = getattr(shape, member.python_name)
        inner = f"{path}.{member.wire_name}" if path else member.wire_name
        yield inner, value
        if isinstance(value, Shape):
            yield from _members(value, inner)
