"""`partnercenter keys`: give the token authority of a local service a new signing key."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.local.administration import ask, data_option
from partnercenter.cli.output import Format, output_option, show


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Give the token authority of a local service a new signing key. It must run with `--admin on`.

    \b
    Examples:
      partnercenter keys rotate
    """


@command.command()
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help="Forget the old keys: tokens and refresh tokens that were issued are worthless; the published refresh "
    "tokens of the seed data go on working.",
)
@data_option
@output_option
def rotate(at_once: bool, data: Path | None, output: Format) -> None:
    """Sign with a new key. Tokens signed with the old one stay good until they expire.

    \b
    Examples:
      partnercenter keys rotate
      partnercenter keys rotate --now
    """
    show(ask(data, "POST", "/admin/keys", {"overlap": not at_once}), output)
