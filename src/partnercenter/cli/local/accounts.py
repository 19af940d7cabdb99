"""`partnercenter accounts`: disable and enable users, applications and tenants of a local service."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import click

from partnercenter.cli.local.administration import ask, data_option
from partnercenter.cli.output import Format, output_option, show

_WHERE_IDS_STAND = "Give the id of a user, application or tenant: docs/seed-data.md and `partnercenter env` have them."


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Disable and enable users, applications and tenants of a local service. It must run with `--admin on`.

    \b
    Examples:
      partnercenter accounts disable c0000000-0000-4000-8000-000000000002
    """


@command.command()
@click.argument("account_id", metavar="ID")
@data_option
@output_option
def disable(account_id: str, data: Path | None, output: Format) -> None:
    """Let a user, application or tenant act no more, with no token that it has.

    \b
    Examples:
      partnercenter accounts disable c0000000-0000-4000-8000-000000000002
    """
    _switch(account_id, data, output, enabled=False)


@command.command()
@click.argument("account_id", metavar="ID")
@data_option
@output_option
def enable(account_id: str, data: Path | None, output: Format) -> None:
    """Let it act again.

    \b
    Examples:
      partnercenter accounts enable c0000000-0000-4000-8000-000000000002
    """
    _switch(account_id, data, output, enabled=True)


def _switch(account_id: str, data: Path | None, output: Format, *, enabled: bool) -> None:
    path = f"/admin/accounts/{quote(account_id, safe='')}"
    show(ask(data, "PUT", path, {"enabled": enabled}, not_found=_WHERE_IDS_STAND), output)
