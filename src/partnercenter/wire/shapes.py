"""The one mechanism by which a JSON object becomes a typed Python object and back, losing nothing.

A shape is a dataclass. Each of its fields is a member of the JSON object: `address_line1` is `addressLine1` on
the wire. Reading takes any casing and reports every wrong member at once; writing gives the casing asked for.
Beside its fields a shape remembers what a read-modify-write round trip must not lose: members that it does
not know, and which of the known ones stood on the wire at all (a null that was sent is not a member left out).
"""

from __future__ import annotations

import copy
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import ClassVar, NamedTuple, Self

from partnercenter.wire.casing import Casing, camel, fold, pascal
from partnercenter.wire.json_text import JsonObject, JsonValue

LONGEST_REPR = 300
"""Characters of a repr, which is for a glance; `to_wire` has everything."""


def shortened(shown: str) -> str:
    """`shown`, the repr of something, cut to LONGEST_REPR characters."""
    return shown if len(shown) <= LONGEST_REPR else f"{shown[: LONGEST_REPR - 4]}...)"


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why a body is not acceptable.

    member: where, as a path of camelCase names (`address.city`); "" is the body itself.
    reason: what is wrong with it and what would be right; never the value, which may be a tax id. English, and the
        key under which the message catalogues have it in other languages: `must have at most {most} characters`.
    facts: what fills the names in braces.
    by_country: it is a rule of one country that says so, and another country's may not.
    """

    member: str
    reason: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    by_country: bool = False

    def tell(self, translate: Callable[[str], str]) -> str:
        """The violation as a sentence. translate: gives the reason in the reader's language."""
        sentence = translate(self.reason).format_map(self.facts)
        return f"{self.member}: {sentence}" if self.member else sentence

    def __str__(self) -> str:
        return self.tell(str)


class ShapeError(ValueError):
    """A JSON value is not of the shape that it should be.

    violations: every reason that was found, in the order of the text.
    """

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__(" ".join(map(str, self.violations)))


class Member(NamedTuple):
    """How one field of a shape stands on the wire.

    expects: the class of its values; `on_wire`: that of their JSON; `shape`: the first if it is one of shapes.
    word: what sentences call it.
    """

    python_name: str
    wire_name: str
    pascal_name: str
    expects: type
    on_wire: type
    shape: type[Shape] | None
    word: str

    def fits(self, value: JsonValue) -> bool:
        """Whether `value` is of the type that this member has; null always is."""
        if value is None or type(value) is self.on_wire:
            return True
        # In Python true is a whole number, too; on the wire it is not.
        return isinstance(value, self.on_wire) and not isinstance(value, bool)


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class Shape:  # noqa: PLW1641 - no __hash__: a shape can change, so it cannot be a key
    """A JSON object of the API whose known members are attributes; None means null or absent."""

    _WORDS: ClassVar[dict[type, str]] = {str: "text", int: "a whole number", bool: "true or false", list: "an array"}

    # Arguments of the constructor, though nobody else's: so `dataclasses.replace` carries them over.
    _seen: frozenset[str] | None = field(default=None, repr=False)  # None: no object stood on the wire
    _unknown: JsonObject = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._unknown = copy.deepcopy(self._unknown) if self._unknown else {}  # `replace` gives another's

    def __copy__(self) -> Self:
        return replace(self)

    @classmethod
    def from_wire(cls, value: JsonValue, *, keep_unknown: bool = True, strict: bool = True) -> Self:
        """The shape that `value` describes, whatever the casing of its member names.

        keep_unknown: carry members that the class does not know, at every depth; else leave them out.
        strict: if not, a member of the wrong type is one that the class does not know: it has no value here, and
            is written again as it stood unless it is given one.
        Raises ShapeError with every violation: a value of the wrong type, or two names for one member.
        """
        violations: list[Violation] = []
        shape = cls._read(value, "", violations, strict=strict)
        if not keep_unknown:
            shape.forget_unknown()
        if violations:
            raise ShapeError(violations)
        return shape

    def to_wire(self, casing: Casing = Casing.CAMEL, *, keep_nulls: bool = True) -> JsonObject:
        """This shape as a JSON object: known members in the order of the class, then the unknown ones.

        keep_nulls: write null for a member that has no value but stood on the wire when this was read.
        """
        table = _table_of(type(self))
        names = table.pascal_names if casing is Casing.PASCAL else table.wire_names
        nulls = (self._seen or ()) if keep_nulls else ()
        written: JsonObject = {}
        for name, wire_name, value in zip(names, table.wire_names, table.values_of(self), strict=True):
            on_wire = value._to_wire(casing, keep_nulls) if isinstance(value, Shape) else value
            if on_wire is not None or wire_name in nulls:
                written[name] = on_wire
        if not self._unknown:
            return written
        given = {fold(name) for name, value in written.items() if value is not None}
        return written | {name: value for name, value in self._unknown.items() if fold(name) not in given}

    @classmethod
    def members(cls) -> tuple[Member, ...]:
        """The members of this shape in their order on the wire."""
        return _table_of(cls).members

    def member_values(self) -> Iterable[tuple[Member, JsonValue | Shape]]:
        """Each member of this shape with its value, in their order on the wire."""
        table = _table_of(type(self))
        return zip(table.members, table.values_of(self), strict=True)

    @property
    def is_seen(self) -> bool:
        """Whether any known member stood on the wire when this was read, be it null."""
        return bool(self._seen)

    @property
    def is_blank(self) -> bool:
        """Whether no member of this has a value."""
        return not self._unknown and all(map(_blank, _table_of(type(self)).values_of(self)))

    def unknown_at(self, path: str = "") -> list[str]:
        """The paths of the objects that hold members which their classes do not know; "" is this one."""
        found = [path] if self._unknown else []
        for member, value in self.member_values():
            if isinstance(value, Shape):
                found += value.unknown_at(_inside(path, member))
        return found

    @property
    def unknown(self) -> JsonObject:
        """The members that the class does not know, by their names on the wire; those of this object alone."""
        return self._unknown

    def replace_unknown(self, unknown: JsonObject) -> None:
        """Carry `unknown` in the place of the members that the class does not know; those of this object alone."""
        self._unknown = unknown

    def forget_unknown(self) -> None:
        """Leave out the members that the classes do not know, at every depth."""
        self._unknown = {}
        for value in _table_of(type(self)).values_of(self):
            if isinstance(value, Shape):
                value.forget_unknown()

    def _to_wire(self, casing: Casing, keep_nulls: bool) -> JsonObject | None:
        # Blank and never read from an object: it was null or absent. An object of nulls stays an object.
        return None if self._seen is None and self.is_blank else self.to_wire(casing, keep_nulls=keep_nulls)

    @classmethod
    def _read(cls, value: JsonValue, path: str, violations: list[Violation], *, strict: bool) -> Self:
        if not isinstance(value, dict):
            violations.append(Violation(path, "must be an object"))
            return cls()
        table = _table_of(cls)
        found: set[str] = set()
        seen: list[str] = []
        given: dict[str, typing.Any] = {}  # each fits its member
        unknown: JsonObject = {}
        for name, inner in value.items():
            folded = table.folded.get(name) or fold(name)
            if folded in found:
                violations.append(Violation(path, "has two names for one member, which differ only in their casing"))
            found.add(folded)
            member = table.by_name.get(folded)
            # The type that it nearly always has is compared here: a call for each member is felt.
            fits = member is not None and (type(inner) is member.on_wire or member.fits(inner))
            if member is None or not (strict or fits):
                unknown[name] = inner
                continue
            seen.append(member.wire_name)
            if inner is None:
                continue
            if not fits:
                violations.append(Violation(_inside(path, member), f"must be {member.word}"))
            elif member.shape is not None:
                read = member.shape._read(inner, _inside(path, member), violations, strict=strict)
                given[member.python_name] = read
            else:
                given[member.python_name] = inner
        shape = cls(**given)
        shape._seen, shape._unknown = frozenset(seen), unknown
        return shape

    def __eq__(self, other: object) -> bool:
        """Equal if every member, known or not, has the same value; null and absent are the same here."""
        return type(other) is type(self) and self.to_wire(keep_nulls=False) == other.to_wire(keep_nulls=False)

    def __repr__(self) -> str:
        hidden = {f.name for f in fields(self) if not f.repr}
        shown = ((m.python_name, value) for m, value in self.member_values() if m.python_name not in hidden)
        return shortened(f"{type(self).__name__}({', '.join(f'{name}={v!r}' for name, v in shown if not _blank(v))})")


