"""`partnercenter plan`: what a file of profiles would change, partner by partner; nothing is written."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import click

from partnercenter.cli.fleet.new_file import check_new
from partnercenter.cli.fleet.options import existing_file, fleet_options
from partnercenter.cli.fleet.printing import (
    code_of_plan,
    document_of_plan,
    show_plans,
    summary_of_plans,
    worst,
)
from partnercenter.cli.fleet.profile_file import read_file, refused
from partnercenter.cli.fleet.progress_bar import progress_bar
from partnercenter.cli.fleet.tenant_clients import opener
from partnercenter.cli.output import Format, output_option, show
from partnercenter.fleet.fingerprint import fingerprint, new_salt
from partnercenter.fleet.in_parallel import in_parallel
from partnercenter.fleet.look import PartnerPlan, look, named_twice
from partnercenter.fleet.moment import moment
from partnercenter.fleet.report import FORMAT, AnyLine, PlanLine, PlannedLine, ReadyLine
from partnercenter.fleet.report_file import ReportFile
from partnercenter.fleet.signed_in import Opener
from partnercenter.fleet.wanted import WantedPartner


@click.command()
@existing_file("-f", "--file", "file", required=True, help_text="What is wanted, YAML or CSV.")
@click.option("--out", type=click.Path(path_type=Path), help="Keep the plan in a new file, for `apply --plan`.")
@fleet_options
@output_option
def command(
    *, file: Path, out: Path | None, credentials: Path | None, parallel: int, as_json: bool, output: Format
) -> None:
    """Show what a file of profiles would change, in one or in hundreds of tenants. Nothing is written.

    \b
    partners:
      - tenant: contoso.com
        billing: {purchaseOrderNumber: "9321"}
      - tenant: fabrikam.com
        support: {email: help@fabrikam.com}

    Members that are not named are left alone; null clears one. In CSV the columns are tenant,
    billing.purchaseOrderNumber and so on; an empty cell leaves alone, the word null clears.

    \b
    Examples:
      partnercenter plan -f profiles.yaml
      partnercenter plan -f profiles.csv --json | jq -r 'select(.status == "problem") | .tenant'
      partnercenter plan -f profiles.yaml --out friday.plan && partnercenter apply --plan friday.plan
    """
    if as_json and output is not Format.TABLE:
        raise click.UsageError("Give --json, or -o and --query.")
    check_new(out)
    wanted = read_file(file)
    plans = look_at_all(wanted, opener(credentials), parallel, file, _print_line if as_json else None)
    if not as_json:
        _show(plans, output)
    if out is not None:
        ReportFile.create(out, plan_lines(file, wanted, plans)).close()
    code = worst(map(code_of_plan, plans))
    if code:
        raise click.exceptions.Exit(code)


def look_at_all(
    wanted: list[WantedPartner],
    open_for: Opener,
    parallel: int,
    file: Path,
    tell: Callable[[PartnerPlan], None] | None = None,
) -> list[PartnerPlan]:
    """The plan of every partner, in the order of the file. tell: is given each as soon as it is known.

    Raises click.UsageError if the file names one tenant under two names.
    """
    known: dict[str, PartnerPlan] = {}
    with progress_bar("Reading profiles", len(wanted)) as advance:
        for plan in in_parallel(wanted, lambda one: look(open_for, one), most=parallel, stop=threading.Event()):
            known[plan.wanted.tenant] = plan
            advance()
            if tell is not None:
                tell(plan)
    plans = [known[one.tenant] for one in wanted]
    twice = named_twice(plans)
    if twice:
        raise refused(file, twice)
    return plans


def plan_lines(file: Path, wanted: list[WantedPartner], plans: list[PartnerPlan]) -> list[AnyLine]:
    """What a report begins with; it is the whole of a kept plan."""
    salt = new_salt()
    head = PlanLine(
        moment(), format=FORMAT, file=str(file.absolute()), salt=salt, fingerprint=fingerprint(wanted, salt)
    )
    lines = [line for plan in plans for line in plan.lines()]
    return [head, *lines, ReadyLine(moment(), planned=sum(isinstance(line, PlannedLine) for line in lines))]


def _show(plans: list[PartnerPlan], output: Format) -> None:
    if output is Format.TABLE:
        show_plans(plans)
    else:
        show({"partners": [document_of_plan(plan) for plan in plans], "summary": summary_of_plans(plans)}, output)


def _print_line(plan: PartnerPlan) -> None:
    click.echo(json.dumps(document_of_plan(plan), ensure_ascii=False))
