"""YAML (JSON is YAML, too) as people write it, read without its traps: one meaning, no surprise, and where it stands.

An alias repeats what it names, and a few dozen of them fill every memory: refused. So is a name that stands twice in
one object, of which YAML takes the last, and nesting that nobody writes by hand. The text is taken event by event, so
that no depth of it can exhaust the stack.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import click
import yaml

from partnercenter.wire.json_text import DEEPEST, JsonValue

_STRING = "tag:yaml.org,2002:str"
# libyaml reads ten thousand partners in a second, PyYAML's own parser in fifteen; some builds lack the former.
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as it is written.

    text: its characters, without quotes. tag: what YAML takes it for. line: from 1.
    """

    text: str
    tag: str
    line: int

    @property
    def is_text(self) -> bool:
        """Whether it is a text for YAML: in quotes, or like nothing else."""
        return self.tag == _STRING

    @property
    def is_null(self) -> bool:
        """Whether it is null, `~` or nothing at all."""
        return self.tag == "tag:yaml.org,2002:null"


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list. line: where it begins."""

    items: list[Node]
    line: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """An object. line: where it begins. name_lines: that of each name."""

    members: dict[str, Node]
    line: int
    name_lines: dict[str, int]


Node: TypeAlias = Scalar | Sequence | Mapping


def tree(text: bytes, what: str) -> Node | None:
    """What `text` says, with the line of each value; None if it says nothing. what: begins the sentences of refusals.

    Raises click.UsageError, in one line, for what is no YAML, for more than one document, an alias, a name that stands
    twice, and nesting deeper than DEEPEST.
    """
    try:
        events = iter(yaml.parse(text, Loader=_LOADER))
        return _document(events, what)
    except yaml.YAMLError as error:
        why = f"is not YAML: {' '.join(str(error).split())}"
    except (ValueError, KeyError, TypeError, AttributeError):  # what PyYAML raises for a tag that it does not know
        why = "has a value that is not what YAML takes it for. Put texts in quotes."
    raise click.UsageError(f"{what} {why}")


def read(text: bytes, what: str) -> JsonValue:
    """The value of `text` that JSON can carry (RFC 8259): finite numbers, texts without lone surrogates.

    what: begins the sentences of refusals, as in "The plan". Raises click.UsageError as `tree` does.
    """
    node = tree(text, what)
    return None if node is None else _value(node, what)


def _document(events: Iterator[yaml.Event], what: str) -> Node | None:
    found: Node | None = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent) and found is not None:
            raise click.UsageError(f"{what} has two documents (a line ---). Write one.")
        if isinstance(event, yaml.NodeEvent):
            found = _node(event, events, what, DEEPEST)
    return found


def _node(event: yaml.Event, events: Iterator[yaml.Event], what: str, levels_left: int) -> Node:
    line = event.start_mark.line + 1 if event.start_mark else 0
    if isinstance(event, yaml.AliasEvent):
        raise click.UsageError(f"{what} has an alias (*name) in line {line}. Write out what it stands for.")
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, line)
    if levels_left == 0:
        raise click.UsageError(f"{what} is nested deeper than {DEEPEST} levels.")
    if isinstance(event, yaml.SequenceStartEvent):
        return Sequence(list(_items(events, what, levels_left - 1)), line)
    return _mapping(line, events, what, levels_left - 1)


def _items(events: Iterator[yaml.Event], what: str, levels_left: int) -> Iterator[Node]:
    for event in events:
        if isinstance(event, yaml.SequenceEndEvent):
            return
        yield _node(event, events, what, levels_left)


def _mapping(line: int, events: Iterator[yaml.Event], what: str, levels_left: int) -> Mapping:
    mapping = Mapping({}, line, {})
    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        name = _node(event, events, what, levels_left)
        if not isinstance(name, Scalar) or not name.is_text or not _is_unicode(name.text):
            said = name.text[:40] if isinstance(name, Scalar) else "a list or an object"
            raise click.UsageError(f"{what} has a member name that is no text: {said!a}, in line {name.line}.")
        if name.text in mapping.members:
            raise click.UsageError(f"{what} has {name.text[:40]!a} twice in one object, again in line {name.line}.")
        mapping.name_lines[name.text] = name.line
        mapping.members[name.text] = _node(next(events), events, what, levels_left)
    return mapping


def _scalar(event: yaml.ScalarEvent, line: int) -> Scalar:
    if event.tag and event.tag != "!":
        return Scalar(event.value, event.tag, line)
    is_plain, _ = event.implicit
    return Scalar(event.value, _tag_of_plain(event.value) if is_plain else _STRING, line)


def _tag_of_plain(text: str) -> str:
    """What YAML takes a text without quotes for."""
    kinds = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], [])
    return next((tag for tag, pattern in kinds if pattern.match(text)), _STRING)


def _value(node: Node, what: str) -> JsonValue:
    if isinstance(node, Sequence):
        return [_value(item, what) for item in node.items]
    if isinstance(node, Mapping):
        return {name: _value(member, what) for name, member in node.members.items()}
    value = _constructed(node, what)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str) and _is_unicode(value):
        return value
    raise click.UsageError(f"{what} has a value that JSON cannot carry: {str(value)[:40]!a}.")


def _constructed(scalar: Scalar, what: str) -> object:
    """What YAML makes of a value: 12 of `12`, a date of `2026-01-01`."""
    node = yaml.ScalarNode(scalar.tag, scalar.text)
    try:
        made: object = yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, KeyError, TypeError, AttributeError):  # PyYAML's for 2026-99-99 or `!!bool x`
        pass
    else:
        return made
    raise click.UsageError(f"{what} has a value that is not what YAML takes it for. Put texts in quotes.")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
