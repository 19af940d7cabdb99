"""The file of `plan` and `apply`, YAML or CSV: from its text to rows, each value with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import click

from partnercenter.cli import yaml_text
from partnercenter.fleet.member_paths import meant
from partnercenter.fleet.rows import Cell, FileRefusedError, Row, Written
from partnercenter.fleet.wanted import WantedPartner, path_problem, read_rows

LONGEST_FILE = 32 * 1024 * 1024
"""Bytes: some hundred thousand partners."""

_MOST_SHOWN = 20
_EXAMPLE = 'as in: partners: [{tenant: contoso.com, billing: {purchaseOrderNumber: "9321"}}]'


def read_file(path: Path) -> list[WantedPartner]:
    """What the file at `path` wants. click.UsageError that names every problem with its line; OSError."""
    with path.open("rb") as file:
        text = file.read(LONGEST_FILE + 1)
    if len(text) > LONGEST_FILE:
        raise click.UsageError(f"{path} is longer than {LONGEST_FILE >> 20} MiB.")
    rows = _csv_rows if path.suffix.lower() == ".csv" else _yaml_rows
    try:
        return read_rows(rows(text, str(path)))
    except FileRefusedError as error:
        raise refused(path, error.problems) from None


def refused(path: Path, problems: list[str]) -> click.UsageError:
    """The error that says what is wrong with the file, not more of it than a screen can hold."""
    shown = problems[:_MOST_SHOWN]
    more = len(problems) - len(shown)
    lines = [f"{path} cannot be carried out:", *(f"  {problem}" for problem in shown)]
    return click.UsageError("\n".join([*lines, f"  and {more} more."] if more else lines))


def _yaml_rows(text: bytes, what: str) -> Iterator[Row]:
    document = yaml_text.tree(text, what)
    if not isinstance(document, yaml_text.Mapping) or list(document.members) != ["partners"]:
        raise click.UsageError(f"{what} has to be an object with the one member partners, {_EXAMPLE}")
    partners = document.members["partners"]
    if not isinstance(partners, yaml_text.Sequence):
        raise click.UsageError(f"{what} has no list of partners, {_EXAMPLE}")
    for node in partners.items:
        yield _yaml_row(node, what)


def _yaml_row(node: yaml_text.Node, what: str) -> Row:
    tenant = node.members.get("tenant") if isinstance(node, yaml_text.Mapping) else None
    if not isinstance(node, yaml_text.Mapping) or not isinstance(tenant, yaml_text.Scalar) or not tenant.is_text:
        raise click.UsageError(f"{what}, line {node.line}: a partner names its tenant as a text, {_EXAMPLE}")
    cells: list[Cell] = []
    for word, inner in node.members.items():
        if word == "tenant":
            continue
        if not isinstance(inner, yaml_text.Mapping):
            said = f"{word} is no object of members.{meant(word, ['tenant'])}"
            raise click.UsageError(f"{what}, line {node.name_lines[word]}: {said} Write it {_EXAMPLE}")
        cells += _cells(inner, word, what)
    return Row(tenant.text, node.line, tuple(cells))


def _cells(node: yaml_text.Mapping, path: str, what: str) -> Iterator[Cell]:
    for name, value in node.members.items():
        inside = f"{path}.{name}"
        if isinstance(value, yaml_text.Mapping):
            yield from _cells(value, inside, what)
        elif isinstance(value, yaml_text.Sequence):
            raise click.UsageError(f"{what}, line {value.line}: {inside} is a list; no member of a profile is one.")
        else:
            written = Written.NULL if value.is_null else Written.TEXT if value.is_text else Written.PLAIN
            yield Cell(inside, value.text, written, value.line)


def _csv_rows(text: bytes, what: str) -> Iterator[Row]:
    try:
        lines = io.StringIO(text.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        raise click.UsageError(f"{what} is not UTF-8. Save it as CSV UTF-8.") from None
    reader = csv.reader(lines, strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
        _check_columns(columns, what)
        for cells in reader:
            if any(cells):
                yield _csv_row(columns, cells, reader.line_num, what)
    except csv.Error as error:
        raise click.UsageError(f"{what}, line {reader.line_num}: {error}.") from None


def _check_columns(columns: list[str], what: str) -> None:
    if "tenant" not in columns:
        semicolons = " Its columns seem to stand between semicolons." if any(";" in one for one in columns) else ""
        raise click.UsageError(
            f"{what} has no column tenant. It is CSV with commas, and its first line names the columns: "
            f"tenant,billing.purchaseOrderNumber,billing.address.city.{semicolons}"
        )
    twice = [f"line 1: the column {one} stands twice." for one in columns if columns.count(one) > 1]
    unknown = [f"line 1: {column}: {path_problem(column)}" for column in columns if _is_unknown(column)]
    if twice or unknown:
        raise FileRefusedError([*dict.fromkeys(twice), *unknown])


def _is_unknown(column: str) -> bool:
    return column != "tenant" and path_problem(column) is not None


def _csv_row(columns: list[str], cells: list[str], line: int, what: str) -> Row:
    if len(cells) != len(columns):
        raise click.UsageError(f"{what}, line {line}: there are {len(columns)} columns, and here stand {len(cells)}.")
    given = dict(zip(columns, cells, strict=True))
    tenant = given.pop("tenant").strip()
    return Row(
        tenant,
        line,
        tuple(
            Cell(path, text, Written.NULL if text == "null" else Written.CELL, line)
            for path, text in given.items()
            if text
        ),
    )
