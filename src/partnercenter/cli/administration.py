"""How the command line asks the administration of a local service: its own token, never a user's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from partnercenter.cli import env
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.wire import headers, json_text
from partnercenter.wire.error_envelope import read_error
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers, Request

_TOKEN = "PARTNERCENTER_ADMIN_TOKEN"
_PATIENCE_SECONDS = 30.0

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path(".partnercenter"),
    show_default=True,
    help="The folder that `partnercenter serve --admin on --data` was given.",
)


def ask(data: Path, method: str, path: str, document: JsonValue = None) -> JsonObject:
    """What the administration answers. The environment names the service, else the folder `data` does.

    Raises click.ClickException if there is none or it says no.
    """
    from partnercenter.client.transport import HttpTransport

    variables = os.environ if os.environ.get(_TOKEN) else env.read(data)
    transport = HttpTransport(ca_bundle=variables.get("PARTNERCENTER_CA_BUNDLE") or None)
    body = b"" if document is None else json_text.write(document)
    request = Request(method, _url(variables, path), _lines(variables), body)
    try:
        response = transport.send(request, _PATIENCE_SECONDS)
    finally:
        transport.close()
    if response.status >= 400:
        envelope = read_error(response.body)
        click.secho(f"Error: {' '.join([envelope.description, *envelope.data])}", fg="red", err=True)
        raise click.exceptions.Exit(ExitCode.REFUSED)
    answer = json_text.read_lenient(response.body)
    return answer if isinstance(answer, dict) else {}


def _url(variables: Mapping[str, str], path: str) -> str:
    return variables["PARTNERCENTER_BASE_URL"].rstrip("/") + path


def _lines(variables: Mapping[str, str]) -> Headers:
    token = variables.get(_TOKEN)
    if not token:
        raise click.ClickException("This service has no administration. Start it with: partnercenter serve --admin on")
    return Headers({headers.AUTHORIZATION: f"Bearer {token}", headers.CONTENT_TYPE: "application/json"})
