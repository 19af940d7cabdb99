"""The file of `plan` and `apply`, YAML or CSV: from its text to rows, each value with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import click

from partnercenter.cli import yaml_text
from partnercenter.fleet.kinds import KINDS
from partnercenter.fleet.member_paths import meant
from partnercenter.fleet.rows import Cell, FileRefusedError, Row, Written
from partnercenter.fleet.wanted import WantedPartner, object_problem, path_problem, read_rows

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
    read = _csv_rows if path.suffix.lower() == ".csv" else _yaml_rows
    problems, rows = read(text, str(path))
    try:
        return read_rows(rows, problems)
    except FileRefusedError as error:
        raise refused(path, error.problems) from None


def refused(path: Path, problems: list[str]) -> click.UsageError:
    """The error that says what is wrong with the file, not more of it than a screen can hold."""
    shown = problems[:_MOST_SHOWN]
    more = len(problems) - len(shown)
    lines = [f"{path} cannot be carried out:", *(f"  {problem}" for problem in shown)]
    return click.UsageError("\n".join([*lines, f"  and {more} more."] if more else lines))


class _Reader(Protocol):
    """A csv.reader, whose class the standard library does not name before Python 3.13."""

    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[list[str]]: ...


_Found = tuple[list[str], Iterator[Row]]
"""What is wrong with the file as a whole, and its rows."""


def _yaml_rows(text: bytes, what: str) -> _Found:
    document = yaml_text.tree(text, what)
    if not isinstance(document, yaml_text.Mapping) or "partners" not in document.members:
        raise click.UsageError(f"{what} has to be an object with the one member partners, {_EXAMPLE}")
    partners = document.members["partners"]
    if not isinstance(partners, yaml_text.Sequence):
        raise click.UsageError(f"{what} has no list of partners, {_EXAMPLE}")
    problems = [
        f"line {line}: {name}: There is no such member; the file has the one member partners."
        for name, line in document.name_lines.items()
        if name != "partners"
    ]
    return problems, map(_yaml_row, partners.items)


def _yaml_row(node: yaml_text.Node) -> Row:
    problems: list[str] = []
    members = node.members if isinstance(node, yaml_text.Mapping) else {}
    tenant = members.get("tenant")
    name = tenant.text if isinstance(tenant, yaml_text.Scalar) and tenant.is_text else None
    if name is None:
        problems.append(f"line {node.line}: a partner names its tenant as a text, {_EXAMPLE}")
    cells: list[Cell] = []
    for word, inner in members.items():
        if word == "tenant":
            continue
        if isinstance(inner, yaml_text.Mapping):
            cells += _cells(inner, word, problems)
        else:
            line = node.name_lines[word] if isinstance(node, yaml_text.Mapping) else node.line
            close = "" if word in KINDS else meant(word, ["tenant", *KINDS])
            problems.append(f"line {line}: {word} is no object of members.{close} Write it {_EXAMPLE}")
    return Row(name, node.line, tuple(cells), tuple(problems))


def _cells(node: yaml_text.Mapping, path: str, problems: list[str]) -> Iterator[Cell]:
    # Without a member there is no cell whose path would be looked at.
    if not node.members and (why := object_problem(path)) is not None:
        problems.append(f"line {node.line}: {path}: {why}")
    for name, value in node.members.items():
        inside = f"{path}.{name}"
        if isinstance(value, yaml_text.Mapping):
            yield from _cells(value, inside, problems)
        elif isinstance(value, yaml_text.Sequence):
            problems.append(f"line {value.line}: {inside} is a list; no member of a profile is one.")
        else:
            written = Written.NULL if value.is_null else Written.TEXT if value.is_text else Written.PLAIN
            yield Cell(inside, value.text, written, value.line)


def _csv_rows(text: bytes, what: str) -> _Found:
    try:
        lines = io.StringIO(text.decode("utf-8-sig"), newline="")
    except UnicodeDecodeError:
        raise click.UsageError(f"{what} is not UTF-8. Save it as CSV UTF-8.") from None
    reader = csv.reader(lines, strict=True)
    try:
        columns = [column.strip() for column in next(reader, [])]
    except csv.Error as error:
        raise click.UsageError(f"{what}, line {reader.line_num}: {error}.") from None
    if "tenant" not in columns and not any(column.partition(".")[0] in KINDS for column in columns):
        raise click.UsageError(f"{what} has {_no_tenant(columns)}")
    missing = [] if "tenant" in columns else [f"line 1: there is {_no_tenant(columns)}"]
    twice = [f"line 1: the column {one} stands twice." for one in columns if columns.count(one) > 1]
    unknown = {
        column: f"line 1: {column}: {why}{meant(column, ['tenant']) if missing else ''}"
        for column in columns
        if column != "tenant" and (why := path_problem(column)) is not None
    }
    return [*missing, *twice, *unknown.values()], _csv_body(reader, columns, unknown)


def _no_tenant(columns: list[str]) -> str:
    semicolons = " Its columns seem to stand between semicolons." if any(";" in one for one in columns) else ""
    return (
        "no column tenant. It is CSV with commas, and its first line names the columns: "
        f"tenant,billing.purchaseOrderNumber,billing.address.city.{semicolons}"
    )


def _csv_body(reader: _Reader, columns: list[str], unknown: Mapping[str, str]) -> Iterator[Row]:
    try:
        for cells in reader:
            if any(cells):
                yield _csv_row(columns, cells, reader.line_num, unknown)
    except csv.Error as error:
        yield Row(None, reader.line_num, (), (f"line {reader.line_num}: {error}.",))


def _csv_row(columns: list[str], cells: list[str], line: int, unknown: Mapping[str, str]) -> Row:
    """unknown: what is wrong with columns that lead nowhere; their cells are not judged."""
    if len(cells) != len(columns):
        # Nobody knows which cell is too much, so none is judged.
        return Row(None, line, (), (f"line {line}: there are {len(columns)} columns, and here stand {len(cells)}.",))
    given = {path: text for path, text in zip(columns, cells, strict=True) if text}
    tenant = given.pop("tenant", "").strip() if "tenant" in columns else None
    return Row(
        tenant,
        line,
        tuple(
            Cell(path, text, Written.NULL if text == "null" else Written.CELL, line)
            for path, text in given.items()
            if path not in unknown
        ),
        tuple(unknown[path] for path in given if path in unknown),
    )
