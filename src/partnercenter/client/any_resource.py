"""Any other resource of the Partner Center API: a request of one's own, through the pipeline of every call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from partnercenter.client.attempts import Session, ask
from partnercenter.client.call import Call, new_call
from partnercenter.client.call_options import CallOptions
from partnercenter.client.conversation import Flow
from partnercenter.client.errors import ConfigurationError
from partnercenter.wire import json_text
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Response

# RFC 9110 §9.2.1: those that only read. TRACE is one as well, but would show the token to whoever answers; CONNECT
# opens a tunnel.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_METHODS = _SAFE | {"POST", "PUT", "PATCH", "DELETE"}

_PATH = re.compile(r"/v[0-9]+(\.[0-9]+)?/[!-~]*")
_STEPS_UP = {".", ".."}
# RFC 9110 §8.8.3: a strong entity tag, with its quotes or without. A bare * is none: it stands for any version
# (§13.1.1), and in quotes, which are added here, for one that there never is.
_TAG = re.compile(r'(?!\*$)"?([\x21\x23-\x7e]+)"?')

# Members of bodies that no error and no log may show, whatever the service echoes.
_SECRET = re.compile("tax_?id|password|secret|token", re.IGNORECASE)


def request_resource(
    session: Session, method: str, path: str, *, json: JsonValue, if_match: str | None, options: CallOptions
) -> Flow[Response]:
    """The answer to a request that no operation has. See `PartnerCenter.request`."""
    if method not in _METHODS:
        raise ConfigurationError(f"method can be {', '.join(sorted(_METHODS))}.")
    _check_path(path)
    call = new_call(
        method,
        path,
        options,
        body=None if json is None else _body(json),
        if_match=None if if_match is None else _tag(if_match),
        secrets=tuple(_secrets(json)),
        changes_something=method not in _SAFE,
        any_content=True,
    )
    return (yield from ask(session, call, _as_it_is))


def _as_it_is(call: Call, response: Response) -> Response:
    return response


def _check_path(path: object) -> None:
    """Raise ConfigurationError unless `path` is one of the service that the client is for, as its token is."""
    if not isinstance(path, str) or not _PATH.fullmatch(path) or "\\" in path or "#" in path:
        raise ConfigurationError(
            'path begins with the version, as in "/v1/customers?size=3", and is written in ASCII without blanks.',
            next_step="Leave the address out, which is that of the client; write other signs with urllib.parse.quote.",
        )
    if _STEPS_UP & set(unquote(path.partition("?")[0]).split("/")):
        raise ConfigurationError("path has steps up (..), which may lead away from the API.")


def _body(json: JsonValue) -> bytes:
    """The bytes of `json`. Raises ConfigurationError, which names no value, if they cannot travel."""
    try:
        return json_text.write(json)
    except (json_text.JsonTextError, TypeError):
        pass  # they may keep the value
    raise ConfigurationError("json cannot be written as JSON.", next_step="Give texts, numbers, lists and dicts alone.")


def _tag(given: object) -> EntityTag:
    found = _TAG.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        raise ConfigurationError("if_match is no strong entity tag.", next_step="Give the ETag of an earlier answer.")
    return EntityTag(found[1])


def _secrets(value: JsonValue) -> Iterator[str]:
    """The texts of a body that are worth hiding."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if _SECRET.search(name) and isinstance(inner, (str, int)) and inner:
                yield str(inner)
            else:
                yield from _secrets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _secrets(inner)