def _inside(path: str, member: Member) -> str:
    return f"{path}.{member.wire_name}" if path else member.wire_name


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, Shape) and value.is_blank)


class _Table(NamedTuple):
    """What a class of shapes is, worked out once.

    by_name: its members by their folded names. folded: those names by the two spellings that are the usual ones.
    wire_names, pascal_names: of the members, in their order.
    values_of: gives the values of one shape, in the same order.
    """

    members: tuple[Member, ...]
    by_name: dict[str, Member]
    folded: dict[str, str]
    wire_names: tuple[str, ...]
    pascal_names: tuple[str, ...]
    values_of: Callable[[Shape], tuple[JsonValue | Shape, ...]]


_TABLES: dict[type[Shape], _Table] = {}


def members_of(shape: type[Shape]) -> dict[str, Member]:
    """The members of `shape` by their folded names, in their order on the wire: its own, then those of its base."""
    return _table_of(shape).by_name


def _table_of(shape: type[Shape]) -> _Table:
    table = _TABLES.get(shape)
    return _make_table(shape) if table is None else table


def _make_table(shape: type[Shape]) -> _Table:
    hints = typing.get_type_hints(shape)
    names = [name for kind in shape.__mro__ for name in inspect.get_annotations(kind) if name in _names(shape)]
    members = tuple(_member(name, hints[name]) for name in names)
    # Of one name alone, attrgetter would give no tuple.
    values_of = attrgetter(*names) if len(names) > 1 else lambda shape: tuple(getattr(shape, name) for name in names)
    table = _TABLES[shape] = _Table(
        members=members,
        by_name={fold(member.wire_name): member for member in members},
        folded={name: fold(name) for member in members for name in (member.wire_name, member.pascal_name)},
        wire_names=tuple(member.wire_name for member in members),
        pascal_names=tuple(member.pascal_name for member in members),
        values_of=values_of,
    )
    return table


def _names(shape: type[Shape]) -> set[str]:
    return {f.name for f in fields(shape) if not f.name.startswith("_")}


def _member(python_name: str, hint: object) -> Member:
    expects = _expected_type(hint)
    wire_name = camel(python_name)
    shape = expects if issubclass(expects, Shape) else None
    word = Shape._WORDS.get(expects, "an object")
    return Member(python_name, wire_name, pascal(wire_name), expects, dict if shape else expects, shape, word)


def _expected_type(hint: object) -> type:
    """The class behind an annotation: `str | None` → str, `list[JsonValue] | None` → list, `Address` → Address."""
    if isinstance(hint, types.UnionType):
        hint = next(choice for choice in typing.get_args(hint) if choice is not types.NoneType)
    origin = typing.get_origin(hint) or hint
    if not isinstance(origin, type):
        raise TypeError(f"{hint!r} is not the type of a member")
    return origin
