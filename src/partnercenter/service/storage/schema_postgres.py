"""The schema of a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from partnercenter.service.storage import StorageUnavailableError, postgres_connection
from partnercenter.service.storage.migrations import READ_VERSION, VERSION_TABLE, Engine, all_statements
from partnercenter.service.storage.postgres_driver import psycopg

# Any number that no other program takes for a lock of its own in the same database.
_LOCK = 0x7061_7274_6E65_7263  # "partnerc"
# A migration reads whole tables and takes the time that it takes, and so does who waits for it.
_PATIENT = {
    "lock_timeout": "0",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "enable_seqscan": "on",
}


def revision(url: str) -> str | None:
    """See schema.postgres_revision."""
    with postgres_connection.connected(url, **_PATIENT) as connection:
        return _revision_of(connection)


def create(url: str) -> None:
    """Fill an empty database, in one transaction."""
    with _locked(url) as connection:
        if _revision_of(connection) is None:
            for statement in all_statements(Engine.POSTGRES):
                connection.execute(statement.encode())


def upgrade(url: str, found: str) -> None:
    """Take the revisions after `found`, while no other node does."""
    from partnercenter.service.storage.migrations import with_alembic

    def connect() -> psycopg.Connection:
        opened = postgres_connection.connect(url, **_PATIENT)
        opened.autocommit = False
        return opened

    with _locked(url) as connection:
        if _revision_of(connection) == found:
            with_alembic.upgrade("postgresql+psycopg", connect)


def _revision_of(connection: psycopg.Connection) -> str | None:
    if connection.execute("SELECT to_regclass(%s)", (VERSION_TABLE,)).fetchone() == (None,):
        return None
    found = connection.execute(READ_VERSION).fetchall()
    if len(found) != 1:
        raise StorageUnavailableError("The database does not say which schema it has.")
    return str(found[0][0])


@contextmanager
def _locked(url: str) -> Iterator[psycopg.Connection]:
    """A transaction that no other node's is beside. Its lock ends with it, also behind a pool of connections."""
    with postgres_connection.connected(url, **_PATIENT) as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        yield connection
