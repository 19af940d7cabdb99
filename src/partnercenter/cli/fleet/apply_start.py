"""Where `apply` begins: with a file, which is planned now, or with a plan that was kept."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.fleet.manner import Manner
from partnercenter.cli.fleet.plan import look_at_all, plan_lines
from partnercenter.cli.fleet.printing import code_of_plan, show_planned, show_plans, show_problem_lines, worst
from partnercenter.cli.fleet.profile_file import read_file
from partnercenter.fleet.fingerprint import fingerprint
from partnercenter.fleet.report import AnyLine, Key, Report, ReportError, lines_of, read
from partnercenter.fleet.wanted import WantedPartner
from partnercenter.wire.profiles import Profile


@dataclass(frozen=True, slots=True)
class Start:
    """file: what is wanted stands there. lines: those that the report begins with. read: what to send, where it is
    known already. code: what the problems of the plan alone would exit with.
    """

    file: Path
    wanted: list[WantedPartner]
    lines: list[AnyLine]
    code: ExitCode
    read: Mapping[Key, Profile] = field(default_factory=dict, repr=False)


def from_file(file: Path, manner: Manner) -> Start:
    """Plan what `file` wants, and show it. Raises click.UsageError."""
    wanted = read_file(file)
    plans = look_at_all(wanted, manner.open_for, manner.parallel, file)
    lines = plan_lines(file, wanted, plans)
    if manner.as_json:
        show_problem_lines(lines)
    else:
        show_plans(plans)
    profiles = {Key(plan.wanted.tenant, one.kind.word): one.profile for plan in plans for one in plan.profiles}
    return Start(file, wanted, lines, worst(map(code_of_plan, plans)), profiles)


def from_plan(path: Path, file: Path | None, manner: Manner) -> Start:
    """Take up the plan that is kept in `path`, and show it. Raises click.UsageError if it is none, or out of date."""
    lines, report = read_report(path)
    if report.is_agreed:
        again = f"partnercenter apply --resume {shlex.quote(str(path))}"
        raise click.UsageError(f"{path} is the report of a run. Go on with it: {again}")
    wanted, place = unchanged(report, file)
    if manner.as_json:
        show_problem_lines(lines)
    else:
        show_planned(report.planned.values())
        for problem in report.problems:
            click.secho(f"{problem.tenant}: {'; '.join(problem.messages)}", fg="red", err=True)
    return Start(place, wanted, lines, ExitCode.REFUSED if report.problems else ExitCode.OK)


def read_report(path: Path) -> tuple[list[AnyLine], Report]:
    """The lines of a report or plan, and what they say. Raises click.UsageError if it is none or not whole."""
    try:
        lines = lines_of(path.read_bytes())
        report = read(lines)
    except ReportError as error:
        raise click.UsageError(f"{path}: {error}") from None
    if not report.is_ready:
        raise click.UsageError(f"{path} was cut off before anything was begun. Remove it, and begin anew.")
    return lines, report


def unchanged(report: Report, file: Path | None) -> tuple[list[WantedPartner], Path]:
    """What `report` was made for, and where it stands now. Raises click.UsageError if it is something else now."""
    place = file or Path(report.plan.file)
    if not place.exists():
        raise click.UsageError(f"{place}, for which this was made, is not there. Say where it is: --file FILE")
    wanted = read_file(place)
    if fingerprint(wanted, report.plan.salt) != report.plan.fingerprint:
        raise click.UsageError(f"{place} wants something else than when this was made. Make a new plan of it.")
    return wanted, place
