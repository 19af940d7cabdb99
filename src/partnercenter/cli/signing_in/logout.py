"""`partnercenter logout`: forget the user whom `login` remembered."""

from __future__ import annotations

import click

from partnercenter import ConfigurationError, TokenCache
from partnercenter.cli.signing_in import context_file, context_name
from partnercenter.cli.signing_in.context_file import Context
from partnercenter.cli.signing_in.context_name import IN_USE


@click.command()
@click.option("--context", "name", metavar="NAME", help=f"The context to sign out of.  {IN_USE}")
def command(name: str | None) -> None:
    """Forget the tokens of a context; the context itself stays, with the user whom it names without a login.

    The authority is not told: a token that somebody has copied stays good until its end. An administrator ends all
    tokens of a user in the directory.

    \b
    Examples:
      partnercenter logout
      partnercenter logout --context production
    """
    contexts = context_file.read()
    name, _ = context_name.chosen(name, contexts)
    context = contexts.get(name)
    cache = context_file.token_cache(name, context)
    done = f"Signed out of the context {name}." if _holds_any(cache) else f"Nobody was signed in to the context {name}."
    cache.clear()
    click.echo(f"{done}{_who_stays(context)}")


def _holds_any(cache: TokenCache) -> bool:
    try:
        return cache.holds_any()
    except ConfigurationError:  # tokens that cannot be used, as those that others can read: they go all the same
        return True


def _who_stays(context: Context) -> str:
    if context.data is not None:
        return " Its user is that of the local service, who stays."
    if context.refresh_token is not None:
        return f" Its user is that of {context.refresh_token}, who stays."
    return ""
