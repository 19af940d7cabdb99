"""A profile as the YAML or JSON text that a person writes: read without surprises, and put onto a profile."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from functools import partial

import click

from partnercenter.cli import yaml_text
from partnercenter.cli.profile import assignments
from partnercenter.wire import json_text
from partnercenter.wire.casing import fold
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.masking import masked
from partnercenter.wire.profiles import P, Profile
from partnercenter.wire.shapes import Member, Shape, Violation, members_of

_LONGEST = 64 * 1024  # as long as a body that the service takes (decision 30)
_MUST_BE = {str: "must be text", int: "must be a whole number"}


class ProfileTextError(Exception):
    """A text does not say what a profile is to be.

    violations: every reason that was found; none quotes a value.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("\n".join(map(str, self.violations)))


def read(text: str) -> JsonObject:
    """The members that `text`, YAML or JSON, names. Raises ProfileTextError, which shows the line, if it is neither.

    In YAML a value is the text that stands there: 0123 is no number here, and `no` is no falsehood.
    """
    if text.lstrip().startswith("{"):
        try:
            return _object(json_text.read_strict(text.encode()))
        except (json_text.JsonTextError, UnicodeEncodeError):
            pass  # an object in YAML may begin alike
    if len(text) > _LONGEST:
        raise _broken(f"The text is longer than {_LONGEST // 1024} Ki characters.")
    try:
        return _object(_value(yaml_text.tree(text.encode(), "The text")))
    except click.UsageError as error:
        raise _broken(error.message) from None


def put_onto(profile: P, document: JsonObject, read_only: Sequence[str], *, whole: bool) -> P:
    """A copy of `profile` with the values of `document`.

    read_only: members that the service sets; `document` may name them, and they stay.
    whole: whether a member that `document` does not name has no value then; else it stays.
    A tax id that is masked stays, too. Raises ProfileTextError for unknown members and values of another type.
    """
    changed, violations = _put(profile, document, read_only, whole=whole)
    if violations:
        raise ProfileTextError(violations)
    return changed


def violations_of(blank: Profile, document: JsonObject, read_only: Sequence[str]) -> list[Violation]:
    """Everything that is wrong with `document` as a whole profile: its text, and what the rules say of the rest.

    blank: a profile of its class without values. read_only: as for `put_onto`.
    """
    read, violations = _put(blank, document, read_only, whole=True)
    # A member that could not be read has no value now, which is not what is wrong with it.
    unread = [violation.member for violation in violations if violation.member]
    return violations + [told for told in read.validate() if not any(map(partial(_is_in, told.member), unread))]


def _is_in(path: str, owner: str) -> bool:
    return path == owner or path.startswith(f"{owner}.")


def _put(profile: P, document: JsonObject, read_only: Sequence[str], *, whole: bool) -> tuple[P, list[Violation]]:
    """As `put_onto`, but with what is wrong beside the members that are not."""
    kept = (*assignments.READ_ONLY, *read_only)
    violations = list(_unknown(profile, document, kept))
    changed = copy.deepcopy(profile)
    for path, member in assignments.paths_of(type(profile), read_only):
        is_named, value = _at(document, path.split("."))
        if not (is_named or whole):
            continue
        try:
            typed = _typed(member, value)
        except ValueError:
            violations.append(Violation(path, _MUST_BE[member.expects]))
            continue
        if not _is_masked_copy(path, typed, assignments.value_at(profile, path)):
            assignments.put(changed, path, typed)
    return changed, violations


def read_file(path: str) -> JsonObject:
    """The members that a file names; `-` is standard input. click.UsageError if it cannot be read."""
    try:
        with click.open_file(path, encoding="utf-8-sig") as file:
            return read(file.read())
    except ProfileTextError as error:
        raise click.UsageError(f"{path}: {error}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{path}: The text is not UTF-8.") from None
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}.") from None


def is_whole(document: JsonObject) -> bool:
    """Whether `document` is a profile as `get -o` prints it, where a member that is missing has no value."""
    return any(fold(name) == "attributes" for name in document)


def _object(value: JsonValue) -> JsonObject:
    if not isinstance(value, dict):
        raise _broken("The text is no object. Write its members as name: value.")
    return value


def _broken(said: str) -> ProfileTextError:
    # A brace in it would be taken for the name of a fact.
    return ProfileTextError([Violation("", said.replace("{", "{{").replace("}", "}}"))])


def _value(node: yaml_text.Node | None) -> JsonValue:
    match node:
        case yaml_text.Scalar():
            return None if node.is_null else node.text
        case yaml_text.Sequence():
            return [_value(item) for item in node.items]
        case yaml_text.Mapping():
            _require_unique(node)
            return {name: _value(member) for name, member in node.members.items()}
    return None


def _require_unique(node: yaml_text.Mapping) -> None:
    """Raise ProfileTextError for two names that mean one member, which differ only in their casing."""
    found: set[str] = set()
    for name, line in node.name_lines.items():
        if fold(name) in found:
            raise _broken(f"The text has {name[:40]!a} twice in one object, again in line {line}.")
        found.add(fold(name))


def _unknown(shape: Shape, document: JsonObject, kept: Sequence[str], inside: str = "") -> Iterator[Violation]:
    """What `document` names that `shape` does not have, and objects that are none."""
    known, carried = members_of(type(shape)), set(map(fold, shape.unknown))
    for name, value in document.items():
        member = known.get(fold(name))
        path = f"{inside}{name}"
        if member is None:
            if fold(name) not in carried:
                names = ", ".join(other.wire_name for other in known.values() if other.wire_name not in kept)
                yield Violation("", "{path} is no member; there are {names}", {"path": path[:80], "names": names})
        elif member.shape is not None and member.wire_name not in kept and value is not None:
            owner = getattr(shape, member.python_name)
            if isinstance(value, dict) and isinstance(owner, Shape):
                yield from _unknown(owner, value, (), f"{member.wire_name}.")
            else:
                yield Violation(path, "must be an object")


def _at(document: JsonObject, path: Sequence[str]) -> tuple[bool, JsonValue]:
    """Whether `document` names the member at `path`, and its value."""
    for name, value in document.items():
        if fold(name) == fold(path[0]):
            if len(path) == 1:
                return True, value
            return _at(value, path[1:]) if isinstance(value, dict) else (True, None)
    return False, None


def _typed(member: Member, value: JsonValue) -> str | int | None:
    """`value` as `member` takes it. ValueError if it cannot."""
    if value is None:
        return None
    if member.expects is int:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            raise ValueError
        return int(value)
    if not isinstance(value, str):
        raise ValueError  # noqa: TRY004 - the caller tells no difference
    return value


def _is_masked_copy(path: str, value: JsonValue, stored: JsonValue) -> bool:
    return path == "taxId" and isinstance(stored, str) and value == masked(stored)
