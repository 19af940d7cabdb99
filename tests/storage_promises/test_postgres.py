"""PostgreSQL keeps the promises of every backend."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from partnercenter.service.audit import date_text
from partnercenter.service.storage import AuditTrail, Storage, Transaction
from partnercenter.service.storage.postgres import PostgresStorage
from partnercenter.service.storage.postgres_audit import PostgresAuditTrail, open_audit_trail
from partnercenter.wire.audit_records import AuditRecord
from tests.storage_promises.test_audit_trail import DAY, AuditTrailPromises
from tests.storage_promises.test_storage_promises import DurablePromises, Reopen
from tests.touching import Touching, billing_of


def append(storage: Storage) -> None:
    def once(transaction: Transaction, _: Touching) -> None:
        transaction.append_audit("tenant", AuditRecord(operation_date=date_text(DAY)))

    asyncio.run(storage.transact(once, billing_of("tenant")))


class TestPostgres(DurablePromises):
    @pytest.fixture
    def reopen(self, database: str) -> Iterator[Reopen]:
        opened: list[PostgresStorage] = []

        def again() -> Storage:
            opened.append(PostgresStorage(database))
            return opened[-1]

        yield again
        for storage in opened:
            storage.close()

    @pytest.fixture
    def storage(self, reopen: Reopen) -> Storage:
        return reopen()


class TestPostgresAudit(AuditTrailPromises):
    @pytest.fixture
    def storage(self, database: str) -> Iterator[PostgresStorage]:
        with closing(PostgresStorage(database)) as storage:
            yield storage

    @pytest.fixture
    def trail(self, database: str) -> Iterator[AuditTrail]:
        with closing(psycopg.connect(database, autocommit=True)) as connection:
            yield PostgresAuditTrail(connection)

    def test_the_trail_shows_one_state_while_entries_come(self, storage: PostgresStorage, database: str) -> None:
        append(storage)
        with open_audit_trail(database) as trail:
            before = trail.head("tenant")
            append(storage)
            assert (trail.head("tenant"), len(list(trail.entries("tenant")))) == (before, 1)
