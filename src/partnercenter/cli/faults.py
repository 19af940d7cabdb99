"""`partnercenter faults`: make a local service fail as planned, and see which planned faults were used."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click
from rich.table import Table

from partnercenter.cli.administration import ask, data_option
from partnercenter.cli.output import Format, console, output_option, show
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
    """


@command.command("set")
@click.argument("plan", type=click.File("rb"))
@data_option
@output_option
def set_plan(plan: IO[bytes], data: Path, output: Format) -> None:
    """Begin with the plan of a file; `-` reads standard input.

    \b
    Examples:
      partnercenter faults set plan.yaml
      echo 'faults: [{operation: "*", fault: reset}]' | partnercenter faults set -
    """
    import yaml

    try:
        document = yaml.safe_load(plan)
    except yaml.YAMLError as error:
        raise click.ClickException(f"The plan is not YAML: {' '.join(str(error).split())}") from None
    _show(ask(data, "PUT", _PATH, document), output)


@command.command("show")
@data_option
@output_option
def show_plan(data: Path, output: Format) -> None:
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
def clear(data: Path, output: Format) -> None:
    """Fail no more."""
    _show(ask(data, "DELETE", _PATH), output)


def _show(report: JsonObject, output: Format) -> None:
    rows = report["faults"]
    if output is not Format.TABLE or not isinstance(rows, list):
        show(report, output)
        return
    table = Table(*_COLUMNS, box=None, pad_edge=False)
    for row in rows:
        if isinstance(row, dict):
            table.add_row(*(str(row[name]) for name in _COLUMNS))
    console().print(table)
    click.echo(f"Planned and not used yet: {report['unused']}")
