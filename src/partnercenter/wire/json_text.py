"""JSON text to values and back: one reading of every body (RFC 8259), and the compact way of writing it."""

from __future__ import annotations

import json
import re
from typing import Literal, TypeAlias

import msgspec

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]

DEEPEST = 32
"""How many arrays and objects may stand inside each other; a profile needs four."""

_UNSAFE = re.compile("[\ud800-\udfff\x00]")
_UTF8_BOM = b"\xef\xbb\xbf"


class JsonTextError(ValueError):
    """The bytes are not one JSON text that has one meaning. Says why, and never quotes the text."""


def read_strict(text: bytes) -> JsonValue:
    """The value of `text`, or JsonTextError where two readers could come to two answers.

    Refused beyond what RFC 8259 refuses: a member name that stands twice (§4), numbers that are no
    finite double (§6), lone surrogates and NUL (§8.2), a byte order mark or another encoding (§8.1),
    and nesting deeper than DEEPEST (§9).
    """
    try:
        decoded = text.decode("utf-8")
        value: JsonValue = _STRICT.decode(decoded)
    except JsonTextError:
        raise
    except UnicodeDecodeError:
        raise JsonTextError("The body is not UTF-8.") from None
    except RecursionError:
        raise JsonTextError(f"The body is nested deeper than {DEEPEST} levels.") from None
    except ValueError:
        # `from None`: the decoder's error keeps the whole text, tax ids included.
        raise JsonTextError("The body is not valid JSON.") from None
    # In UTF-8 that JSON allows, lone surrogates and NUL come as escapes alone, and no text is nested deeper than it has
    # brackets: nearly every text shows both without a walk through its values.
    if "\\u" in decoded or decoded.count("{") + decoded.count("[") > DEEPEST:
        _check_depth_and_text(value, DEEPEST)
    return value


def read_lenient(text: bytes) -> JsonValue:
    """The value of what a service sent, with or without a UTF-8 byte order mark; JsonTextError if none."""
    try:
        value: JsonValue = msgspec.json.decode(text.removeprefix(_UTF8_BOM))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise JsonTextError("The text is not valid JSON.") from None
    return value


def write(value: JsonValue) -> bytes:
    """`value` as compact UTF-8 JSON: no blanks, members in their order, no byte order mark.

    Raises JsonTextError for a lone surrogate, which UTF-8 cannot carry (RFC 8259 §8.2).
    """
    return _encode(value, None)


def write_sorted(value: JsonValue) -> bytes:
    """`value` with the members of every object sorted, so that equal values are equal bytes; raises as `write`."""
    return _encode(value, "sorted")


def _encode(value: JsonValue, order: Literal["sorted"] | None) -> bytes:
    try:
        return msgspec.json.encode(value, order=order)
    except UnicodeEncodeError:
        pass  # it keeps the whole text, so ours is raised outside of the handler
    raise JsonTextError("A text has a lone surrogate.")


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonTextError("The body has a member name that stands twice in one object.")
    return members


def _refuse_constant(_: str) -> JsonValue:
    raise JsonTextError("NaN and Infinity are not JSON.")


def _finite(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise JsonTextError("The body has a number that is too large.")
    return number


_STRICT = json.JSONDecoder(object_pairs_hook=_unique_members, parse_constant=_refuse_constant, parse_float=_finite)


def _check_depth_and_text(value: JsonValue, levels_left: int) -> None:
    if isinstance(value, str):
        if _UNSAFE.search(value):
            raise JsonTextError("The body has a lone surrogate or a NUL character.")
        return
    if not isinstance(value, (dict, list)):
        return
    if levels_left == 0:
        raise JsonTextError(f"The body is nested deeper than {DEEPEST} levels.")
    if isinstance(value, dict):
        for name in value:
            _check_depth_and_text(name, 0)
    for inner in value.values() if isinstance(value, dict) else value:
        _check_depth_and_text(inner, levels_left - 1)
