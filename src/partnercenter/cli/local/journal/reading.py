"""How the journal of a local service is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from partnercenter.cli.local.administration import ask
from partnercenter.wire.json_text import JsonObject

PATH = "/admin/journal"
_AT_ONCE = 500


def documents(data: Path | None, *, after: int = 0, most: int | None = None) -> Iterator[JsonObject]:
    """The entries as they are sent, the oldest first.

    data: as for `ask`, whose errors it raises. after: only those with a higher sequence. most: no more than these.
    """
    left = most
    while left is None or left > 0:
        page = ask(data, "GET", f"{PATH}?after={after}&most={_AT_ONCE if left is None else min(left, _AT_ONCE)}")
        rows = page.get("entries")
        found = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        if not found:
            return
        yield from found
        last = found[-1].get("sequence")
        if not isinstance(last, int) or last <= after:
            return
        after, left = last, None if left is None else left - len(found)


def last(data: Path | None) -> int:
    """The sequence of the newest entry there ever was; 0 before the first."""
    found = ask(data, "GET", f"{PATH}?most=0").get("last")
    return found if isinstance(found, int) else 0
