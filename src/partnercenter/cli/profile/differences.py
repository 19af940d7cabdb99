"""The difference between two versions of a profile, member by member."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from partnercenter.cli.output import document_of, readable
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.shapes import Shape

if TYPE_CHECKING:
    from rich.text import Text

_NONE = "(none)"
_SET_BY_THE_SERVICE = ("attributes.", "links.", "profileType")


class Difference(NamedTuple):
    """A member that differs. before, after: its values, None if it has none; whole, so not for people."""

    path: str
    before: JsonValue
    after: JsonValue

    def as_document(self) -> JsonObject:
        """For programs."""
        return {"member": self.path, "old": self.before, "new": self.after}


def changes(before: Shape, after: Shape) -> list[Difference]:
    """The members that differ, in their order, without those that the service sets."""
    old, new = _paths(document_of(before)), _paths(document_of(after))
    return [
        Difference(path, old.get(path), new.get(path))
        for path in old | new
        if not path.startswith(_SET_BY_THE_SERVICE) and old.get(path) != new.get(path)
    ]


def differences(before: Shape, after: Shape) -> list[tuple[str, str, str]]:
    """The members that differ, as (path, before, after) in texts for a person."""
    return [(path, _readable(path, old), _readable(path, new)) for path, old, new in changes(before, after)]


def difference_rows(before: Shape, after: Shape) -> list[tuple[str, Text]]:
    """What changed as rows to show, red and green on a terminal: `purchaseOrderNumber  9888 → 9321`."""
    from rich.text import Text

    return [(path, Text.assemble((old, "red"), " → ", (new, "green"))) for path, old, new in differences(before, after)]


def _readable(path: str, value: JsonValue) -> str:
    return _NONE if value in (None, []) else readable(path, value)


def _paths(value: JsonValue, path: str = "") -> dict[str, JsonValue]:
    """Every member that has a value, by its path."""
    if not isinstance(value, dict):
        return {path: value}
    found: dict[str, JsonValue] = {}
    for name, inner in value.items():
        found |= _paths(inner, f"{path}.{name}" if path else name)
    return found
