"""`partnercenter faults`: make a local service fail as planned, and see which planned faults were used."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from partnercenter.cli.local.administration import ask, data_option
from partnercenter.cli.output import Format, output_option, show, show_table
from partnercenter.wire.json_text import JsonObject

_PATH = "/admin/faults"
_COLUMNS = ("operation", "fault", "after", "times", "passed", "used", "left")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Make a local service fail as planned. It must run with `--admin on`.

    A plan is YAML or JSON. The first line that fits a request and is not used up decides:

    \b
    faults:
      - {operation: update_billing_profile, fault: no-answer-after-commit}
      - {operation: "*", fault: throttled, seconds: 2, times: 3}
      - {operation: get_billing_profile, fault: status, status: 502, after: 1}

    Faults: throttled, status (500, 502, 503, 504), gateway-html, truncated, bom, slow, reset,
    no-answer-before-commit, no-answer-after-commit.

    \b
    Examples:
      partnercenter faults set plan.yaml
      partnercenter faults show
    """


@command.command("set")
@click.argument("plan", type=click.File("rb"))
@data_option
@output_option
def set_plan(plan: IO[bytes], data: Path | None, output: Format) -> None:
    """Begin with the plan of a file; `-` reads standard input.

    \b
    Examples:
      partnercenter faults set plan.yaml
      echo 'faults: [{operation: "*", fault: reset}]' | partnercenter faults set -
    """
    from partnercenter.cli.local.fault_plan_text import LONGEST_PLAN, read_plan

    _show(ask(data, "PUT", _PATH, read_plan(plan.read(LONGEST_PLAN + 1))), output)


@command.command("show")
@data_option
@output_option
def show_plan(data: Path | None, output: Format) -> None:
    """Show the plan, and how often each of its faults was used.

    \b
    Examples:
      partnercenter faults show
      partnercenter faults show -o json | jq .unused
    """
    _show(ask(data, "GET", _PATH), output)


@command.command("clear")
@data_option
@output_option
def clear(data: Path | None, output: Format) -> None:
    """Fail no more.

    \b
    Examples:
      partnercenter faults clear
    """
    _show(ask(data, "DELETE", _PATH), output)


def _show(report: JsonObject, output: Format) -> None:
    rows = report.get("faults")
    if output is not Format.TABLE or not isinstance(rows, list):
        show(report, output)
        return
    if rows:
        show_table(_COLUMNS, [[str(row.get(name, "")) for name in _COLUMNS] for row in rows if isinstance(row, dict)])
    click.echo(f"Planned and not used yet: {report.get('unused')}")
