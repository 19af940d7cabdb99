"""From the text of a fault plan, YAML or JSON, to a document that JSON can carry; the service checks the values."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence

import click
import yaml

from partnercenter.wire.json_text import DEEPEST, JsonObject, JsonValue

FAULTS = (
    "throttled",
    "status",
    "gateway-html",
    "truncated",
    "bom",
    "slow",
    "reset",
    "no-answer-before-commit",
    "no-answer-after-commit",
)
"""What can go wrong, in the words of the service."""

LONGEST_PLAN = 64 * 1024
"""Bytes of a plan: as long as a body that the service takes (decision 30)."""

_EXAMPLE = 'as in: faults: [{operation: "*", fault: reset}]'
_MEMBERS = ("operation", "fault", "times", "after", "status", "seconds")


def read_plan(text: bytes) -> JsonObject:
    """The plan that `text` is. click.UsageError, in one line, if it is none."""
    if len(text) > LONGEST_PLAN:
        raise click.UsageError(f"The plan is longer than {LONGEST_PLAN // 1024} KiB.")
    document = _checked(_parsed(text), DEEPEST)
    if document is None:
        raise click.UsageError(f"The plan is empty. Give it a list of faults, {_EXAMPLE}; `faults clear` ends them.")
    if not isinstance(document, dict):
        raise click.UsageError(f"The plan has no member faults. It is an object, {_EXAMPLE}")
    _require_known("The plan", document, ("faults",))
    lines = document.get("faults")
    if not isinstance(lines, list):
        raise click.UsageError(f"The plan's member faults is missing or no list. Write it {_EXAMPLE}")
    for number, line in enumerate(lines, 1):
        _check_line(f"Fault {number}", line)
    return document


def _parsed(text: bytes) -> object:
    try:
        # An alias repeats what it names, and a few dozen of them fill every memory; a plan needs none.
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise click.UsageError("The plan has an alias (*name). Write out what it stands for.")
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        why = f"is not YAML: {' '.join(str(error).split())}"
    except RecursionError:
        why = f"is nested deeper than {DEEPEST} levels."
    except (ValueError, KeyError, TypeError, AttributeError):  # what PyYAML raises for 2026-99-99 or `!!bool x`
        why = "has a value that is not what YAML takes it for. Put texts in quotes."
    raise click.UsageError(f"The plan {why}")


def _checked(value: object, levels_left: int) -> JsonValue:
    """`value`, if JSON can carry it (RFC 8259): finite numbers, texts without lone surrogates, names that are texts."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str) and _is_unicode(value):
        return value
    if not isinstance(value, (list, dict)):
        raise click.UsageError(f"The plan has a value that JSON cannot carry: {str(value)[:40]!a}.")
    if levels_left == 0:
        raise click.UsageError(f"The plan is nested deeper than {DEEPEST} levels.")
    if isinstance(value, list):
        return [_checked(inner, levels_left - 1) for inner in value]
    return {_name(name): _checked(inner, levels_left - 1) for name, inner in value.items()}


def _name(name: object) -> str:
    if isinstance(name, str) and _is_unicode(name):
        return name
    raise click.UsageError(f"The plan has a member name that is no text: {str(name)[:40]!a}.")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)


def _check_line(which: str, line: JsonValue) -> None:
    if not isinstance(line, dict):
        raise click.UsageError(f"{which} is no object. Write it {_EXAMPLE}")
    _require_known(which, line, _MEMBERS)
    fault = line.get("fault")
    if fault not in FAULTS:
        said = "names no fault" if fault is None else f"names {str(fault)[:40]!a}, which is no fault"
        raise click.UsageError(f"{which} {said}. It can be {', '.join(FAULTS)}.")


def _require_known(which: str, document: JsonObject, known: Sequence[str]) -> None:
    for name in document:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            meant = f" Did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"{which} has a member {name[:40]!a}. It can have {', '.join(known)}.{meant}")
