"""From the text of a fault plan, YAML or JSON, to a document that JSON can carry; the service checks the values."""

from __future__ import annotations

from collections.abc import Sequence

import click

from partnercenter.cli import yaml_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.nearest_name import nearest

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
_MEMBERS = ("operation", "fault", "times", "after", "status", "seconds", "tenant")


def read_plan(text: bytes) -> JsonObject:
    """The plan that `text` is. click.UsageError, in one line, if it is none."""
    if len(text) > LONGEST_PLAN:
        raise click.UsageError(f"The plan is longer than {LONGEST_PLAN // 1024} KiB.")
    document = yaml_text.read(text, "The plan")
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
            close = nearest(name, known)
            meant = f" Did you mean {close}?" if close else ""
            raise click.UsageError(f"{which} has a member {name[:40]!a}. It can have {', '.join(known)}.{meant}")
