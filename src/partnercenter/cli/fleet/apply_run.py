"""The part of `apply` in which something changes: it is asked for once, reported line by line, and summed up."""

from __future__ import annotations

import json
import shlex
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.fleet.apply_start import Start, read_report, unchanged
from partnercenter.cli.fleet.interruption import finishing
from partnercenter.cli.fleet.manner import Manner
from partnercenter.cli.fleet.printing import code_of_end, show_end, summary_line, summary_of_run, worst
from partnercenter.cli.fleet.progress_bar import progress_bar
from partnercenter.cli.signing_in import production
from partnercenter.client.cloud_guard import is_real_cloud
from partnercenter.fleet.carry_out import Errand
from partnercenter.fleet.moment import moment
from partnercenter.fleet.report import (
    AgreedLine,
    EndedLine,
    PlannedLine,
    Report,
    ReportError,
    ResumedLine,
    encode,
    read,
)
from partnercenter.fleet.report_file import ReportFile
from partnercenter.fleet.run import Conduct, errands, run


def begin(start: Start, place: Path | None, manner: Manner) -> ExitCode:
    """Apply what is planned. place: of the new report; None: beside the file. Raises click.UsageError, OSError."""
    to_change = [line for line in start.lines if isinstance(line, PlannedLine) and line.changes]
    if start.code and not manner.keep_going:
        click.echo("Nothing was applied. Mend the problems, or leave those partners out with --keep-going.", err=True)
        return start.code
    if not to_change:
        click.echo("Nothing to apply.", err=True)
        return start.code
    _confirm(to_change, manner)
    path = place or _beside(start.file)
    lines = [*start.lines, AgreedLine(moment())]
    report = read(lines)
    try:
        writer = ReportFile.create(path, lines)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already. Name another file with --report.") from None
    with writer:
        return worst([start.code, _run(report, writer, errands(report, start.wanted, start.read), manner)])


def go_on(path: Path, file: Path | None, manner: Manner) -> ExitCode:
    """Go on with the run whose report is at `path`. file: where the input is now, None if it did not move."""
    wanted, _ = unchanged(read_report(path)[1], file)
    try:
        writer, report = ReportFile.reopen(path)
    except ReportError as error:
        raise click.UsageError(f"{path}: {error}") from None
    with writer:
        if not report.is_agreed:
            raise click.UsageError(
                f"{path} is a plan, and no report. Apply it: partnercenter apply --plan {shlex.quote(str(path))}"
            )
        to_do = errands(report, wanted, {})
        if not to_do:
            click.echo(f"Nothing is left to do: {summary_line(report)}", err=True)
            return worst(map(code_of_end, report.ended.values()))
        again = sum(errand.begun is not None for errand in to_do)
        click.echo(f"{len(to_do)} left to do, {again} of them with an outcome that is unknown.", err=True)
        where = _production([errand.planned for errand in to_do])
        if where:
            production.ask(where, "go on with what was agreed to", yes=True)
        writer.append(ResumedLine(moment()))
        return _run(report, writer, to_do, manner)


def _run(report: Report, writer: ReportFile, to_do: list[Errand], manner: Manner) -> ExitCode:
    stop = threading.Event()
    conduct = Conduct(manner.parallel, manner.keep_going, stop)
    again = f"partnercenter apply --resume {shlex.quote(str(writer.path))}"
    try:
        with finishing(stop) as interrupted, progress_bar("Applying", len(to_do)) as advance:
            for ended in run(to_do, manner.open_for, writer, conduct):
                report.takes(ended)
                advance()
                with suppress(click.exceptions.Exit):  # nobody reads the output any more; the report has it all
                    _tell(ended, manner)
    except BaseException as error:
        stop.set()
        error.add_note(f"The report is {writer.path}; to go on: {again}")
        raise
    if manner.as_json:
        click.echo(json.dumps({"event": "summary", "report": str(writer.path)} | summary_of_run(report)))
    else:
        click.echo(f"{summary_line(report)} Report: {writer.path}")
    if report.to_change:
        click.echo(f"To go on: {again}", err=True)
    if interrupted.is_set():
        return ExitCode.INTERRUPTED
    return worst(map(code_of_end, report.ended.values()))


def _tell(ended: EndedLine, manner: Manner) -> None:
    if manner.as_json:
        click.echo(encode(ended).decode(), nl=False)
    else:
        show_end(ended)


def _confirm(to_change: Sequence[PlannedLine], manner: Manner) -> None:
    """Ask once. Raises click.UsageError if there is nobody to ask, click.Abort if the answer is no."""
    what = f"apply to {_counted('partner', {line.tenant for line in to_change})}"
    where = _production(to_change)
    if where:
        production.ask(where, what, manner.yes)
    elif not manner.yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise click.UsageError(f"There is no terminal to ask on. Give --yes to {what}.")
        click.confirm(f"{what.capitalize()}?", abort=True, err=True)


def _production(lines: Sequence[PlannedLine]) -> str:
    """Which real clouds, tenants and users are concerned, in one line; nothing if none is."""
    real = [line for line in lines if is_real_cloud(line.service)]
    users = {line.user for line in real}
    named = "".join(users) if len(users) == 1 else _counted("user", users)
    tenants = _counted("tenant", {line.tenant for line in real})
    return f"{', '.join(sorted({line.service for line in real}))}, {tenants}, {named}" if real else ""


def _counted(word: str, found: set[str]) -> str:
    return f"1 {word}" if len(found) == 1 else f"{len(found)} {word}s"


def _beside(file: Path) -> Path:
    """The place of a report that nobody named: `profiles.20260131T120000Z.report.jsonl`."""
    return file.with_name(f"{file.stem}.{datetime.now(UTC):%Y%m%dT%H%M%SZ}.report.jsonl")
