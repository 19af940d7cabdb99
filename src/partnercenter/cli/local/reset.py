"""`partnercenter reset`: put a local service for tests back to its seed."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.local.administration import TEST_MODE, ask, data_option
from partnercenter.cli.output import Format, output_option, show


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@data_option
@output_option
def command(data: Path | None, output: Format) -> None:
    """Put a local service back to its seed. It must run with `--test`.

    Data, disabled accounts, faults, journal and clock are as at its start. Snapshots stay, and so do the tokens that
    were issued. Every profile has a new entity tag.

    \b
    Examples:
      partnercenter reset
      partnercenter seed set partners.yaml && partnercenter reset
    """
    answer = ask(data, "POST", "/admin/reset", {}, mode=TEST_MODE)
    if output is Format.TABLE:
        click.echo(f"As new. Partners: {answer.get('partners')}")
    else:
        show(answer, output)
