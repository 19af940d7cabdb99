"""How results are printed: a table for people, JSON and YAML for programs; colours only on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TypeVar

import click
from rich.console import Console
from rich.text import Text

from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.masking import masked
from partnercenter.wire.shapes import Shape

F = TypeVar("F", bound=Callable[..., None])

_HIDDEN = ("links.", "attributes.objectType", "profileType")


class Format(Enum):
    """What `-o` takes."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"


def output_option(function: F) -> F:
    """The option `-o`, the same for every verb."""
    return click.option(
        "-o",
        "--output",
        "output",
        type=click.Choice([choice.value for choice in Format], case_sensitive=False),
        default=Format.TABLE.value,
        callback=lambda _context, _parameter, typed: Format(typed),
        show_default=True,
        help="How to print the result.",
    )(function)


def console() -> Console:
    """Where results go: coloured on a terminal, plain in a pipe, and never cut or wrapped."""
    return Console(highlight=False, soft_wrap=True)


def show(document: JsonObject, output: Format) -> None:
    """Print a JSON object in the format asked for."""
    if output is Format.JSON:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    elif output is Format.YAML:
        import yaml

        click.echo(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), nl=False)
    else:
        show_rows((path, Text(text)) for path, text in leaves(document) if not path.startswith(_HIDDEN))


def show_rows(rows: Iterable[tuple[str, Text]]) -> None:
    """Print two aligned columns: a dimmed name and its value."""
    kept = list(rows)
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        console().print(Text.assemble((name.ljust(width), "dim"), "  ", value))


def show_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns below their titles. A pipe has no width, so no column is ever cut to fit one."""
    lines = [titles, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        text = "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        console().print(Text(text, "" if number else "bold"))


def document_of(shape: Shape) -> JsonObject:
    """A shape as programs read it: camelCase, without nulls."""
    return shape.to_wire(keep_nulls=False)


def leaves(value: JsonValue, path: str = "") -> Iterator[tuple[str, str]]:
    """Every member that has a value, as a path (`address.city`) and a text for a person: tax ids masked."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif value not in (None, []):
        yield path, _readable(path, value)


def _readable(path: str, value: JsonValue) -> str:
    if value == "":
        return "(empty)"
    text = value if isinstance(value, str) else json.dumps(value)
    return masked(text) if path == "taxId" else text
