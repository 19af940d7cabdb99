"""`partnercenter accounts`: disable and enable users, applications and tenants of a local service."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.administration import ask, data_option
from partnercenter.cli.output import Format, output_option, show


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Disable and enable users, applications and tenants of a local service. It must run with `--admin on`."""


@command.command()
@click.argument("account_id", metavar="ID")
@data_option
@output_option
def disable(account_id: str, data: Path, output: Format) -> None:
    """Let a user, application or tenant act no more, with no token that it has.

    \b
    Examples:
      partnercenter accounts disable c0000000-0000-4000-8000-000000000002
    """
    show(ask(data, "PUT", f"/admin/accounts/{account_id}", {"enabled": False}), output)


@command.command()
@click.argument("account_id", metavar="ID")
@data_option
@output_option
def enable(account_id: str, data: Path, output: Format) -> None:
    """Let it act again.

    \b
    Examples:
      partnercenter accounts enable c0000000-0000-4000-8000-000000000002
    """
    show(ask(data, "PUT", f"/admin/accounts/{account_id}", {"enabled": True}), output)
