"""A profile as the console sample of the .NET SDK prints it: a line for each member, objects inside set in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from rich.text import Text

from partnercenter.cli.output import console
from partnercenter.wire.casing import Casing
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.masking import masked
from partnercenter.wire.profiles import Profile

_INDENT, _RULE = 4 * " ", 90 * "-"
_OBJECT, _MEMBER = "bold yellow", "yellow"  # as the original has them: ConsoleColor Yellow and DarkYellow


def print_profile(profile: Profile, title: str = "") -> None:
    """Print `profile`; with a title, that one above and a rule before and after, and the members set in."""
    document = profile.to_wire(Casing.PASCAL, keep_nulls=False)
    lines = list(_members(document, _INDENT if title else ""))
    for line in [Text(title), Text(_RULE), *lines, Text(_RULE)] if title else lines:
        console().print(line)


def _members(document: JsonObject, indent: str) -> Iterator[Text]:
    """A line for each member of `document` and of what is inside it; none for a null."""
    for name, value in document.items():
        if isinstance(value, dict):
            yield Text(f"{indent}{name}:", _OBJECT)
            yield from _members(value, indent + _INDENT)
        elif isinstance(value, list):
            yield Text(f"{indent}{name}:", _OBJECT)
            yield from _elements(value, indent + _INDENT)
        elif value is not None:
            yield Text.assemble((f"{indent}{name}: ", _MEMBER), _readable(name, value))


def _elements(values: Iterable[JsonValue], indent: str) -> Iterator[Text]:
    for value in values:
        if isinstance(value, dict):
            yield from _members(value, indent)
        else:
            yield Text(f"{indent}{_readable('', value)}")


def _readable(name: str, value: JsonValue) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return masked(text) if name == "TaxId" else text
