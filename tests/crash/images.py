"""What may be on a disk after the power failed: what was synced, and of the rest anything.

Of a write that was not synced each sector is there or not, whatever became of those before it; a file that grew may
have anything where nothing was written; a name that was made or taken away may be there or not, until its folder is
synced. What SQLite counts on is kept: a sector is written whole or not at all, and never a byte beside it
(sqlite.org/psow.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.crash.recording import Create, Delete, Event, FailedSync, Sync, Truncate, Write

SECTOR = 512
_SECTOR_SURVIVES = 0.7

Change: TypeAlias = Write | Truncate
Files: TypeAlias = dict[str, bytes]


@dataclass(slots=True)
class _File:
    """durable: what is surely on the disk. pending: what came after."""

    sync_folder: bool
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class Disk:
    """A folder: files by the names that they surely have, and what was done to the names after."""

    durable: dict[str, _File] = field(default_factory=dict)
    pending: list[tuple[str, _File | None]] = field(default_factory=list)

    def apply(self, event: Event) -> None:
        """Let it happen."""
        match event:
            case Create(name, sync_folder):
                self.pending.append((name, _File(sync_folder)))
            case Delete(name, sync_folder):
                self.pending.append((name, None))
                if sync_folder:
                    self._sync_folder()
            case Write(name) | Truncate(name):
                self._names()[name].pending.append(event)
            case FailedSync(name):
                # Whatever of it may be there, the worst is that nothing is, even after a later sync.
                self._names()[name].pending.clear()
            case Sync(name):
                self._sync(self._names()[name])
            case _:
                pass

    def image(self, survivors: Survivors, random: Random) -> Files:
        """The files that are there after the power failed now."""
        names: dict[str, _File | None] = {**self.durable}
        for number in survivors.choose(len(self.pending), random):
            name, changed = self.pending[number]
            names[name] = changed
        return {name: bytes(_content(file, survivors, random)) for name, file in names.items() if file is not None}

    def _names(self) -> dict[str, _File]:
        names: dict[str, _File | None] = {**self.durable, **dict(self.pending)}
        return {name: file for name, file in names.items() if file is not None}

    def _sync(self, file: _File) -> None:
        for change in file.pending:
            _apply(file.durable, change)
        file.pending.clear()
        if file.sync_folder:
            file.sync_folder = False
            self._sync_folder()

    def _sync_folder(self) -> None:
        self.durable = self._names()
        self.pending.clear()


@dataclass(frozen=True, slots=True)
class Survivors:
    """Which of the changes that were not synced are on the disk.

    choose: some of so many, in order. torn: of a write that is there, single sectors may be missing.
    garbage: what stands where a file grew and nothing was written; else zeros.
    """

    choose: Callable[[int, Random], Iterable[int]]
    torn: bool = False
    garbage: bool = False

    def of_changes(self, pending: list[Change], random: Random) -> Iterator[Change]:
        """Those of a file."""
        for number in self.choose(len(pending), random):
            change = pending[number]
            if self.torn and isinstance(change, Write):
                yield from (part for part in _sectors(change) if random.random() < _SECTOR_SURVIVES)
            else:
                yield change


def _none(_: int, __: Random) -> Iterable[int]:
    return ()


def _all(count: int, _: Random) -> Iterable[int]:
    return range(count)


def _first(count: int, random: Random) -> Iterable[int]:
    return range(random.randint(0, count))


def _last(count: int, random: Random) -> Iterable[int]:
    return range(random.randint(0, count), count)


def _some(count: int, random: Random) -> Iterable[int]:
    share = random.random()
    return [number for number in range(count) if random.random() < share]


SURVIVORS = {
    "none of it": Survivors(_none),
    "all of it": Survivors(_all),
    "its beginning": Survivors(_first, garbage=True),
    "its end": Survivors(_last),
    "some of it": Survivors(_some, garbage=True),
    "its beginning, torn": Survivors(_first, torn=True),
    "all of it, torn": Survivors(_all, torn=True, garbage=True),
    "some of it, torn": Survivors(_some, torn=True, garbage=True),
}


def write_files(files: Files, folder: Path) -> None:
    """Make the folder that such a disk has."""
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _content(file: _File, survivors: Survivors, random: Random) -> bytearray:
    content = bytearray(file.durable)
    for change in survivors.of_changes(file.pending, random):
        _apply(content, change, random if survivors.garbage else None)
    return content


def _apply(content: bytearray, change: Change, garbage: Random | None = None) -> None:
    match change:
        case Write(_, offset, written):
            _grow(content, offset, garbage)
            content[offset : offset + len(written)] = written
        case Truncate(_, size):
            del content[size:]
            _grow(content, size, None)


def _grow(content: bytearray, size: int, garbage: Random | None) -> None:
    missing = max(size - len(content), 0)
    content += garbage.randbytes(missing) if garbage else bytes(missing)


def _sectors(write: Write) -> Iterator[Write]:
    """The parts of a write that are in one sector each."""
    begin, end = write.offset, write.offset + len(write.content)
    while begin < end:
        until = min((begin // SECTOR + 1) * SECTOR, end)
        yield Write(write.name, begin, write.content[begin - write.offset : until - write.offset])
        begin = until
