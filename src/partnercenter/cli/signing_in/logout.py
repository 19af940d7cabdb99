"""`partnercenter logout`: forget the user whom `login` remembered."""

from __future__ import annotations

import os

import click

from partnercenter.cli.chosen import CHOSEN
from partnercenter.cli.signing_in import context_file
from partnercenter.cli.signing_in.context_file import DEFAULT, ENV_CONTEXT


@click.command()
def command() -> None:
    """Forget the tokens of the context in use; the context itself stays.

    The authority is not told: a token that somebody has copied stays good until its end. An administrator ends all
    tokens of a user in the directory.

    \b
    Examples:
      partnercenter logout
      partnercenter --context production logout
    """
    contexts = context_file.read()
    name = CHOSEN.context or os.environ.get(ENV_CONTEXT) or contexts.current or DEFAULT
    context_file.token_cache(name, contexts.get(name)).clear()
    click.echo(f"Signed out of the context {name}.")
