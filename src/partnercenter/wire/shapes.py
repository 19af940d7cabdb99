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
from typing import ClassVar, NamedTuple, Self

from partnercenter.wire.casing import Casing, camel, fold, pascal
from partnercenter.wire.json_text import JsonObject, JsonValue


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
    """How one field of a shape stands on the wire."""

    python_name: str
    wire_name: str
    pascal_name: str
    expects: type
    word: str

    def fits(self, value: JsonValue) -> bool:
        """Whether `value` is of the type that this member has; null always is."""
        expects = dict if issubclass(self.expects, Shape) else self.expects
        # In Python true is a whole number, too; on the wire it is not.
        return value is None or (isinstance(value, expects) and isinstance(value, bool) == (expects is bool))


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
        written: JsonObject = {}
        for member in members_of(type(self)).values():
            value = self._value_on_wire(member, casing, keep_nulls)
            if value is not None or (keep_nulls and member.wire_name in (self._seen or ())):
                written[member.pascal_name if casing is Casing.PASCAL else member.wire_name] = value
        given = {fold(name) for name, value in written.items() if value is not None}
        return written | {name: value for name, value in self._unknown.items() if fold(name) not in given}

    @classmethod
    def members(cls) -> list[Member]:
        """The members of this shape in their order on the wire."""
        return list(members_of(cls).values())

    @property
    def is_seen(self) -> bool:
        """Whether any known member stood on the wire when this was read, be it null."""
        return bool(self._seen)

    @property
    def is_blank(self) -> bool:
        """Whether no member of this has a value."""
        return not self._unknown and all(_blank(getattr(self, m.python_name)) for m in members_of(type(self)).values())

    def unknown_at(self, path: str = "") -> list[str]:
        """The paths of the objects that hold members which their classes do not know; "" is this one."""
        found = [path] if self._unknown else []
        for member in members_of(type(self)).values():
            value = getattr(self, member.python_name)
            if isinstance(value, Shape):
                found += value.unknown_at(f"{path}.{member.wire_name}" if path else member.wire_name)
        return found

    def forget_unknown(self) -> None:
        """Leave out the members that the classes do not know, at every depth."""
        self._unknown = {}
        for member in members_of(type(self)).values():
            value = getattr(self, member.python_name)
            if isinstance(value, Shape):
                value.forget_unknown()

    def _value_on_wire(self, member: Member, casing: Casing, keep_nulls: bool) -> JsonValue:
        value = getattr(self, member.python_name)
        if isinstance(value, Shape):
            # Blank and never read from an object: it was null or absent. An object of nulls stays an object.
            return None if value.is_blank and value._seen is None else value.to_wire(casing, keep_nulls=keep_nulls)
        return typing.cast("JsonValue", value)

    @classmethod
    def _read(cls, value: JsonValue, path: str, violations: list[Violation], *, strict: bool) -> Self:
        shape = cls()
        if not isinstance(value, dict):
            violations.append(Violation(path, "must be an object"))
            return shape
        known = members_of(cls)
        found: set[str] = set()
        seen: set[str] = set()
        for name, inner in value.items():
            folded = fold(name)
            if folded in found:
                violations.append(Violation(path, "has two names for one member, which differ only in their casing"))
            found.add(folded)
            member = known.get(folded)
            if member is None or not (strict or member.fits(inner)):
                shape._unknown[name] = inner
                continue
            seen.add(member.wire_name)
            inner_path = f"{path}.{member.wire_name}" if path else member.wire_name
            if not member.fits(inner):
                violations.append(Violation(inner_path, f"must be {member.word}"))
            elif issubclass(member.expects, Shape) and inner is not None:
                setattr(shape, member.python_name, member.expects._read(inner, inner_path, violations, strict=strict))
            elif inner is not None:
                setattr(shape, member.python_name, inner)
        shape._seen = frozenset(seen)
        return shape

    def __eq__(self, other: object) -> bool:
        """Equal if every member, known or not, has the same value; null and absent are the same here."""
        return type(other) is type(self) and self.to_wire(keep_nulls=False) == other.to_wire(keep_nulls=False)

    def __repr__(self) -> str:
        hidden = {f.name for f in fields(self) if not f.repr}
        names = [m.python_name for m in members_of(type(self)).values() if m.python_name not in hidden]
        shown = ((name, getattr(self, name)) for name in names)
        return f"{type(self).__name__}({', '.join(f'{name}={v!r}' for name, v in shown if not _blank(v))})"


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, Shape) and value.is_blank)


_TABLES: dict[type[Shape], dict[str, Member]] = {}


def members_of(shape: type[Shape]) -> dict[str, Member]:
    """The members of `shape` by their folded names, in their order on the wire: its own, then those of its base."""
    table = _TABLES.get(shape)
    if table is None:
        hints = typing.get_type_hints(shape)
        names = [name for kind in shape.__mro__ for name in inspect.get_annotations(kind) if name in _names(shape)]
        members = [_member(name, hints[name]) for name in names]
        table = _TABLES[shape] = {fold(member.wire_name): member for member in members}
    return table


def _names(shape: type[Shape]) -> set[str]:
    return {f.name for f in fields(shape) if not f.name.startswith("_")}


def _member(python_name: str, hint: object) -> Member:
    expects = _expected_type(hint)
    wire_name = camel(python_name)
    return Member(python_name, wire_name, pascal(wire_name), expects, Shape._WORDS.get(expects, "an object"))


def _expected_type(hint: object) -> type:
    """The class behind an annotation: `str | None` → str, `list[JsonValue] | None` → list, `Address` → Address."""
    if isinstance(hint, types.UnionType):
        hint = next(choice for choice in typing.get_args(hint) if choice is not types.NoneType)
    origin = typing.get_origin(hint) or hint
    if not isinstance(origin, type):
        raise TypeError(f"{hint!r} is not the type of a member")
    return origin
