"""What every storage backend promises of the audit, and what SQLite does for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from partnercenter.service.audit import NO_ENTRY, date_text, entry_hash
from partnercenter.service.operations.verify_audit import Damage, verify
from partnercenter.service.storage import (
    AuditHead,
    AuditTrail,
    StorageUnavailableError,
    Transaction,
)
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.storage.sqlite_audit import _PAGE, SqliteAuditTrail, open_audit_trail
from partnercenter.wire.audit_records import AuditRecord
from tests.touching import Touching, billing_of

DAY = datetime(2027, 1, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = DAY - 1000 * HOUR


def append(storage: SqliteStorage, *times: datetime, tenant: str = "tenant") -> None:
    def each(transaction: Transaction, _: Touching) -> None:
        for time in times:
            transaction.append_audit(tenant, AuditRecord(id=date_text(time), operation_date=date_text(time)))

    asyncio.run(storage.transact(each, billing_of(tenant)))


def hours(*numbers: int) -> list[datetime]:
    return [DAY + number * HOUR for number in numbers]


def sequences(
    storage: SqliteStorage,
    *,
    since: datetime = LONG_AGO,
    until: datetime | None = None,
    before: int | None = None,
    most: int = 100,
    tenant: str = "tenant",
) -> list[int]:
    page = storage.audit_page(tenant, since=since, until=until, before=before, most=most)
    return [sequence for sequence, _ in asyncio.run(page)]


def purge(storage: SqliteStorage, before: datetime, most: int = 100) -> int:
    return asyncio.run(storage.purge_audit("tenant", before=before, most=most))


def tenants(storage: SqliteStorage, after: str) -> list[str]:
    return asyncio.run(storage.audited_tenants(after=after, most=2))


class AuditTrailPromises:
    """The promises. A subclass supplies the fixtures `storage` and `trail`."""

    def test_records_are_listed_by_sequence_the_highest_first(self, storage: SqliteStorage) -> None:
        append(storage, *hours(1, 2, 3))
        assert sequences(storage) == [3, 2, 1]

    def test_k02_a_clock_that_goes_back_does_not_change_the_order(self, storage: SqliteStorage) -> None:
        append(storage, *hours(3, 1, 2))
        assert sequences(storage) == [3, 2, 1]

    def test_the_record_comes_with_its_sequence(self, storage: SqliteStorage) -> None:
        append(storage, DAY)
        ((_, record),) = asyncio.run(storage.audit_page("tenant", since=DAY, until=None, before=None, most=1))
        assert record["operationDate"] == date_text(DAY)

    @pytest.mark.parametrize(
        ("since", "until", "listed"),
        [
            (DAY + HOUR, None, [3, 2, 1]),
            (DAY + HOUR + timedelta(microseconds=1), None, [3, 2]),
            (LONG_AGO, DAY + 3 * HOUR, [2, 1]),
            (LONG_AGO, DAY + 3 * HOUR + timedelta(microseconds=1), [3, 2, 1]),
            (DAY + 2 * HOUR, DAY + 2 * HOUR, []),
        ],
    )
    def test_the_bounds_are_half_open(
        self, storage: SqliteStorage, since: datetime, until: datetime | None, listed: list[int]
    ) -> None:
        append(storage, *hours(1, 2, 3))
        assert sequences(storage, since=since, until=until) == listed

    def test_only_records_before_the_given_sequence_are_listed(self, storage: SqliteStorage) -> None:
        append(storage, *hours(1, 2, 3))
        assert sequences(storage, before=3) == [2, 1]

    def test_only_as_many_as_asked_for_are_listed(self, storage: SqliteStorage) -> None:
        append(storage, *hours(1, 2, 3))
        assert sequences(storage, most=2) == [3, 2]

    def test_t09_a_page_holds_records_of_its_own_tenant_alone(self, storage: SqliteStorage) -> None:
        append(storage, *hours(1, 2))
        append(storage, DAY, tenant="other")
        assert sequences(storage, tenant="other") == [1]

    def test_before_the_first_entry_there_is_no_head(self, trail: AuditTrail) -> None:
        assert trail.head("tenant") is None

    def test_the_first_entry_is_chained_to_no_entry(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, DAY)
        (entry,) = trail.entries("tenant")
        assert entry.previous_hash == NO_ENTRY
        assert entry.hash == entry_hash(NO_ENTRY, "tenant", 1, entry.record)

    def test_every_entry_has_the_hash_of_the_one_before(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, *hours(1, 2, 3))
        entries = list(trail.entries("tenant"))
        assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]

    def test_the_head_is_that_of_the_last_entry(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, *hours(1, 2, 3))
        last = list(trail.entries("tenant"))[-1]
        assert trail.head("tenant") == AuditHead(3, last.hash)

    def test_each_tenant_has_a_chain_of_its_own(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, *hours(1, 2))
        append(storage, DAY, tenant="other")
        assert [entry.sequence for entry in trail.entries("other")] == [1]

    def test_the_tenants_are_those_with_entries(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, DAY)
        append(storage, DAY, tenant="other")
        assert trail.tenants() == ["other", "tenant"]

    # Retention

    def test_entries_of_before_a_date_are_purged_from_the_front(self, storage: SqliteStorage) -> None:
        append(storage, *hours(1, 2, 3))
        assert purge(storage, DAY + 3 * HOUR) == 2
        assert sequences(storage) == [3]

    def test_a_purge_stops_at_the_first_entry_of_a_later_date(self, storage: SqliteStorage) -> None:
        append(storage, *hours(3, 1, 2))
        assert purge(storage, DAY + 3 * HOUR) == 0

    def test_a_purge_of_the_audit_drops_only_as_many_as_it_is_told(self, storage: SqliteStorage) -> None:
        append(storage, *hours(1, 2, 3))
        assert [purge(storage, DAY + 9 * HOUR, most=2) for _ in range(3)] == [2, 1, 0]

    def test_nothing_of_another_tenant_is_purged(self, storage: SqliteStorage) -> None:
        append(storage, DAY, tenant="other")
        append(storage, DAY)
        purge(storage, DAY + HOUR)
        assert sequences(storage, tenant="other") == [1]

    def test_what_was_purged_is_known_by_its_last_entry(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, *hours(1, 2, 3))
        second = list(trail.entries("tenant"))[1]
        purge(storage, DAY + 3 * HOUR)
        assert trail.start("tenant") == AuditHead(2, second.hash)

    def test_before_the_first_purge_there_is_no_start(self, storage: SqliteStorage, trail: AuditTrail) -> None:
        append(storage, DAY)
        assert trail.start("tenant") is None

    @pytest.mark.parametrize("kept", [0, 1, 3])
    def test_a_chain_whose_front_was_purged_is_whole(
        self, storage: SqliteStorage, trail: AuditTrail, kept: int
    ) -> None:
        append(storage, *hours(1, 2, 3))
        purge(storage, DAY + (4 - kept) * HOUR)
        append(storage, DAY + 9 * HOUR)
        found = verify("tenant", trail.entries("tenant"), trail.head("tenant"), trail.start("tenant"))
        assert found == (kept + 1, None)

    def test_a_front_that_was_cut_off_without_a_purge_is_missing(
        self, storage: SqliteStorage, trail: AuditTrail
    ) -> None:
        append(storage, *hours(1, 2, 3))
        entries = list(trail.entries("tenant"))[1:]
        found = verify("tenant", entries, trail.head("tenant"), trail.start("tenant"))
        assert found == (0, ("tenant", 1, Damage.MISSING))

    def test_the_audited_tenants_come_in_portions(self, storage: SqliteStorage) -> None:
        for tenant in ("a", "b", "c"):
            append(storage, DAY, tenant=tenant)
        assert [tenants(storage, after) for after in ("", "b", "c")] == [["a", "b"], ["c"], []]

    def test_an_operation_that_raises_leaves_the_head_where_it_was(
        self, storage: SqliteStorage, trail: AuditTrail
    ) -> None:
        append(storage, DAY)
        before = trail.head("tenant")

        def append_and_fail(transaction: Transaction, _: Touching) -> None:
            transaction.append_audit("tenant", AuditRecord(id="x"))
            raise RuntimeError

        with pytest.raises(RuntimeError):
            asyncio.run(storage.transact(append_and_fail, billing_of("tenant")))
        assert trail.head("tenant") == before


class TestSqlite(AuditTrailPromises):
    """SQLite keeps them."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "partnercenter.sqlite3"

    @pytest.fixture
    def storage(self, path: Path) -> Iterator[SqliteStorage]:
        storage = SqliteStorage(path)
        yield storage
        storage.close()

    @pytest.fixture
    def trail(self, storage: SqliteStorage) -> AuditTrail:
        return SqliteAuditTrail(storage._reader)

    def test_r19_a_page_is_found_in_the_index_and_sorted_by_it(self, storage: SqliteStorage) -> None:
        names = {"tenant": "t", "before": 9, "since": "2", "until": "3", "most": 1}
        plan = [str(row[3]) for row in storage._reader.execute(f"EXPLAIN QUERY PLAN {_PAGE}", names).fetchall()]
        assert plan == ["SEARCH audit USING INDEX audit_by_sequence (tenant_id=? AND sequence<?)"]

    def test_t16_an_audit_entry_that_cannot_be_written_takes_the_whole_transaction_back(
        self, storage: SqliteStorage, trail: AuditTrail
    ) -> None:
        append(storage, DAY)
        ((pages,),) = storage._writer.execute("PRAGMA page_count").fetchall()
        storage._writer.execute(f"PRAGMA max_page_count={pages}")  # as a full disk does

        def fill(transaction: Transaction, _: Touching) -> None:
            transaction.append_audit("other", AuditRecord(id="small"))
            transaction.append_audit("tenant", AuditRecord(id="x" * 100_000))

        with pytest.raises(StorageUnavailableError):
            asyncio.run(storage.transact(fill, billing_of("tenant", "other")))
        assert (sequences(storage), trail.tenants()) == ([1], ["tenant"])

    def test_a_damaged_record_is_unavailable_and_not_an_unexpected_error(self, storage: SqliteStorage) -> None:
        append(storage, DAY)
        storage._writer.execute(
            "UPDATE audit SET record = CAST(CAST(rtrim(record, '}') AS BLOB) || x'2c2278223a22ff227d' AS TEXT)"
        )
        with pytest.raises(StorageUnavailableError):
            sequences(storage)

    def test_the_trail_opens_beside_a_service_that_writes(self, storage: SqliteStorage, path: Path) -> None:
        append(storage, DAY)
        with open_audit_trail(path) as trail:
            assert trail.tenants() == ["tenant"]

    def test_the_trail_shows_one_state_while_entries_come(self, storage: SqliteStorage, path: Path) -> None:
        append(storage, DAY)
        with open_audit_trail(path) as trail:
            before = trail.head("tenant")
            append(storage, DAY)
            assert (trail.head("tenant"), len(list(trail.entries("tenant")))) == (before, 1)

    def test_the_trail_opens_after_the_service_has_ended(self, storage: SqliteStorage, path: Path) -> None:
        append(storage, DAY)
        storage.close()
        with open_audit_trail(path) as trail:
            assert trail.tenants() == ["tenant"]

    def test_the_trail_cannot_be_written(self, storage: SqliteStorage, path: Path) -> None:
        with open_audit_trail(path) as trail, pytest.raises(apsw.ReadOnlyError):
            trail._connection.execute("DELETE FROM audit_head")

    def test_the_trail_of_a_file_without_hashes_says_what_to_do(self, path: Path) -> None:
        apsw.Connection(str(path)).execute("CREATE TABLE audit (x); PRAGMA user_version=1")
        with pytest.raises(StorageUnavailableError, match="Start the service once"), open_audit_trail(path):
            pass
