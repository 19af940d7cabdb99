"""`partnercenter seed`: who there is in a local service for tests."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from partnercenter.cli.local.administration import TEST_MODE, ask, data_option
from partnercenter.cli.output import Format, output_option, show, show_table
from partnercenter.wire.json_text import JsonObject, JsonValue

_PATH = "/admin/seed"
_LONGEST = 8 * 1024 * 1024  # as long as a seed that the service takes
_EXAMPLE = "as in: partners: [{tenant: fabrikam.example}]"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show and set the partners of a local service. It must run with `--test`.

    A seed is YAML or JSON. What a partner leaves out is made up, the same every time:

    \b
    partners:
      - tenant: fabrikam.example
      - tenant: contoso.example
        country: DE
        billing: {purchaseOrderNumber: "9000"}
        users: [{name: kim, role: global admin, mfa: true}]

    \b
    Examples:
      partnercenter seed set partners.yaml
      partnercenter seed show
    """


@command.command("show")
@data_option
@output_option
def show_seed(data: Path | None, output: Format) -> None:
    """Show the partners that a reset returns to.

    \b
    Examples:
      partnercenter seed show
      partnercenter seed show -o yaml > partners.yaml
    """
    _show(ask(data, "GET", _PATH, mode=TEST_MODE), output)


@command.command("set")
@click.argument("file", type=click.File("rb"))
@data_option
@output_option
def set_seed(file: IO[bytes], data: Path | None, output: Format) -> None:
    """Begin anew with the partners of FILE, from now on and after every reset; `-` reads standard input.

    \b
    Examples:
      partnercenter seed set partners.yaml
      echo 'partners: [{tenant: fabrikam.example}]' | partnercenter seed set -
    """
    answer = ask(data, "PUT", _PATH, _read(file.read(_LONGEST + 1)), mode=TEST_MODE)
    if output is Format.TABLE:
        click.echo(f"Seeded. Partners: {answer.get('partners')}")
        click.echo('The variables of the first two are others now: eval "$(partnercenter env)"', err=True)
    else:
        show(answer, output)


def _read(text: bytes) -> JsonValue:
    from partnercenter.cli import yaml_text

    if len(text) > _LONGEST:
        raise click.UsageError(f"The seed is longer than {_LONGEST // 1024 // 1024} MiB.")
    document = yaml_text.read(text, "The seed")
    if not isinstance(document, dict):
        raise click.UsageError(f"The seed has no member partners. It is an object, {_EXAMPLE}")
    return document


def _show(document: JsonObject, output: Format) -> None:
    partners = document.get("partners")
    if output is not Format.TABLE or not isinstance(partners, list):
        show(document, output)
        return
    columns = ("tenant", "name", "id")
    rows = [[str(each.get(name) or "") for name in columns] for each in partners if isinstance(each, dict)]
    show_table(columns, rows)
