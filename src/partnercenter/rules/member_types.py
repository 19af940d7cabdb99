"""Members that a program gave a value of another Python type than theirs, which no reading would let through."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from typing import TypeVar

from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.shapes import Member, Shape, Violation

S = TypeVar("S", bound=Shape)


def is_readable(shape: Shape) -> bool:
    """Whether rules can read `shape` as it is: every value is of the very type of its member, every object is there."""
    for member, value in shape.member_values():
        if value is None:
            if member.shape is not None:
                return False
        elif type(value) is not member.expects or (isinstance(value, Shape) and not is_readable(value)):
            return False
    return True


def type_violations(shape: Shape, path: str = "") -> Iterator[Violation]:
    """One for each such member, at every depth, in the words of the reading. path: where `shape` stands."""
    for member in shape.members():
        value = getattr(shape, member.python_name)
        inner = f"{path}.{member.wire_name}" if path else member.wire_name
        if value is not None and not _fits(member, value):
            yield Violation(inner, f"must be {member.word}")
        elif isinstance(value, Shape):
            yield from type_violations(value, inner)


def readable(shape: S) -> S:
    """A copy of `shape` in which such members have no value and every object is there, so that rules can read it."""
    kept = copy(shape)
    for member in shape.members():
        value = getattr(shape, member.python_name)
        if not issubclass(member.expects, Shape):
            setattr(kept, member.python_name, value if _fits(member, value) else None)
        elif isinstance(value, member.expects):
            setattr(kept, member.python_name, readable(value))
        else:
            setattr(kept, member.python_name, member.expects())
    return kept


def _fits(member: Member, value: JsonValue | Shape) -> bool:
    """As `Member.fits`, which takes a dict for an object: on the wire it is one."""
    if issubclass(member.expects, Shape) or isinstance(value, Shape):
        return isinstance(value, member.expects)
    return member.fits(value)
