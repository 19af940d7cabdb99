"""`partnercenter snapshot`: keep the state of a local service for tests under a name, and have it again."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.local.administration import TEST_MODE, ask, data_option
from partnercenter.cli.output import Format, output_option, show, show_table
from partnercenter.wire.json_text import JsonObject

_PATH = "/admin/snapshots"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Keep the state of a local service under a name, and have it again. It must run with `--test`.

    A snapshot has data and accounts, and is gone when the service ends. Entity tags are new after a restore.

    \b
    Examples:
      partnercenter snapshot take before-the-import
      partnercenter snapshot restore before-the-import
    """


@command.command()
@click.argument("name")
@data_option
@output_option
def take(name: str, data: Path | None, output: Format) -> None:
    """Keep the state as it is now under NAME, in the place of what was kept under it.

    \b
    Examples:
      partnercenter snapshot take before-the-import
    """
    _show(ask(data, "PUT", _place(name), {}, mode=TEST_MODE), f"Taken: {name}", output)


@command.command("list")
@data_option
@output_option
def list_snapshots(data: Path | None, output: Format) -> None:
    """List what is kept, the oldest first.

    \b
    Examples:
      partnercenter snapshot list
      partnercenter snapshot list -o json
    """
    answer = ask(data, "GET", _PATH, mode=TEST_MODE)
    if output is not Format.TABLE:
        show(answer, output)
    elif kept := _kept(answer):
        show_table(("name", "taken", "bytes"), map(_row, kept))
    else:
        click.echo("No snapshots.", err=True)


@command.command()
@click.argument("name")
@data_option
@output_option
def restore(name: str, data: Path | None, output: Format) -> None:
    """Have the state again that is kept under NAME. Faults, journal and clock stay as they are.

    \b
    Examples:
      partnercenter snapshot restore before-the-import
    """
    _require(data, name)
    answer = ask(data, "POST", f"{_place(name)}/restore", {}, mode=TEST_MODE)
    _show(answer, f"Restored: {name}", output)


@command.command()
@click.argument("name")
@data_option
@output_option
def remove(name: str, data: Path | None, output: Format) -> None:
    """Forget what is kept under NAME.

    \b
    Examples:
      partnercenter snapshot remove before-the-import
    """
    _require(data, name)
    answer = ask(data, "DELETE", _place(name), mode=TEST_MODE)
    _show(answer, f"Removed: {name}", output)


def _place(name: str) -> str:
    return f"{_PATH}/{quote(name, safe='')}"


def _show(answer: JsonObject, said: str, output: Format) -> None:
    if output is Format.TABLE:
        click.echo(said)
    else:
        show(answer, output)


def _kept(answer: JsonObject) -> list[JsonObject]:
    rows = answer.get("snapshots")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _require(data: Path | None, name: str) -> None:
    """Say which snapshots there are, if `name` is none of them: a 404 of its own would not tell."""
    names = [str(row.get("name")) for row in _kept(ask(data, "GET", _PATH, mode=TEST_MODE))]
    if name not in names:
        there = f"There are: {', '.join(names)}." if names else "There is none."
        click.secho(f"Error: there is no snapshot {name[:40]!a}. {there}", fg="red", err=True)
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _row(kept: JsonObject) -> list[str]:
    at = kept.get("at")
    taken = datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds") if isinstance(at, (int, float)) else ""
    return [str(kept.get("name")), taken.replace("+00:00", "Z"), str(kept.get("bytes"))]
