"""Storage in PostgreSQL 15 or newer: whole batches in two round trips; many nodes may use one database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from partnercenter.service.storage import (
    C,
    R,
    ReplayKey,
    Snapshot,
    StorageUnavailableError,
    StoredProfile,
    Touches,
    Transaction,
    postgres_audit,
    postgres_rows,
)
from partnercenter.service.storage.batches import Batches, Work, nothing_written
from partnercenter.service.storage.postgres_errors import LostError, RaceError
from partnercenter.service.storage.postgres_lane import Lane
from partnercenter.service.storage.postgres_pipeline import COMMIT, Result, Statement
from partnercenter.service.storage.schema import prepare_postgres
from partnercenter.service.storage.working_set import Changes, Rows, WorkingSet
from partnercenter.wire.json_text import JsonObject

T = TypeVar("T")

# READ COMMITTED with rows that are locked and keys that are unique; nothing leans on stricter levels.
_BEGIN = Statement(b"BEGIN ISOLATION LEVEL READ COMMITTED")
_ROLLBACK = Statement(b"ROLLBACK")
_ATTEMPTS = 3


class PostgresStorage:
    """A backend in the database at a libpq URL. One connection writes, one reads; both come back after they broke."""

    def __init__(self, url: str) -> None:
        """Connect, and bring the schema to that of this program.

        Raises NewerSchemaError; StorageUnavailableError, if the server is not there or may lose what it commits.
        """
        self._writer = Lane(url)
        # Several rows are of one state only under one snapshot.
        self._reader = Lane(url, default_transaction_isolation="repeatable\\ read")
        self._writer.open()
        try:
            prepare_postgres(url)
        except BaseException:
            self._writer.close()
            raise
        self._batches = Batches(self._run_batch)
        self._reads = Batches(self._run_reads)
        self._to_store: list[Statement] = []

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """See Storage.transact."""
        return await self._batches.run(operation, command)

    async def read(self, operation: Callable[[Snapshot, C], R], command: C) -> R:
        """See Storage.read. What is asked for while another round trip is under way shares the next one."""
        return await self._reads.run(partial(_read, operation), command)

    async def audit_page(
        self, tenant_id: str, *, since: datetime, until: datetime | None, before: int | None, most: int
    ) -> list[tuple[int, JsonObject]]:
        """See AuditPages.audit_page."""
        question = postgres_audit.page(tenant_id, since=since, until=until, before=before, most=most)

        return postgres_audit.records(await self._ask(question))

    async def audited_tenants(self, *, after: str, most: int) -> list[str]:
        """See Storage.audited_tenants."""
        return postgres_audit.tenant_ids(await self._ask(postgres_audit.tenants(after, most)))

    async def purge_answers(self, *, before: float, most: int) -> int:
        """See Storage.purge_answers."""
        return await self._purge(postgres_rows.purging(before, most))

    async def purge_audit(self, tenant_id: str, *, before: datetime, most: int) -> int:
        """See Storage.purge_audit."""
        return await self._purge(postgres_audit.purging(tenant_id, before, most))

    def close(self) -> None:
        """See Storage.close."""
        self._writer.close()
        self._reader.close()

    async def _ask(self, question: Statement) -> Result:
        async def ask() -> Result:
            _, result = await self._reader.run([postgres_rows.FENCE, question])
            return result

        return await self._reads.run_alone(lambda: _again(ask))

    async def _purge(self, statements: list[Statement]) -> int:
        async def purge() -> int:
            *_, result = await self._writer.run(statements)
            return result.command_tuples or 0

        return await self._batches.run_alone(purge)

    async def _run_batch(self, batch: Sequence[Work]) -> None:
        await _again(lambda: self._write(batch))

    async def _write(self, batch: Sequence[Work]) -> None:
        try:
            await self._begin()
            rows = await self._load([work.touches for work in batch])
            loaded_answers = {key: dated.at for key, dated in rows.answers.items()}
            working = WorkingSet(rows)
            for work in batch:
                work.run(working)
            self._save(working.changes, loaded_answers)
            await self._commit()
        finally:
            await self._roll_back()

    async def _begin(self) -> None:
        """Have a connection. BEGIN goes with the first statements: the first lock is taken in `_load`."""
        await self._writer.ready()

    async def _load(self, all_touches: list[Touches]) -> Rows:
        with nothing_written():
            statements = postgres_rows.loading(all_touches, lock=True)
        _, *results = await self._writer.run([_BEGIN, *statements])
        with nothing_written():
            return postgres_rows.loaded(statements, results)

    def _save(self, changes: Changes, loaded_answers: dict[ReplayKey, float]) -> None:
        """Prepare what is to be stored. It goes with COMMIT, which the server leaves out if any of it fails."""
        with nothing_written():
            self._to_store = postgres_rows.saving(changes, loaded_answers)

    async def _commit(self) -> None:
        if not self._writer.in_transaction:  # a connection that was lost since would come back without the locks
            raise LostError("PostgreSQL: the transaction is gone.")
        try:
            *_, committed = await self._writer.run([*self._to_store, COMMIT])
        except LostError as error:
            # It may have been done, so it is not done again here: whoever asked can find out by a replay.
            raise StorageUnavailableError(f"{error} Whether it is stored is not known.") from None
        if committed.command_status != b"COMMIT":  # of a transaction that had failed, COMMIT says ROLLBACK
            raise StorageUnavailableError("PostgreSQL did not commit.")

    async def _roll_back(self) -> None:
        if not self._writer.in_transaction:
            return
        try:
            await self._writer.run([_ROLLBACK])
        except StorageUnavailableError:  # what is to be told is why it is rolled back
            self._writer.drop()

    async def _run_reads(self, batch: Sequence[Work]) -> None:
        rows = await _again(lambda: self._load_unlocked([work.touches for work in batch]))
        for work in batch:
            work.run(WorkingSet(rows))

    async def _load_unlocked(self, all_touches: list[Touches]) -> Rows:
        with nothing_written():
            statements = postgres_rows.loading(all_touches, lock=False)
        _, *results = await self._reader.run([postgres_rows.FENCE, *statements])
        with nothing_written():
            return postgres_rows.loaded(statements, results)


class _Seen:
    """What a transaction sees, as a Snapshot."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """See Snapshot.profile."""
        return self._transaction.lock_profile(tenant_id, kind)

    def remembers(self, key: ReplayKey, *, since: float) -> bool:
        """See Snapshot.remembers."""
        return self._transaction.recall(key, since=since) is not None


def _read(operation: Callable[[Snapshot, C], R], transaction: Transaction, command: C) -> R:
    return operation(_Seen(transaction), command)


async def _again(work: Callable[[], Awaitable[T]]) -> T:
    """Do `work`, and do it anew if another node was faster, or a connection had broken before anything was stored."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(RaceError, LostError):
            return await work()
    return await work()
