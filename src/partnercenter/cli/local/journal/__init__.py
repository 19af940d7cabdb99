"""`partnercenter journal`: what a local service was asked and what it answered, without secrets."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.local.administration import ask, data_option
from partnercenter.cli.local.journal.entries import Entry, read_entries
from partnercenter.cli.local.journal.printing import print_entry, print_line
from partnercenter.cli.local.journal.reading import PATH, documents, last
from partnercenter.cli.output import Format, output_option, show
from partnercenter.wire.json_text import JsonObject, JsonValue

_BETWEEN_SECONDS = 0.3

_after_option = click.option(
    "--after", type=click.IntRange(0), metavar="N", help="Only what came after the entry with this number."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show what a local service was asked and what it answered. It must run with `--admin on` or `--test`.

    Secrets are removed before anything is kept: tokens, passwords, codes; tax ids are masked. The last 1,000 requests
    are there, those to the administration excepted.

    \b
    Examples:
      partnercenter journal list
      partnercenter journal follow
      partnercenter journal findings
      partnercenter journal export --har > journal.har
    """


@command.command("list")
@_after_option
@click.option("--most", type=click.IntRange(1), metavar="COUNT", help="The oldest of them alone, no more than these.")
@data_option
@output_option
def list_entries(after: int | None, most: int | None, data: Path | None, output: Format) -> None:
    """List the requests, a line for each, the oldest first.

    \b
    Examples:
      partnercenter journal list
      partnercenter journal list --after 12 -o json
    """
    found = list(documents(data, after=after or 0, most=most))
    if output is not Format.TABLE:
        show({"entries": [*found]}, output)
        return
    for entry in _entries(found):
        print_line(entry)
    if not found:
        click.echo("No entries.", err=True)


@command.command("show")
@click.argument("number", type=click.IntRange(1))
@data_option
@output_option
def show_entry(number: int, data: Path | None, output: Format) -> None:
    """Show one request and its answer, with their header lines and bodies.

    \b
    Examples:
      partnercenter journal show 12
      partnercenter journal show 12 -o json --query responseBody
    """
    [document] = _chosen(data, (number,))
    if output is Format.TABLE:
        print_entry(*_entries([document]))
    else:
        show(document, output)


@command.command()
@_after_option
@click.option("--count", type=click.IntRange(1), metavar="COUNT", help="End after this many requests.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@data_option
def follow(after: int | None, count: int | None, as_json: bool, data: Path | None) -> None:
    """Show requests as they come, until Ctrl+C.

    \b
    Examples:
      partnercenter journal follow
      partnercenter journal follow --after 0 --json | jq .target
    """
    try:
        _follow(data, last(data) if after is None else after, count, as_json=as_json)
    except KeyboardInterrupt:
        click.echo(err=True)  # it is how one stops looking


@command.command()
@data_option
@output_option
def clear(data: Path | None, output: Format) -> None:
    """Forget all requests. Numbers go on.

    \b
    Examples:
      partnercenter journal clear
    """
    answer = ask(data, "DELETE", PATH)
    if output is Format.TABLE:
        click.echo("Cleared.")
    else:
        show(answer, output)


@command.command()
@click.argument("numbers", type=click.IntRange(1), nargs=-1, metavar="[NUMBER]...")
@click.option("--curl", "kind", flag_value="curl", help="Shell lines; $TOKEN stands for the access token.")
@click.option("--har", "kind", flag_value="har", help="An HTTP Archive 1.2, which browsers and proxies open.")
@_after_option
@data_option
def export(numbers: tuple[int, ...], kind: str | None, after: int | None, data: Path | None) -> None:
    """Write the requests so that other tools take them: all of them, or those with the numbers given.

    \b
    Examples:
      partnercenter journal export --har > journal.har
      partnercenter journal export --curl 12
    """
    if kind is None:
        raise click.UsageError("Say as what: --curl or --har.")
    if numbers and after is not None:
        raise click.UsageError("Give numbers or --after, not both.")
    found = _entries(_chosen(data, numbers) if numbers else list(documents(data, after=after or 0)))
    if kind == "curl":
        from partnercenter.cli.local.journal.curl import curl

        click.echo("".join(f"{curl(entry)}\n" for entry in found), nl=False)
    else:
        from partnercenter.cli.local.administration import base_url
        from partnercenter.cli.local.journal.har import archive

        click.echo(json.dumps(archive(found, base_url(data)), indent=2, ensure_ascii=False))


@command.command()
@data_option
@output_option
def findings(data: Path | None, output: Format) -> None:
    """Show the bad manners of the clients: what works here, and makes trouble with the real service.

    Exits with 6 if there are any: a Retry-After that was not waited for, a request id that was used twice, an update
    without an entity tag, and the like.

    \b
    Examples:
      partnercenter journal findings
      partnercenter journal findings -o json
    """
    answer = ask(data, "GET", "/admin/findings")
    rows = answer.get("findings")
    found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if output is not Format.TABLE:
        show(answer, output)
    elif found:
        click.echo("\n".join(map(_finding, found)))
    else:
        click.echo("No findings.", err=True)
    if found:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _follow(data: Path | None, after: int, count: int | None, *, as_json: bool) -> None:
    left = count
    while True:
        for document in documents(data, after=after, most=left):
            if as_json:
                click.echo(json.dumps(document, ensure_ascii=False))
            else:
                print_line(*_entries([document]))
            after = _number(document)
            left = None if left is None else left - 1
        if left == 0:
            return
        time.sleep(_BETWEEN_SECONDS)


def _chosen(data: Path | None, numbers: tuple[int, ...]) -> list[JsonObject]:
    """The entries with these numbers. Exits with 6 if one of them is not there."""
    found = {}
    for number in numbers:
        document = next(documents(data, after=number - 1, most=1), {})
        if _number(document) != number:
            click.secho(f"Error: the journal has no entry {number} (any more).", fg="red", err=True)
            raise click.exceptions.Exit(ExitCode.REFUSED)
        found[number] = document
    return [found[number] for number in numbers]


def _number(document: JsonObject) -> int:
    number = document.get("sequence")
    return number if isinstance(number, int) else 0


def _entries(found: list[JsonObject]) -> list[Entry]:
    rows: list[JsonValue] = [*found]
    return read_entries({"entries": rows})


def _finding(row: JsonObject) -> str:
    numbers = row.get("entries")
    named = ", ".join(map(str, numbers)) if isinstance(numbers, list) else ""
    return f"{row.get('what')} (entries {named})\n  {row.get('advice')}"
