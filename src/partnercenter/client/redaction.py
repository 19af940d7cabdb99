"""Taking secrets out of what others say before it becomes part of an error. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue

HIDDEN = "***"
SHORTEST = 3
"""Characters of a text that is worth hiding; a shorter one stands in every sentence."""

LONG = 16
"""Characters from which a secret stands nowhere by chance."""

_NAMES = frozenset({"code", "statuscode", "description", "message", "data", "source", "error"})
_CODES = frozenset({"code", "statuscode"})


def hide(text: str, secrets: Iterable[str | None], *, anywhere_from: int = 4) -> str:
    """`text` without `secrets`; those shorter than `anywhere_from` characters are looked for as whole words only."""
    for secret in secrets:
        if secret and len(secret) >= anywhere_from:
            text = text.replace(secret, HIDDEN)
        elif secret and len(secret) >= SHORTEST:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, text)
    return text


def without_values(address: str, word: str = "...") -> str:
    """`address`, a path or URL, with `word` for each value of its query, which may be a name or somebody's address."""
    before, mark, query = address.partition("?")
    return before + mark + re.sub(r"=[^&]*", f"={word}", query)


def hide_in_body(body: bytes, secrets: tuple[str, ...]) -> bytes:
    """The error body without `secrets`, however JSON spells them; its codes stay as they are.

    The body is read first, because a text in JSON has many spellings, and cut by its reader afterwards.
    """
    try:
        value = json_text.read_lenient(body)
    except json_text.JsonTextError:
        return hide(body.decode("utf-8", "replace"), secrets).encode()
    return json_text.write(_hide_in(value, secrets, json_text.DEEPEST))


def _hide_in(value: JsonValue, secrets: tuple[str, ...], levels_left: int) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (str, int, float)):
        told = hide(str(value), secrets)
        return value if told == str(value) else told
    if levels_left == 0:
        return HIDDEN
    if isinstance(value, list):
        return [_hide_in(inner, secrets, levels_left - 1) for inner in value]
    hidden: JsonObject = {}
    for name, inner in value.items():
        # A code decides what the error is, and a tax id may look like one; a token does not.
        is_code = name.lower() in _CODES and levels_left >= json_text.DEEPEST - 1
        to_hide = tuple(secret for secret in secrets if len(secret) >= LONG) if is_code else secrets
        written = name if name.lower() in _NAMES else hide(name, secrets)
        hidden[written] = _hide_in(inner, to_hide, levels_left - 1)
    return hidden
