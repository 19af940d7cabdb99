"""Copies of a SQLite file: row by row in the portable form, or page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from typing import TypeVar

import apsw
import msgspec

from partnercenter.service.storage import StorageUnavailableError, schema_sqlite
from partnercenter.service.storage.sqlite_reading import BUSY_MILLISECONDS, as_unavailable
from partnercenter.service.storage.transfer import (
    TABLES,
    AnswerRow,
    EntryRow,
    HeadRow,
    ProfileRow,
    Row,
    StartRow,
    by_tenant,
    columns,
)
from partnercenter.wire.entity_tag import EntityTag

R = TypeVar("R", ProfileRow, AnswerRow, StartRow, HeadRow, EntryRow)

_PAGES_AT_ONCE = 1_000
_ORDER = {ProfileRow: "1, 2", AnswerRow: "rowid", StartRow: "1", HeadRow: "1", EntryRow: "1, 2"}


@contextmanager
def open_rows(path: Path) -> Iterator[Iterator[Row]]:
    """All rows of the file in the order of an export, in one state of it, beside whoever writes it.

    Raises StorageUnavailableError, NewerSchemaError.
    """
    with as_unavailable(), closing(_connected(path, apsw.SQLITE_OPEN_READONLY)) as connection:
        schema_sqlite.require_head(connection)
        connection.execute("BEGIN")
        audit = by_tenant(_rows(connection, StartRow), _rows(connection, HeadRow), _rows(connection, EntryRow))
        yield chain(_rows(connection, ProfileRow), _rows(connection, AnswerRow), audit)


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Make the file `path` and put the rows into it, all or none. Raises StorageUnavailableError."""
    schema_sqlite.create(path)
    with as_unavailable(), closing(_connected(path, apsw.SQLITE_OPEN_READWRITE)) as connection, connection:
        statements = {row: _insert(row) for row in TABLES}
        for row in rows:
            connection.execute(statements[type(row)], msgspec.structs.astuple(row))


def copy_pages(source: Path, target: Path, watch: Callable[[int], None]) -> None:
    """Copy the file in one state of it, beside whoever writes it; `target` is one file, without a log beside it.

    watch: is told now and then how many pages were copied. Raises StorageUnavailableError.
    """
    with (
        as_unavailable(),
        closing(_connected(source, apsw.SQLITE_OPEN_READONLY)) as reader,
        closing(_connected(target, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE)) as writer,
    ):
        # While this transaction is open the reader sees no change, so that the copy never has to begin anew
        # (sqlite.org/c3ref/backup_finish.html, "Concurrent Usage of Database Handles").
        reader.execute("BEGIN; SELECT count(*) FROM sqlite_schema").fetchall()
        with writer.backup("main", reader, "main") as backup:
            while not backup.done:
                backup.step(_PAGES_AT_ONCE)
                watch(backup.page_count - backup.remaining)
        writer.execute("PRAGMA journal_mode=DELETE").fetchall()


def require_intact(path: Path) -> None:
    """Read every page and every index. Raises StorageUnavailableError if the file is damaged."""
    with as_unavailable(), closing(_connected(path, apsw.SQLITE_OPEN_READONLY)) as connection:
        if connection.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
            raise StorageUnavailableError("The file is damaged.")


def give_new_tags(path: Path) -> None:
    """Give every profile an entity tag that was never used. Raises StorageUnavailableError."""
    with as_unavailable(), closing(_connected(path, apsw.SQLITE_OPEN_READWRITE)) as connection, connection:
        retag(connection)


def retag(connection: apsw.Connection) -> None:
    """The same of an open database."""
    connection.create_scalar_function("new_tag", _new_tag, 1)
    connection.execute("UPDATE profile SET entity_tag = new_tag(version)")


def _new_tag(*version: apsw.SQLiteValue) -> str:
    return EntityTag.new(int(str(version[0]))).value


def _connected(path: Path, flags: int) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    return connection


def _rows(connection: apsw.Connection, row: type[R]) -> Iterator[R]:
    query = f"SELECT {', '.join(columns(row))} FROM {TABLES[row]} ORDER BY {_ORDER[row]}"  # noqa: S608 - names of ours
    for found in connection.execute(query):
        yield row(*found)


def _insert(row: type[Row]) -> str:
    names = columns(row)
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {TABLES[row]} ({', '.join(names)}) VALUES ({places})"  # noqa: S608 - names of ours
