"""States that are kept under a name: so many and so large that they cannot fill the memory."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

MOST = 32
MOST_BYTES = 256 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)

S = TypeVar("S")


class SnapshotError(ValueError):
    """It cannot be kept; the text says why."""


class NoSnapshotError(LookupError):
    """Nothing is kept under the name; the text says what is."""


class SnapshotRow(NamedTuple):
    """What is told of a snapshot. at: when it was taken, seconds since the epoch. size: bytes."""

    name: str
    at: float
    size: int


@dataclass(slots=True)
class Snapshots(Generic[S]):
    """States by name, the oldest first."""

    _kept: dict[str, tuple[SnapshotRow, S]] = field(default_factory=dict)

    def keep(self, name: str, state: S, size: int, at: float) -> SnapshotRow:
        """Keep `state` under `name`, in the place of what was kept under it. Raises SnapshotError."""
        if not _NAME.fullmatch(name):
            raise SnapshotError("A snapshot's name has 1 to 64 letters, digits, dots, hyphens and underscores.")
        others = [row for row, _ in self._kept.values() if row.name != name]
        if len(others) >= MOST or sum(row.size for row in others) + size > MOST_BYTES:
            raise SnapshotError(f"At most {MOST} snapshots of {MOST_BYTES} bytes together are kept. Remove one first.")
        self._kept.pop(name, None)
        row = SnapshotRow(name, at, size)
        self._kept[name] = row, state
        return row

    def find(self, name: str) -> S:
        """What is kept under `name`. Raises NoSnapshotError."""
        self._require(name)
        return self._kept[name][1]

    def remove(self, name: str) -> None:
        """Forget it. Raises NoSnapshotError."""
        self._require(name)
        del self._kept[name]

    def rows(self) -> list[SnapshotRow]:
        """What is kept."""
        return [row for row, _ in self._kept.values()]

    def _require(self, name: str) -> None:
        if name not in self._kept:
            there = f"There are: {', '.join(self._kept)}." if self._kept else "There is none."
            raise NoSnapshotError(f"There is no snapshot {name[:40]!a}. {there}")
