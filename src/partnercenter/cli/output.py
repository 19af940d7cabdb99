"""How results are printed: a table for people, JSON, YAML and TSV for programs; colours only on a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

import click

from partnercenter.cli import query
from partnercenter.wire.casing import fold
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.masking import masked
from partnercenter.wire.shapes import Shape

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

F = TypeVar("F", bound=Callable[..., None])

_HIDDEN = ("links.", "attributes.objectType", "profileType")
# A cell is one cell, and a row one line, whatever is in it; the signs are those of PostgreSQL's COPY.
_TSV_SIGNS = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


class Format(Enum):
    """What `-o` takes; and PICKED, which it does not: a table of whatever `--query` picks."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    TSV = "tsv"
    PICKED = "picked"


def output_option(function: F) -> F:
    """The options `-o` and `--query`, the same for every verb. Its `output` is all that the verb has to know."""
    with_query = click.option(
        "--query",
        metavar="EXPR",
        is_eager=True,  # before -o, which has to know
        expose_value=False,
        callback=query.read_query,
        help="Print only what this JMESPath expression picks, as in address.city.",
    )(function)
    return click.option(
        "-o",
        "--output",
        "output",
        type=click.Choice([choice.value for choice in Format if choice is not Format.PICKED], case_sensitive=False),
        default=Format.TABLE.value,
        callback=lambda _context, _parameter, typed: _format(Format(typed)),
        show_default=True,
        help="How to print the result.",
    )(with_query)


def _format(typed: Format) -> Format:
    return Format.PICKED if typed is Format.TABLE and query.is_given() else typed


def console(*, err: bool = False) -> Console:
    """Where results go, or notes (`err`): coloured on a terminal, plain in a pipe, and never cut or wrapped."""
    from rich.console import Console  # it takes a while to load, and `--help` and JSON do without

    return Console(highlight=False, soft_wrap=True, stderr=err)


def show(document: JsonValue, output: Format) -> None:
    """Print a JSON value, or what `--query` picks from it, in the format asked for."""
    if output is Format.TABLE:
        from rich.text import Text

        show_rows((path, Text(text)) for path, text in leaves(document) if not path.startswith(_HIDDEN))
        return
    if output is Format.PICKED:
        _show_picked(query.picked(_for_people(document)))
        return
    result = query.picked(document)
    if output is Format.JSON:
        click.echo(json.dumps(result, indent=2, ensure_ascii=False))
    elif output is Format.YAML:
        import yaml

        click.echo(yaml.safe_dump(result, sort_keys=False, allow_unicode=True).removesuffix("...\n"), nl=False)
    else:
        click.echo("".join(f"{line}\n" for line in _tsv(result)), nl=False)


def show_rows(rows: Iterable[tuple[str, Text]], *, err: bool = False) -> None:
    """Print two aligned columns: a dimmed name and its value."""
    from rich.text import Text

    kept = list(rows)
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        console(err=err).print(Text.assemble((name.ljust(width), "dim"), "  ", value))


def show_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print aligned columns below their titles. A pipe has no width, so no column is ever cut to fit one."""
    from rich.text import Text

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
        yield path, readable(path, value)


def readable(path: str, value: JsonValue) -> str:
    """The value of one member as a text for a person: a tax id masked."""
    if value == "":
        return "(empty)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return masked(text) if path == "taxId" else text


def _for_people(value: JsonValue) -> JsonValue:
    """`value` with every tax id masked, so that no expression can print one in a table (decision record 7)."""
    if isinstance(value, list):
        return [_for_people(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    of_tax_id = value.get("member") == "taxId"  # a difference, which has the values under other names
    return {
        name: masked(inner)
        if isinstance(inner, str) and (fold(name) == "taxid" or (of_tax_id and name in ("old", "new")))
        else _for_people(inner)
        for name, inner in value.items()
    }


def _show_picked(value: JsonValue) -> None:
    """The table of any JSON value: an array of objects has a column for each name, all else lines and rows."""
    from rich.text import Text

    if isinstance(value, dict):
        show_rows((path, Text(text)) for path, text in leaves(value))
    elif isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        objects = [row for row in value if isinstance(row, dict)]
        titles = list(dict.fromkeys(name for row in objects for name in row))
        show_table(titles, [[_cell(row.get(name)) for name in titles] for row in objects])
    else:
        lines = value if isinstance(value, list) else [value]
        for line in lines:
            if line is not None:
                console().print(Text("  ".join(map(_cell, line)) if isinstance(line, list) else _cell(line)))


def _tsv(value: JsonValue) -> Iterator[str]:
    """One line for each element of an array, or one for anything else; an object is its values, null is nothing."""
    if value is None:
        return
    for row in value if isinstance(value, list) else [value]:
        cells = list(row.values()) if isinstance(row, dict) else row if isinstance(row, list) else [row]
        yield "\t".join(_cell(cell).translate(_TSV_SIGNS) for cell in cells)


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
