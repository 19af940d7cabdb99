"""Storage in memory: a SQLite without a file. For tests, which begin anew in no time and leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import apsw

from partnercenter.service.storage import C, R, Snapshot, Transaction, sqlite_audit, sqlite_rows
from partnercenter.service.storage.batches import nothing_written
from partnercenter.service.storage.migrations import Engine, all_statements
from partnercenter.service.storage.sqlite_reading import as_unavailable
from partnercenter.service.storage.sqlite_transfer import retag
from partnercenter.service.storage.working_set import WorkingSet
from partnercenter.wire.json_text import JsonObject


class MemoryStorage:
    """A backend without a file: what it holds is gone when it is closed. For one thread at a time.

    Nothing waits for a disk, so each transaction is one of its own, done before anybody else can begin another.
    """

    def __init__(self) -> None:
        """Begin empty."""
        self._connection = apsw.Connection(":memory:")
        for statement in all_statements(Engine.SQLITE):
            self._connection.execute(statement)

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """See Storage.transact."""
        return self.run(operation, command)

    def run(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """The same for who does not await."""
        with as_unavailable():
            working = WorkingSet(sqlite_rows.load(self._connection, [command.touches], heads=True))
        transaction = working.begin(command.touches)
        result = operation(transaction, command)
        working.keep(transaction)
        if working.changes:
            with nothing_written(), self._transaction():
                sqlite_rows.save(self._connection, working.changes)
        return result

    async def read(self, operation: Callable[[Snapshot, C], R], command: C) -> R:
        """See Storage.read."""
        with as_unavailable():
            rows = sqlite_rows.load(self._connection, [command.touches], heads=False)
        return operation(rows, command)

    async def audit_page(
        self, tenant_id: str, *, since: datetime, until: datetime | None, before: int | None, most: int
    ) -> list[tuple[int, JsonObject]]:
        """See AuditPages.audit_page."""
        return sqlite_audit.page(self._connection, tenant_id, since=since, until=until, before=before, most=most)

    async def purge_answers(self, *, before: float, most: int) -> int:
        """See Storage.purge_answers."""
        with self._transaction():
            return sqlite_rows.purge_answers(self._connection, before, most)

    async def purge_audit(self, tenant_id: str, *, before: datetime, most: int) -> int:
        """See Storage.purge_audit."""
        with self._transaction():
            return sqlite_audit.purge(self._connection, tenant_id, before, most)

    async def audited_tenants(self, *, after: str, most: int) -> list[str]:
        """See Storage.audited_tenants."""
        return sqlite_audit.tenants(self._connection, after, most)

    def image(self) -> bytes:
        """All that is stored, to be restored later."""
        with as_unavailable():
            return self._connection.serialize("main")

    def restore(self, image: bytes) -> None:
        """Hold what was held when `image` was made, and nothing else.

        Every profile has an entity tag that was never used, as after the restore of any copy: who read a version
        before must not take the one that stands now for it (decision 10).
        """
        with as_unavailable():
            self._connection.deserialize("main", image)
        with self._transaction():
            retag(self._connection)

    def close(self) -> None:
        """See Storage.close."""
        self._connection.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with as_unavailable():
            self._connection.execute("BEGIN")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
