"""Storage in one SQLite file: WAL, `synchronous=FULL`, one writer for whole batches, a reader beside it."""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import apsw

from partnercenter.service.storage import (
    C,
    R,
    Snapshot,
    StorageUnavailableError,
    Touches,
    Transaction,
    schema,
    sqlite_audit,
    sqlite_rows,
)
from partnercenter.service.storage.batches import Batches, Work, nothing_written
from partnercenter.service.storage.sqlite_reading import BUSY_MILLISECONDS, as_unavailable
from partnercenter.service.storage.working_set import Changes, Rows, WorkingSet
from partnercenter.wire.json_text import JsonObject

# SQLite 3.7.0 to 3.51.2 can corrupt a WAL that two connections write and checkpoint at once
# (sqlite.org/wal.html, "the WAL-reset bug").
OLDEST_SAFE_SQLITE = (3, 51, 3)
CACHE_KIBIBYTES = 16 * 1024
"""The inner pages of the profiles of a million partners take nine mebibytes: they stay, whoever is asked for."""
_SMALLEST_PAGE = 512
_PORTION = 65_536
"""How many bytes are written at once: the most that SQLite itself writes, and that its file systems must cope with."""


class SqliteStorage:
    """A backend in the file `path`. One process writes; any number of readers see committed states.

    All Python runs on the event loop, so that nothing waits for the interpreter's lock. Only what waits for the
    disk, or for another process, runs in the thread.
    """

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises NewerSchemaError, StorageUnavailableError."""
        if tuple(map(int, apsw.sqlite_lib_version().split("."))) < OLDEST_SAFE_SQLITE:
            raise StorageUnavailableError(
                f"SQLite {apsw.sqlite_lib_version()} can corrupt its log. Install apsw 3.51.3 or newer."
            )
        _require_whole_pages(path)
        schema.prepare_sqlite(path)
        with as_unavailable():
            self._path = path
            self._writer = _open_writer(path)
            # Until a commit has succeeded: the process before this one may have died of a sync that failed.
            self._in_doubt = True
            self._reader = _open(path, apsw.SQLITE_OPEN_READONLY)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-commit")
        self._batches = Batches(self._run_batch)

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """See Storage.transact."""
        return await self._batches.run(operation, command)

    async def read(self, operation: Callable[[Snapshot, C], R], command: C) -> R:
        """See Storage.read."""
        touches = command.touches
        one_row = len(touches.profiles) + len(touches.replays) == 1
        with as_unavailable():
            rows = self._load_one(touches) if one_row else self._load_together(touches)
        return operation(rows, command)

    async def audit_page(
        self, tenant_id: str, *, since: datetime, until: datetime | None, before: int | None, most: int
    ) -> list[tuple[int, JsonObject]]:
        """See AuditPages.audit_page."""
        return sqlite_audit.page(self._reader, tenant_id, since=since, until=until, before=before, most=most)

    async def purge_answers(self, *, before: float, most: int) -> int:
        """See Storage.purge_answers."""
        return await self._alone(lambda: sqlite_rows.purge_answers(self._writer, before, most))

    async def purge_audit(self, tenant_id: str, *, before: datetime, most: int) -> int:
        """See Storage.purge_audit."""
        return await self._alone(lambda: sqlite_audit.purge(self._writer, tenant_id, before, most))

    async def audited_tenants(self, *, after: str, most: int) -> list[str]:
        """See Storage.audited_tenants."""
        return sqlite_audit.tenants(self._reader, after, most)

    def close(self) -> None:
        """See Storage.close."""
        self._thread.shutdown()
        self._reader.close()
        self._writer.close()

    async def _run_batch(self, batch: Sequence[Work]) -> None:
        try:
            with as_unavailable():
                await self._begin()
            with nothing_written(), as_unavailable():
                working = WorkingSet(self._load([work.touches for work in batch]))
                for work in batch:
                    work.run(working)
                self._save(working.changes)
            with as_unavailable():
                await self._commit()
        except BaseException:
            self._roll_back()
            raise

    async def _alone(self, work: Callable[[], int]) -> int:
        """Do `work` in a transaction of its own, between two batches."""

        async def run() -> int:
            try:
                with as_unavailable():
                    await self._begin()
                    result = work()
                    await self._commit()
            except BaseException:
                self._roll_back()
                raise
            return result

        return await self._batches.run_alone(run)

    async def _begin(self) -> None:
        """Take the write lock before the first read, so that what is checked is what is replaced."""
        if self._in_doubt:
            await self._in_thread(self._leave_log)
        self._writer.set_busy_timeout(0)
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:  # another process writes
            self._writer.set_busy_timeout(BUSY_MILLISECONDS)
            await self._in_thread(lambda: self._writer.execute("BEGIN IMMEDIATE"))

    def _load(self, all_touches: list[Touches]) -> Rows:
        return sqlite_rows.load(self._writer, all_touches, heads=True)

    def _load_one(self, touches: Touches) -> Rows:
        return sqlite_rows.load(self._reader, [touches], heads=False)

    def _load_together(self, touches: Touches) -> Rows:
        """Several rows are of one state only in one transaction."""
        self._reader.execute("BEGIN")
        try:
            return self._load_one(touches)
        finally:
            self._reader.execute("ROLLBACK")

    def _save(self, changes: Changes) -> None:
        sqlite_rows.save(self._writer, changes)

    async def _commit(self) -> None:
        self._in_doubt = True  # until it has succeeded
        await self._in_thread(lambda: self._writer.execute("COMMIT"))
        self._in_doubt = False

    def _leave_log(self) -> None:
        """Before the first commit and after one that failed: a new connection and an empty log, or stay unavailable.

        When a sync fails, the system may drop what it could not write and report success for the next one
        (PostgreSQL, "PANIC on fsync() failure"). So nothing is appended to that log any more: it is written once
        more, to be surely on the disk, and what was committed is moved from it to the file.
        """
        left, self._writer = self._writer, _open_writer(self._path)
        left.close()  # as the last one that is open it would move the log to the file
        self._writer.execute("BEGIN IMMEDIATE")  # so that nobody else writes to the log
        _write_again(f"{self._path}-wal")
        self._writer.execute("ROLLBACK")
        ((busy, _, _),) = self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            raise StorageUnavailableError("Another process uses the log that is to be left.")
        self._in_doubt = False

    async def _in_thread(self, work: Callable[[], object]) -> None:
        try:
            done = self._thread.submit(work)
        except RuntimeError:  # the thread takes no more work
            raise StorageUnavailableError("The storage is closed.") from None
        try:
            await asyncio.wrap_future(done)
        except asyncio.CancelledError:
            # The connection is the thread's until it is done with it.
            concurrent.futures.wait([done])
            raise

    def _roll_back(self) -> None:
        try:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
        except apsw.Error:  # closing it rolls back, too
            self._in_doubt = True


def _require_whole_pages(path: Path) -> None:
    """SQLite would fill up the last page of a file that was cut off, and take a few bytes for an empty file."""
    # Asked of the system alone: whoever opens and closes the file lets go of this process's locks on it
    # (sqlite.org/howtocorrupt.html §2.2). What a crash has left is put in order from the log or journal beside it.
    beside = (path.with_name(f"{path.name}-{kind}") for kind in ("wal", "journal"))
    if path.is_file() and path.stat().st_size % _SMALLEST_PAGE and not any(file.exists() for file in beside):
        raise StorageUnavailableError("The file was cut off.")


def _open_writer(path: Path) -> apsw.Connection:
    connection = _open(path, apsw.SQLITE_OPEN_READWRITE)
    _make_durable(connection)
    return connection


def _open(path: Path, flags: int) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=flags)
    connection.set_busy_timeout(BUSY_MILLISECONDS)
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
    return connection


def _write_again(path: str) -> None:
    """Write a file as it is, so that the next sync does not forget what an earlier one failed to write."""
    file = apsw.VFSFile("", path, [apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_READWRITE, 0])
    try:
        size = file.xFileSize()
        for offset in range(0, size, _PORTION):
            file.xWrite(file.xRead(min(_PORTION, size - offset), offset), offset)
        file.xSync(apsw.SQLITE_SYNC_NORMAL)
    finally:
        file.xClose()


def _make_durable(connection: apsw.Connection) -> None:
    ((mode,),) = connection.execute("PRAGMA journal_mode=WAL").fetchall()
    if mode != "wal":
        raise StorageUnavailableError(f"The folder does not allow a write-ahead log (SQLite says {mode!r}).")
    # FULL syncs the log at every commit: what was answered 200 survives a power cut, not only a crash.
    connection.execute("PRAGMA synchronous=FULL")
