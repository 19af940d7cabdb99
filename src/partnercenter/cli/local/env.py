"""`partnercenter env`: shell exports for the local Partner Center that is running."""

from __future__ import annotations

import json
import shlex
import socket
from pathlib import Path
from urllib.parse import urlsplit

import click

_FILE_NAME = "environment.json"
_PATIENCE_SECONDS = 2.0


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".partnercenter"),
    show_default=True,
    help="The folder that `partnercenter serve --data` was given.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of shell exports.")
def command(data: Path, as_json: bool) -> None:
    """Print shell exports for the local Partner Center that is running.

    \b
    Examples:
      eval "$(partnercenter env)"
      partnercenter env --data demo --json
    """
    variables = read(data)
    if as_json:
        click.echo(json.dumps(variables, indent=2))
        return
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")


def read(data: Path, elsewhere: str = "name its folder: --data FOLDER") -> dict[str, str]:
    """The variables that the service running in `data` published. click.ClickException if none is running.

    elsewhere: what to do if one runs in another folder, for a person.
    """
    not_running = (
        f"No local Partner Center is running in {data.absolute()}. "
        f"Start one: partnercenter serve --data {shlex.quote(str(data))}. "
        f"If one runs elsewhere, {elsewhere}."
    )
    try:
        content = json.loads((data / _FILE_NAME).read_text("utf-8"))
        variables = {str(name): str(value) for name, value in content.items()}
        base_url = variables["PARTNERCENTER_BASE_URL"]
    except (FileNotFoundError, NotADirectoryError):
        raise click.ClickException(not_running) from None
    except (ValueError, AttributeError, KeyError):
        raise click.ClickException(f"{data.absolute() / _FILE_NAME} is damaged. Start the service again.") from None
    if not _answers(base_url):
        raise click.ClickException(f"{not_running} (It ended without putting its file away.)")
    return variables


def _answers(base_url: str) -> bool:
    """Whether somebody listens there: a service that was killed leaves its file behind."""
    address = urlsplit(base_url)
    try:
        with socket.create_connection((address.hostname or "", address.port or 443), timeout=_PATIENCE_SECONDS):
            return True
    except OSError:
        return False
