"""The difference between two versions of a profile, member by member."""

from __future__ import annotations

from rich.text import Text

from partnercenter.cli.output import document_of, leaves
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.shapes import Shape

_NONE = "(none)"
_SET_BY_THE_SERVICE = ("attributes.", "links.", "profileType")


def differences(before: Shape, after: Shape) -> list[tuple[str, str, str]]:
    """The members that differ, as (path, before, after) in texts for a person."""
    old, new = document_of(before), document_of(after)
    paths = [path for path in dict.fromkeys(_paths(old) | _paths(new)) if not path.startswith(_SET_BY_THE_SERVICE)]
    shown_old, shown_new = dict(leaves(old)), dict(leaves(new))
    return [
        (path, shown_old.get(path, _NONE), shown_new.get(path, _NONE))
        for path in paths
        if _paths(old).get(path) != _paths(new).get(path)
    ]


def difference_rows(before: Shape, after: Shape) -> list[tuple[str, Text]]:
    """What changed as rows to show, red and green on a terminal: `purchaseOrderNumber  9888 → 9321`."""
    return [(path, Text.assemble((old, "red"), " → ", (new, "green"))) for path, old, new in differences(before, after)]


def _paths(value: JsonValue, path: str = "") -> dict[str, JsonValue]:
    """Every member that has a value, by its path; unlike the shown texts these can be compared."""
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, JsonValue] = {}
    for name, inner in value.items():
        found |= _paths(inner, f"{path}.{name}" if path else name)
    return found
