"""The schema of a database: which one it has, and how it comes to that of this program.

A database that has it already is only looked at, which takes a millisecond or a round trip, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from partnercenter.service.storage import StorageUnavailableError, schema_sqlite
from partnercenter.service.storage.migrations import HEAD, is_known, require_known

__all__ = ["HEAD", "is_known", "postgres_revision", "prepare_postgres", "prepare_sqlite", "sqlite_revision"]


def sqlite_revision(path: Path) -> str | None:
    """The revision that the file has; None if there is none or it is empty. Changes nothing.

    Raises StorageUnavailableError if the file cannot be read. The revision may be unknown: that of a newer program.
    """
    return schema_sqlite.revision(path)


def postgres_revision(url: str) -> str | None:
    """The same of the database at the libpq `url`."""
    from partnercenter.service.storage import schema_postgres  # its driver is an extra

    return schema_postgres.revision(url)


def prepare_sqlite(path: Path) -> None:
    """Bring the file to HEAD, if it has an older revision or is missing or empty.

    No connection of this process may have the file open: the C library of Python's own sqlite3 module migrates it,
    and when one library closes a file, the locks of another one in the same process are gone
    (sqlite.org/howtocorrupt.html §2.2.1).

    Raises NewerSchemaError for the data of a newer program, which is left as it is; StorageUnavailableError.
    """
    _bring_to_head(
        partial(schema_sqlite.revision, path), partial(schema_sqlite.create, path), partial(schema_sqlite.upgrade, path)
    )


def prepare_postgres(url: str) -> None:
    """The same for the database at the libpq `url`. Nodes that start together wait for the one that does it."""
    from partnercenter.service.storage import schema_postgres

    _bring_to_head(
        partial(schema_postgres.revision, url),
        partial(schema_postgres.create, url),
        partial(schema_postgres.upgrade, url),
    )


def _bring_to_head(
    revision: Callable[[], str | None], create: Callable[[], None], upgrade: Callable[[str], None]
) -> None:
    while (found := revision()) != HEAD:
        try:
            if found is None:
                create()
            else:
                require_known(found)
                upgrade(found)
        except StorageUnavailableError:
            # Somebody else may have done it meanwhile, so that there was nothing left to do; else it is a failure.
            if revision() == found:
                raise
