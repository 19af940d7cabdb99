"""What holds for every text of a profile, and the order in which violations are told."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
# What is no longer is never too long: nearly every text.
_SHORTEST_LIMIT: Final = min(*_LONGEST.values(), LONGEST_TEXT)
_BY_TEXT: Final = (reasons.CONTROL_CHARACTERS, reasons.TOO_LONG)
# What the service sets and a PUT ignores.
_READ_ONLY: Final = frozenset(
    {"links", "attributes", "profileType", "vettingStatus", "vettingSubStatus", "id", "tenantId", "domain"}
)


def text_violations(shape: Shape, path: str = "") -> list[Violation]:
    """The violations by the texts of `shape` as such. path: where it stands, "" for a whole profile."""
    found: list[Violation] = []
    for member, value in shape.member_values():
        if isinstance(value, str):
            if _CONTROL.search(value) or len(value) > _SHORTEST_LIMIT:
                found += _check(member.wire_name, path, value)
        elif isinstance(value, Shape) and member.wire_name not in _READ_ONLY:
            found += text_violations(value, _inside(path, member.wire_name))
    return found


def in_order(shape: Shape, found: list[Violation]) -> list[Violation]:
    """The violations in the order of the members of `shape`.

    What else is wrong with a text that has control characters or is too long is left out: nobody can put that right
    before.
    """
    if not found:
        return []
    places = {member: place for place, member in enumerate(_paths(shape, ""))}
    unreadable = {violation.member for violation in text_violations(shape)}
    told = (v for v in found if v.member not in unreadable or v.reason in _BY_TEXT)
    return sorted(told, key=lambda violation: places.get(violation.member, len(places)))


def _check(name: str, path: str, value: str) -> Iterator[Violation]:
    if name in _READ_ONLY:
        return
    member = _inside(path, name)
    if _CONTROL.search(value):
        yield Violation(member, reasons.CONTROL_CHARACTERS)
    most = _LONGEST.get(name, LONGEST_TEXT)
    if len(value) > most:
        yield Violation(member, reasons.TOO_LONG, {"most": most})


def _paths(shape: Shape, path: str) -> Iterator[str]:
    for member, value in shape.member_values():
        if member.wire_name in _READ_ONLY:
            continue
        inner = _inside(path, member.wire_name)
        yield inner
        if isinstance(value, Shape):
            yield from _paths(value, inner)


def _inside(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
