"""What a service is killed at: its phases, each with the state that it begins in and what it does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import apsw

from partnercenter.service.storage.sqlite import SqliteStorage
from tests.crash import promises
from tests.crash.promises import Found
from tests.crash.puts import NOW, OLD, add_profiles, done_by, put_many, read_notes, write_note
from tests.storage_promises import schema_past

DATABASE, NOTES = "partnercenter.sqlite3", "acknowledged.txt"
_PAGES_OF_A_CHECKPOINT = 1_000
"""After so many pages in the log a commit moves them to the file (sqlite.org/pragma.html, wal_autocheckpoint)."""
_PAGE = 4_096 + 24
_OLD_ANSWERS = 60
_OLD_ENTRIES = 40


@dataclass
class Writer:
    """A service in a folder, of which only the storage and the operation matter. clients: how many write at once."""

    folder: Path
    clients: int
    storage: SqliteStorage = field(init=False)

    @property
    def notes(self) -> Path:
        return self.folder / NOTES

    def open(self) -> None:
        self.storage = SqliteStorage(self.folder / DATABASE)
        add_profiles(self.storage)

    def put(self, rounds: int, at: float = NOW) -> None:
        asyncio.run(self._put(rounds, at))

    async def _put(self, rounds: int, at: float = NOW) -> None:
        done = done_by(read_notes(self.notes))
        with self.notes.open("ab", buffering=0) as file:
            tell = partial(write_note, file.fileno())
            await put_many(self.storage, done, tell, clients=self.clients, rounds=rounds, at=at)

    def purge(self) -> None:
        """While others write, a portion at a time."""

        async def both() -> None:
            await asyncio.gather(self._put(3), self._purge())

        asyncio.run(both())

    async def _purge(self) -> None:
        while await self.storage.purge_answers(before=NOW - 1, most=_OLD_ANSWERS // 3):
            pass


def _nothing(_: Writer) -> None:
    pass


def _first_start(writer: Writer) -> None:
    writer.open()
    writer.put(1)


def _start_again(writer: Writer) -> None:
    _first_start(writer)


def _puts(writer: Writer) -> None:
    writer.put(4)


def _until_a_checkpoint(writer: Writer) -> None:
    """Up to a few commits before it."""
    writer.open()
    log = writer.folder / f"{DATABASE}-wal"
    while log.stat().st_size < (_PAGES_OF_A_CHECKPOINT - 20 * writer.clients) * _PAGE:
        writer.put(1)


def _checkpoint(writer: Writer) -> None:
    writer.put(12)


def _some_puts(writer: Writer) -> None:
    writer.open()
    writer.put(3)


def _old_puts(writer: Writer) -> None:
    writer.open()
    writer.put(_OLD_ANSWERS // writer.clients, OLD)
    writer.put(1)


def _purge(writer: Writer) -> None:
    writer.purge()


def _stop(writer: Writer) -> None:
    writer.put(1)
    writer.storage.close()


def _older_program(writer: Writer) -> None:
    schema_past.sqlite_file(writer.folder / DATABASE, "0001", _OLD_ENTRIES)


def _migrate(writer: Writer) -> None:
    SqliteStorage(writer.folder / DATABASE).close()


def look_at_puts(folder: Path) -> Found:
    """Whether all that was acknowledged is there."""
    return promises.look(folder / DATABASE, read_notes(folder / NOTES))


def _look_at_migrated(folder: Path) -> Found:
    """Whether a start brings all that the older program stored to the schema of this one."""
    SqliteStorage(folder / DATABASE).close()
    with closing(apsw.Connection(str(folder / DATABASE))) as connection:
        rows = schema_past.rows_of(connection.execute)
        whole = all(verdict.broken is None for verdict in schema_past.verdicts(connection.execute))
    lost = rows != schema_past.expected_rows(_OLD_ENTRIES)
    return Found(["LOST: the migrated rows are not those of before"] * lost + ["a chain is broken"] * (not whole), 0)


@dataclass(frozen=True, slots=True)
class Phase:
    """before: makes the state in which the phase is entered; it ends like a killed process, so that its log stays.

    begin: leads into the phase, and is not killed. work: what is killed. look: at what is left in the folder.
    """

    before: Callable[[Writer], None]
    begin: Callable[[Writer], None]
    work: Callable[[Writer], None]
    look: Callable[[Path], Found] = look_at_puts


PHASES = {
    "first start": Phase(_nothing, _nothing, _first_start),
    "start after a crash": Phase(_some_puts, _nothing, _start_again),
    "PUTs": Phase(_some_puts, Writer.open, _puts),
    "checkpoint": Phase(_until_a_checkpoint, Writer.open, _checkpoint),
    "purge": Phase(_old_puts, Writer.open, _purge),
    "stop": Phase(_some_puts, Writer.open, _stop),
    "migration": Phase(_older_program, _nothing, _migrate, _look_at_migrated),
}


def leave(folder: Path, clients: int, before: Callable[[Writer], None]) -> None:
    """Make the state that a phase begins in, in a fork that is killed."""
    child = os.fork()
    if child == 0:
        try:
            before(Writer(folder, clients))
        except BaseException:
            os._exit(70)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        raise AssertionError("The state before the phase could not be made.")
