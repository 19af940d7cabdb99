"""Copies of a service's database: backup and restore of a SQLite file, export and import between the engines.

Whatever is put back gets new entity tags, so that no tag that was ever given out, before the copy or after it, holds
for a profile that is not the one it was given out for. The remembered answers and the audit come along as they are.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from partnercenter.service.operations.verify_copy import require_intact_rows
from partnercenter.service.storage import StorageUnavailableError, schema, sqlite_transfer, transfer
from partnercenter.service.storage.transfer import DamagedFileError, NotEmptyError, ProfileRow, Row
from partnercenter.wire.entity_tag import EntityTag

Watch = Callable[[int], None]
Database = Path | str
"""A SQLite file, or the URL of a PostgreSQL database."""

_ROWS_BETWEEN_WATCHING = 1_000


def backup(source: Path, file: Path, watch: Watch) -> None:
    """Copy the SQLite file `source` to `file` in one state of it, beside a service that writes it.

    watch: is told now and then how many pages were copied.
    Raises NotEmptyError if `file` is there, StorageUnavailableError, OSError.
    """
    with _made_whole(file) as unfinished:
        sqlite_transfer.copy_pages(source, unfinished, watch)


def restore(file: Path, target: Path, watch: Watch) -> None:
    """Make the SQLite file `target` from a backup, after the backup and its audit were found intact.

    A backup of an older program is migrated on the way. `file` itself is not changed. watch: as in `backup`.
    Raises NotEmptyError if `target` is there, DamagedFileError, BrokenAuditError, NewerSchemaError, OSError.
    """
    with _made_whole(target) as unfinished:
        try:
            sqlite_transfer.copy_pages(file, unfinished, watch)
            sqlite_transfer.require_intact(unfinished)
            _require_some(schema.sqlite_revision(unfinished))
            schema.prepare_sqlite(unfinished)
            with sqlite_transfer.open_rows(unfinished) as rows:
                require_intact_rows(rows)
            sqlite_transfer.give_new_tags(unfinished)
        except StorageUnavailableError as error:
            raise DamagedFileError(f"The backup cannot be used. {error}") from None


def export_rows(source: Database, file: Path, watch: Watch) -> int:
    """Write all rows to `file` in the portable form, in one state, beside services that write; how many they were.

    watch: is told now and then how many rows were written.
    Raises NotEmptyError if `file` is there, NewerSchemaError, StorageUnavailableError, OSError.
    """
    with _made_whole(file) as unfinished, unfinished.open("wb") as stream, _open_rows(source) as rows:
        return transfer.write(_watched(rows, watch), stream)


def import_rows(file: Path, target: Database, watch: Watch) -> int:
    """Put the rows of an export into an empty database, after all of them were found intact; how many they were.

    target: a SQLite file that is not there yet, or a PostgreSQL database without rows. watch: as in `export_rows`.
    Raises DamagedFileError, BrokenAuditError, NotEmptyError, NewerSchemaError, StorageUnavailableError, OSError.
    """
    with file.open("rb") as stream:
        # First whether it is as it was written: or a damaged line would pass for a broken audit.
        deque(transfer.read(stream), maxlen=0)
        require_intact_rows(transfer.read(stream))
        count = 0

        def watch_and_count(written: int) -> None:
            nonlocal count
            count = written
            watch(written)

        # Read to its end once more: if it was changed meanwhile, that shows before anything is committed.
        rows = _watched(map(_with_new_tag, transfer.read(stream)), watch_and_count)
        if isinstance(target, Path):
            with _made_whole(target) as unfinished:
                sqlite_transfer.write_rows(unfinished, rows)
        else:
            from partnercenter.service.storage import postgres_transfer  # its driver is an extra

            postgres_transfer.write_rows(target, rows)
    return count


def _require_some(revision: str | None) -> None:
    if revision is None:
        raise DamagedFileError("The backup is empty.")


def _open_rows(source: Database) -> AbstractContextManager[Iterator[Row]]:
    if isinstance(source, Path):
        return sqlite_transfer.open_rows(source)
    from partnercenter.service.storage import postgres_transfer

    return postgres_transfer.open_rows(source)


def _with_new_tag(row: Row) -> Row:
    if isinstance(row, ProfileRow):
        return msgspec.structs.replace(row, entity_tag=EntityTag.new(row.version).value)
    return row


def _watched(rows: Iterable[Row], watch: Watch) -> Iterator[Row]:
    count = 0
    for count, row in enumerate(rows, 1):
        if count % _ROWS_BETWEEN_WATCHING == 0:
            watch(count)
        yield row
    watch(count)


@contextmanager
def _made_whole(path: Path) -> Iterator[Path]:
    """Another, empty file, for its owner alone, that comes to `path` once it is whole and on the disk."""
    _require_absent(path)
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        unfinished = Path(folder) / path.name
        unfinished.touch(mode=0o600)
        yield unfinished
        _sync(unfinished)
        _require_absent(path)
        unfinished.replace(path)
        _sync(path.parent)


def _require_absent(path: Path) -> None:
    # A log that an earlier file left behind would be taken for that of the new one, and played into it.
    for ending in ("", "-wal", "-shm", "-journal"):
        left = path.with_name(path.name + ending)
        if left.exists():
            raise NotEmptyError(f"{left} is there already.")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
