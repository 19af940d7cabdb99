"""Copies of a PostgreSQL database, row by row in the portable form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import TypeVar

import msgspec

from partnercenter.service.storage import postgres_connection, schema, schema_postgres
from partnercenter.service.storage.migrations import require_head
from partnercenter.service.storage.postgres_driver import psycopg
from partnercenter.service.storage.transfer import (
    TABLES,
    AnswerRow,
    EntryRow,
    HeadRow,
    NotEmptyError,
    ProfileRow,
    Row,
    StartRow,
    by_tenant,
    columns,
)

R = TypeVar("R", ProfileRow, AnswerRow, StartRow, HeadRow, EntryRow)

_ROWS_AT_ONCE = 2_000
_ORDER = {ProfileRow: "1, 2", AnswerRow: "1, 2, 3, 4", StartRow: "1", HeadRow: "1", EntryRow: "1, 2"}
# Whole tables are read and written, and that takes the time that it takes.
_PATIENT = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "enable_seqscan": "on"}


@contextmanager
def open_rows(url: str) -> Iterator[Iterator[Row]]:
    """All rows of the database in the order of an export, in one state of it, beside whoever writes it.

    Raises StorageUnavailableError, NewerSchemaError.
    """
    require_head(schema_postgres.revision(url))
    with postgres_connection.connected(url, **_PATIENT) as connection:
        connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        audit = by_tenant(_rows(connection, StartRow), _rows(connection, HeadRow), _rows(connection, EntryRow))
        yield chain(_rows(connection, ProfileRow), _rows(connection, AnswerRow), audit)


def write_rows(url: str, rows: Iterable[Row]) -> None:
    """Put the rows into an empty database, all or none.

    Raises NotEmptyError, StorageUnavailableError, NewerSchemaError.
    """
    schema.prepare_postgres(url)
    with (
        postgres_connection.connected(url, **_PATIENT) as connection,
        connection.transaction(),
        connection.cursor() as cursor,
    ):
        # So that no service begins to write meanwhile.
        cursor.execute(f"LOCK TABLE {', '.join(TABLES.values())} IN EXCLUSIVE MODE".encode())
        for table in TABLES.values():
            if cursor.execute(f"SELECT FROM {table} LIMIT 1".encode()).rowcount:
                raise NotEmptyError("The database has rows already.")
        ungrouped = iter(rows)
        while portion := list(islice(ungrouped, _ROWS_AT_ONCE)):
            _copy(cursor, portion)


def _copy(cursor: psycopg.Cursor, portion: list[Row]) -> None:
    """A COPY fills one table, and the rows of several stand one behind the other."""
    for row, table in TABLES.items():
        names = columns(row)
        found = [line for line in portion if isinstance(line, row)]
        if found:
            with cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN".encode()) as copy:
                for line in found:
                    copy.write_row(msgspec.structs.astuple(line))


def _rows(connection: psycopg.Connection, row: type[R]) -> Iterator[R]:
    query = f"SELECT {', '.join(columns(row))} FROM {TABLES[row]} ORDER BY {_ORDER[row]}"  # noqa: S608 - names of ours
    # A cursor of the server: there may be more rows than memory.
    with connection.cursor(f"rows_of_{TABLES[row]}") as cursor:
        cursor.itersize = _ROWS_AT_ONCE
        for found in cursor.execute(query.encode()):
            yield row(*found)
