"""Entries of the journal for people: a line for each, or all of one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from rich.text import Text

from partnercenter.cli.local.journal.entries import Entry, Line
from partnercenter.cli.output import console

_STYLES = ((500, "red"), (400, "yellow"), (200, "green"))


def print_line(entry: Entry) -> None:
    """One line, in columns that stand below each other though each is printed on its own."""
    fault = f"  fault {entry.fault}" if entry.fault else ""
    text = Text.assemble(
        (f"{entry.sequence:>5}  {entry.time}  ", "dim"),
        (f"{entry.status or '-':>3}", _style(entry.status)),
        f"  {entry.milliseconds:>8.1f} ms  {entry.method:<6}  {entry.target}",
        (fault, "magenta"),
    )
    console().print(text)


def print_entry(entry: Entry) -> None:
    """The request and its answer, as they were but for secrets."""
    console().print(
        Text(f"{entry.sequence}: {entry.time}, {entry.milliseconds:.1f} ms{_known(entry)}", "bold"),
    )
    for line in _message(f"{entry.method} {entry.target}", entry.headers, entry.body, ">"):
        console().print(line)
    answered = str(entry.status) if entry.status else "(no answer)"
    for line in _message(answered, entry.response_headers, entry.response_body, "<"):
        console().print(line)


def _known(entry: Entry) -> str:
    facts = {"operation": entry.operation, "tenant": entry.tenant, "fault": entry.fault}
    return "".join(f", {name} {value}" for name, value in facts.items() if value)


def _message(first: str, lines: Sequence[Line], body: str, sign: str) -> Iterator[Text]:
    yield Text.assemble((f"{sign} ", "dim"), (first, "bold"))
    for name, value in lines:
        yield Text.assemble((f"{sign} {name}: ", "dim"), value)
    if body:
        yield Text(sign, "dim")
        yield Text(_indented(body))


def _indented(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body


def _style(status: int) -> str:
    return next((style for least, style in _STYLES if status >= least), "red")
