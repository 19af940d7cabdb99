"""From a path of member names, as `address.city`, to the members of a shape that it leads through."""

from __future__ import annotations

from typing import TypeAlias

from partnercenter.fleet.kinds import SET_BY_SERVICE, Kind
from partnercenter.wire.casing import fold
from partnercenter.wire.masking import masked
from partnercenter.wire.nearest_name import nearest
from partnercenter.wire.shapes import Member, Shape, members_of

TAX_ID = "taxId"

Value: TypeAlias = str | int | None
"""What a member of a profile can have; None is no value."""


class PathError(ValueError):
    """The path leads nowhere; the text says why, and what was meant."""


def find(kind: Kind, path: str) -> tuple[Member, ...]:
    """The members from the profile of `kind` to the value that `path` names, in any casing. Raises PathError."""
    found = find_any(kind, path)
    shape = found[-1].shape
    if shape is not None:
        names = ", ".join(member.wire_name for member in shape.members())
        raise PathError(f"It is an object. Name its members: {names}.")
    return found


def find_any(kind: Kind, path: str) -> tuple[Member, ...]:
    """The members to the value or the object that `path` names. Raises PathError."""
    shape: type[Shape] | None = kind.shape
    found: list[Member] = []
    for name in path.split("."):
        if shape is None:
            raise PathError(f"{found[-1].wire_name} has no members.")
        found.append(_member(shape, name, "" if found else kind.title, kind))
        shape = found[-1].shape
    return tuple(found)


def spelled(members: tuple[Member, ...]) -> str:
    """The path of `members` as the wire spells it."""
    return ".".join(member.wire_name for member in members)


def value_at(profile: Shape, members: tuple[Member, ...]) -> Value:
    """What stands there; None if nothing does."""
    value: Value = getattr(_owner(profile, members), members[-1].python_name)
    return value


def put_at(profile: Shape, members: tuple[Member, ...], value: Value) -> None:
    """Put `value` there."""
    setattr(_owner(profile, members), members[-1].python_name, value)


def shown(path: str, value: Value) -> Value:
    """`value` as reports and people may see it: a tax id masked."""
    return masked(str(value)) if path == TAX_ID and value is not None else value


def meant(name: str, known: list[str]) -> str:
    """` Did you mean x?` if `name` is nearly one of `known`, else nothing."""
    close = nearest(name, known)
    return f" Did you mean {close}?" if close else ""


def _owner(profile: Shape, members: tuple[Member, ...]) -> Shape:
    owner = profile
    for member in members[:-1]:
        owner = getattr(owner, member.python_name)
    return owner


def _member(shape: type[Shape], name: str, title: str, kind: Kind) -> Member:
    member = members_of(shape).get(fold(name))
    unwritable = {*SET_BY_SERVICE, *kind.set_by_service} if title else set()
    names = [m.wire_name for m in shape.members() if m.wire_name not in unwritable]
    if member is None:
        # What is not known may be a secret that stands in the wrong place.
        where = f"the {title}" if title else "it"
        raise PathError(f"There is no such member; {where} has {', '.join(names)}.{meant(name, names)}")
    if member.wire_name in unwritable:
        raise PathError(f"It is set by the service. What can be changed: {', '.join(names)}.")
    return member
