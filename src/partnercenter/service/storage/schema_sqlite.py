"""The schema of a SQLite file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import apsw

from partnercenter.service.storage import StorageUnavailableError, migrations
from partnercenter.service.storage.migrations import (
    HEAD,
    READ_VERSION,
    REVISIONS,
    VERSION_TABLE,
    Engine,
    all_statements,
    number_of,
    stamp,
)
from partnercenter.service.storage.sqlite_reading import BUSY_MILLISECONDS, as_unavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection

# STRICT tables came with 3.37.0 (sqlite.org/stricttables.html); this one is that of Python, not that of apsw.
_OLDEST_THAT_MIGRATES = (3, 37, 0)
# EXTRA is FULL for a write-ahead log; a rollback journal is also gone for good when it is deleted at the commit.
_DURABLE = "PRAGMA synchronous=EXTRA"


def revision(path: Path) -> str | None:
    """See schema.sqlite_revision."""
    if not path.exists():
        return None
    # Read only, so that a file that is refused stays as it is. A journal of a process that was killed is the exception:
    # only who may write can roll it back.
    has_journal = path.with_name(f"{path.name}-journal").exists()
    with _opened(path, apsw.SQLITE_OPEN_READWRITE if has_journal else apsw.SQLITE_OPEN_READONLY) as connection:
        return revision_of(connection)


def revision_of(connection: apsw.Connection) -> str | None:
    """The revision of an open file, None if it is empty; StorageUnavailableError for the database of anybody else."""
    ((number,),) = connection.execute("PRAGMA user_version").fetchall()
    ((tables, versioned),) = connection.execute(
        "SELECT count(*), total(name = ?) FROM sqlite_schema", (VERSION_TABLE,)
    ).fetchall()
    if int(str(number)) > len(REVISIONS):
        return f"{number:04}"
    if versioned:
        return _stamped(connection)
    if number:
        return REVISIONS[int(str(number)) - 1]
    if tables:
        raise StorageUnavailableError("The file is the database of another program.")
    return None


def require_head(connection: apsw.Connection) -> None:
    """For who only reads. Raises NewerSchemaError, or StorageUnavailableError for what is to be migrated first."""
    migrations.require_head(revision_of(connection))


def create(path: Path) -> None:
    """Make the file, or fill an empty one, in one transaction."""
    with _opened(path, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE) as connection:
        _write(connection, [*all_statements(Engine.SQLITE), _numbered(HEAD)], due=_is_empty)


def upgrade(path: Path, found: str) -> None:
    """Take the revisions after `found`."""
    import sqlite3  # as everything for older data: only when there is any

    if sqlite3.sqlite_version_info < _OLDEST_THAT_MIGRATES:
        raise StorageUnavailableError(
            f"The SQLite {sqlite3.sqlite_version} of this Python is too old to migrate the data from schema {found}."
            " Use a Python that brings 3.37.0 or newer."
        )
    with _opened(path, apsw.SQLITE_OPEN_READWRITE) as connection:
        _write(connection, stamp(found), due=_is_unstamped)
    # Imported here, and after apsw has let go of the file.
    from partnercenter.service.storage.migrations import with_alembic

    def connect() -> sqlite3.Connection:
        opened = sqlite3.connect(path, timeout=BUSY_MILLISECONDS / 1_000, isolation_level=None)
        opened.execute(_DURABLE)
        return opened

    with_alembic.upgrade("sqlite+pysqlite", connect, begin="BEGIN IMMEDIATE", applied=_number)


def _number(connection: Connection, revision: str) -> None:
    """Programs before 0003 look at this number alone, and refuse one that they do not know."""
    connection.exec_driver_sql(_numbered(revision))


def _numbered(revision: str) -> str:
    return f"PRAGMA user_version={number_of(revision)}"


def _stamped(connection: apsw.Connection) -> str:
    found = connection.execute(READ_VERSION).fetchall()
    if len(found) != 1:
        raise StorageUnavailableError("The file does not say which schema it has.")
    return str(found[0][0])


def _is_unstamped(connection: apsw.Connection) -> bool:
    """Programs before 0003 did not use Alembic."""
    query = "SELECT 1 FROM sqlite_schema WHERE name = ?"
    return connection.execute(query, (VERSION_TABLE,)).fetchone() is None


def _is_empty(connection: apsw.Connection) -> bool:
    return revision_of(connection) is None


def _write(connection: apsw.Connection, statements: list[str], *, due: Callable[[apsw.Connection], bool]) -> None:
    """Execute all in one transaction, if that is still to be done when the file is locked: others may do the same.

    due: whether it is still to be done.
    """
    connection.execute(_DURABLE)
    connection.execute("BEGIN IMMEDIATE")
    if due(connection):
        for statement in statements:
            connection.execute(statement)
    connection.execute("COMMIT")  # if it is not reached, the connection is closed and nothing was done


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[apsw.Connection]:
    with as_unavailable():
        connection = apsw.Connection(str(path), flags=flags)
        try:
            connection.set_busy_timeout(BUSY_MILLISECONDS)
            yield connection
        finally:
            connection.close()
