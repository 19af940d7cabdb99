"""`partnercenter apply`: make the profiles of many partners what a file wants, and leave a report that can go on."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.fleet import apply_run, apply_start
from partnercenter.cli.fleet.manner import Manner
from partnercenter.cli.fleet.new_file import check_new
from partnercenter.cli.fleet.options import existing_file, fleet_options
from partnercenter.cli.fleet.tenant_clients import opener


@click.command()
@existing_file(
    "-f", "--file", "file", help_text="What is wanted, YAML or CSV; for --plan and --resume: where it is now."
)
@existing_file(
    "--plan", "plan", help_text="What `plan --out` kept: applied to the versions that it saw, and to no other."
)
@existing_file("--resume", "resume", help_text="The report of a run that did not come to its end: go on with it.")
@click.option("--report", type=click.Path(path_type=Path), help="The new report.  [default: beside the file]")
@click.option("--keep-going", is_flag=True, help="Go on with other partners after one with whom something is wrong.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@fleet_options
def command(
    *,
    file: Path | None,
    plan: Path | None,
    resume: Path | None,
    report: Path | None,
    keep_going: bool,
    yes: bool,
    credentials: Path | None,
    parallel: int,
    as_json: bool,
) -> None:
    """Make profiles what a file wants: plan, show, ask once, apply. `plan --help` has the form of the file.

    Every update is written to a report before it is sent, with its request id, and after it. When the process dies,
    at whatever moment, --resume goes on, and nothing is applied twice. A profile that somebody changed since it was
    planned is not overwritten: it is reported as moved, and nothing more is begun unless --keep-going is given.

    \b
    Examples:
      partnercenter apply -f profiles.yaml
      partnercenter apply -f profiles.csv --yes --parallel 8 --report friday.jsonl
      partnercenter apply --resume friday.jsonl
      partnercenter apply --plan friday.plan --yes
    """
    code = ExitCode.OK
    if (plan and resume) or not (plan or resume or file):
        raise click.UsageError("Give --file, or --plan or --resume of an earlier one.")
    if resume and report:
        raise click.UsageError("--resume goes on in its own report; leave --report out.")
    check_new(report)
    manner = Manner(opener(credentials), parallel, keep_going, yes, as_json)
    if resume:
        code = apply_run.go_on(resume, file, manner)
    elif plan:
        code = apply_run.begin(apply_start.from_plan(plan, file, manner), report, manner)
    elif file:
        code = apply_run.begin(apply_start.from_file(file, manner), report, manner)
    if code:
        raise click.exceptions.Exit(code)
