"""How the command line asks the administration of a local service: its own token, never a user's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import click

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.local import env
from partnercenter.wire import headers, json_text
from partnercenter.wire.error_envelope import ErrorEnvelope, read_error
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers, Request, Response

_TOKEN, _BASE_URL, _CA_BUNDLE = "PARTNERCENTER_ADMIN_TOKEN", "PARTNERCENTER_BASE_URL", "PARTNERCENTER_CA_BUNDLE"
_PATIENCE_SECONDS = 30.0
_IN_ONE_LINE, _NEXT_LINE = 2, "\n  "
TEST_MODE = "--test"
"""What `serve` must be given for what is offered to tests alone."""
_AGAIN = 'Export the variables of the service that runs: eval "$(partnercenter env)"'

# No default: a folder that was typed goes before the environment, and the environment before the usual folder.
data_option = click.option(
    "--data",
    type=click.Path(path_type=Path),
    help="The folder that `partnercenter serve --admin on --data` was given. "
    "[default: the service that the environment names, else .partnercenter]",
)


def ask(
    data: Path | None,
    method: str,
    path: str,
    document: JsonValue = None,
    *,
    not_found: str = "",
    mode: str = "--admin on",
) -> JsonObject:
    """What the administration answers to `document`, the body of the request; None for no body.

    data: the folder of the service; None for the service that the environment names, else `.partnercenter`.
    not_found: what to do if there is no such thing (404), one sentence for a person.
    mode: what `serve` must have been given; with TEST_MODE a 404 means that it was not.
    Raises click.ClickException if there is no service or no administration, click.exceptions.Exit if it says no,
    ConfigurationError if a variable is missing or cannot be used, ServiceUnreachableError if no answer comes, and
    AnswerNotUnderstoodError if it is none of the administration.
    """
    variables = _variables(data)
    body = b"" if document is None else json_text.write(document)
    request = Request(method, base_url(data) + path, _lines(variables, mode), body)
    response = _answer(request, variables.get(_CA_BUNDLE) or None)
    if response.status == 404 and mode == TEST_MODE:
        raise click.ClickException(f"This service is not for tests. {_start(mode)}")
    if response.status >= 400:
        hint = not_found if response.status == 404 else ""
        said = [*filter(None, [*_said(read_error(response.body)), hint])]
        click.secho(f"Error: {(_NEXT_LINE if len(said) > _IN_ONE_LINE else ' ').join(said)}", fg="red", err=True)
        raise click.exceptions.Exit(ExitCode.REFUSED)
    return _read(response)


def base_url(data: Path | None) -> str:
    """The address of the service that `ask` asks. Raises what that does before it asks."""
    return _variables(data)[_BASE_URL].rstrip("/")


def _variables(data: Path | None) -> Mapping[str, str]:
    from partnercenter import ConfigurationError

    if data is not None or not os.environ.get(_TOKEN):
        return env.read(data or Path(".partnercenter"))
    if not os.environ.get(_BASE_URL):
        raise ConfigurationError(f"{_TOKEN} is set, but {_BASE_URL} is not.", next_step=_AGAIN)
    return os.environ


def _answer(request: Request, ca_bundle: str | None) -> Response:
    from partnercenter import ServiceUnreachableError
    from partnercenter.client.conversation import AnswerLostError, RequestNotSentError
    from partnercenter.client.transport import HttpTransport

    transport = HttpTransport(ca_bundle=ca_bundle)
    try:
        return transport.send(request, _PATIENCE_SECONDS)
    except RequestNotSentError as error:
        what = f"The local service cannot be reached: {error}."
    except AnswerLostError as error:
        what = f"The local service did not answer: {error}."
    finally:
        transport.close()
    raise ServiceUnreachableError(what, next_step=_AGAIN)


def _read(response: Response) -> JsonObject:
    from partnercenter import AnswerNotUnderstoodError

    try:
        answer = json_text.read_lenient(response.body)
    except json_text.JsonTextError:
        answer = None
    if response.status != 200 or not isinstance(answer, dict):
        raise AnswerNotUnderstoodError("What answered is not a local Partner Center.", next_step=_AGAIN)
    return answer


def _said(envelope: ErrorEnvelope) -> list[str]:
    """The sentences of a refusal. What follows the first of the description leads to `data`, which stands behind it."""
    if not envelope.data:
        return [envelope.description or "The service refused, and did not say why."]
    return [f"{envelope.description.partition('. ')[0].rstrip('.')}.", *envelope.data]


def _lines(variables: Mapping[str, str], mode: str) -> Headers:
    from partnercenter import ConfigurationError

    token = variables.get(_TOKEN)
    if not token:
        raise click.ClickException(f"This service has no administration. {_start(mode)}")
    if not (token.isascii() and token.isprintable()):  # a header line cannot carry it (RFC 9110 §5.5)
        raise ConfigurationError(f"{_TOKEN} is not a token.", next_step=_AGAIN)
    return Headers({headers.AUTHORIZATION: f"Bearer {token}", headers.CONTENT_TYPE: "application/json"})


def _start(mode: str) -> str:
    return f"Start it with: partnercenter serve {mode}"
