"""A change in a real cloud: it is visible, and it is asked for once."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from partnercenter import ClientSettings, PartnerCenter

F = TypeVar("F", bound=Callable[..., None])


def yes_option(function: F) -> F:
    """The option `--yes`, the same for every verb that changes something; its value comes as `yes`."""
    return click.option("--yes", "-y", is_flag=True, help="Do not ask before a change in a real cloud.")(function)


def is_production(settings: ClientSettings) -> bool:
    """Whether the API that `settings` name is that of a real cloud."""
    from partnercenter.client.cloud_guard import is_real_cloud

    return is_real_cloud(settings.api_url)


def confirm(partner: PartnerCenter, what: str, yes: bool) -> None:
    """Let a change go on: at once at a local service; in a real cloud after a line on stderr and an answer.

    partner: who would change it. It signs in, for the line names the user. what: the change, as in `update the
    billing profile`. yes: whether `--yes` was given; then nothing is asked. Raises click.UsageError (exit 2) if there
    is no terminal to ask on, click.Abort if the answer is no.
    """
    if not is_production(partner.settings):
        return
    from partnercenter.cli.signing_in import access_claims

    claims = access_claims.of(partner.access_token())
    user = claims.get("upn") or claims.get("appid")
    ask(f"cloud {partner.settings.cloud.value}, tenant {claims.get('tid')}, user {user}", what, yes)


def ask(where: str, what: str, yes: bool) -> None:
    """As `confirm`, for a change of many: where: the clouds, tenants and users, in one line."""
    click.secho(f"Production: {where}: {what}.", fg="yellow", bold=True, err=True)
    if yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.UsageError("This is production, and there is no terminal to ask on. Give --yes to go on.")
    click.confirm("Go on?", abort=True, err=True)
