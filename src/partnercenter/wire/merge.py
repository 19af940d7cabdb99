"""Three versions of a profile become one: what I changed goes onto what others made of it meanwhile. Pure.

Member by member, for each there are three values: the one that both sides began with (base), mine and theirs.

    mine = base                 I left it alone: theirs stays
    theirs = base               they left it alone: mine goes in
    mine = theirs               both changed it alike: theirs stays
    all three differ            a collision: theirs stays, and a person decides

Objects are merged inside; a list is one value. Null and absent are the same (decision 4), an empty text is another
value. What the service sets by itself comes from theirs, above all the entity tag.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic

from partnercenter.wire.casing import fold
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.profiles import P
from partnercenter.wire.shapes import Member, Shape, shortened

SET_BY_THE_SERVICE = frozenset({"links", "attributes", "profileType"})
"""Members of every profile that nobody changes."""


@dataclass(frozen=True, slots=True)
class Collision:
    """A member that was changed on both sides, to different values.

    member: its path (`address.city`). base, mine, theirs: its values, None if it has none. A base that is not known,
        because the profile was never read, is None too. Kept out of the repr, for one may be a tax id.
    """

    member: str
    base: JsonValue = field(repr=False)
    mine: JsonValue = field(repr=False)
    theirs: JsonValue = field(repr=False)


@dataclass(frozen=True, slots=True, repr=False)
class Merge(Generic[P]):
    """What came of it.

    profile: theirs, with its entity tag, and with every change of mine that collides with none of theirs.
    collisions: the members in which theirs stayed although I changed them; none if the merge is clean.
    """

    profile: P
    collisions: tuple[Collision, ...]

    def __repr__(self) -> str:
        members = [collision.member for collision in self.collisions]
        return shortened(f"Merge({type(self.profile).__name__}, collisions={members})")


def merge(base: P | None, mine: P, theirs: P) -> Merge[P]:
    """`theirs` with what `mine` changed since `base`. None of the three is changed.

    base: None if it is not known; then every member in which the two differ collides.
    """
    merged = copy.deepcopy(theirs)
    return Merge(merged, tuple(_merge_into(merged, base, mine, "")))


def _merge_into(merged: Shape, base: Shape | None, mine: Shape, path: str) -> Iterator[Collision]:
    """Put into `merged`, a copy of theirs, what `mine` changed; gives the collisions."""
    for member, theirs in merged.member_values():
        if not path and member.wire_name in SET_BY_THE_SERVICE:
            continue
        inside = f"{path}.{member.wire_name}" if path else member.wire_name
        if isinstance(theirs, Shape):
            before, ours = (getattr(side, member.python_name, None) for side in (base, mine))
            if isinstance(ours, Shape):  # an object that is none at all is kept by the service (decision 4)
                yield from _merge_into(theirs, before, ours, inside)
            continue
        old, own, other = (_value(side, member) for side in (base, mine, merged))
        if _is_mine(base is not None, old, own, other):
            setattr(merged, member.python_name, own)
        elif _collides(base is not None, old, own, other):
            yield Collision(inside, old, own, other)
    yield from _merge_unknown(merged, base, mine, path)


def _value(side: Shape | None, member: Member) -> JsonValue:
    """The value of `member`, be it of another type than the class says: then it stands among the unknown ones."""
    if side is None:
        return None
    value: JsonValue = getattr(side, member.python_name)
    if value is None and side.unknown:
        _, value = _by_name(side.unknown).get(fold(member.wire_name), ("", None))
    return value


def _merge_unknown(merged: Shape, base: Shape | None, mine: Shape, path: str) -> Iterator[Collision]:
    """The same for the members that the classes do not know, which compare without case as all names do."""
    if not (mine.unknown or merged.unknown):
        return
    values = {fold(member.wire_name) for member, value in merged.member_values() if not isinstance(value, Shape)}
    ours, theirs = _by_name(mine.unknown), _by_name(merged.unknown)
    before = _by_name(base.unknown) if base is not None else {}
    kept = dict(merged.unknown)
    for folded in dict.fromkeys(name for name in (*theirs, *ours) if name not in values):
        (name, own), (spelled, other) = ours.get(folded, ("", None)), theirs.get(folded, ("", None))
        _, old = before.get(folded, ("", None))
        if _is_mine(base is not None, old, own, other):
            kept.pop(spelled, None)
            if own is not None:
                kept[spelled or name] = copy.deepcopy(own)
        elif _collides(base is not None, old, own, other):
            yield Collision(f"{path}.{spelled or name}" if path else spelled or name, old, own, other)
    merged.replace_unknown(kept)


def _is_mine(base_is_known: bool, base: object, mine: object, theirs: object) -> bool:
    """Whether mine is the value: I changed it, and they did not."""
    return base_is_known and theirs == base and mine != base


def _collides(base_is_known: bool, base: object, mine: object, theirs: object) -> bool:
    return mine != theirs and not (base_is_known and mine == base)


def _by_name(unknown: JsonObject) -> dict[str, tuple[str, JsonValue]]:
    return {fold(name): (name, value) for name, value in unknown.items()}
