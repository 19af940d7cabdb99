"""What every storage backend promises: one class of promises, and for each backend a class that supplies `storage`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

import apsw
import pytest

from partnercenter.service.storage import (
    NewerSchemaError,
    NothingWrittenError,
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    Snapshot,
    Storage,
    StorageUnavailableError,
    StoredProfile,
    Touches,
    Transaction,
)
from partnercenter.service.storage.migrations import REVISIONS
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.entity_tag import EntityTag
from tests.touching import Touching, billing_of

R = TypeVar("R")
Reopen = Callable[[], Storage]

NOW = 1_800_000_000.0
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
KEY = ReplayKey("tenant", "app", "user", "request")
OTHER_KEY = ReplayKey("a", "b", "c", "d")
ANSWER = RememberedAnswer(b"\x00fingerprint", EntityTag("tag"), b'{"body":1}')
FIRST_VERSION = StoredProfile({"companyName": "x", "address": {"city": None, "state": ""}}, EntityTag("one"), 1)
SECOND_VERSION = StoredProfile({"companyName": "y \U0001f600 \uffff"}, EntityTag("two"), 2)


ANYTHING = Touching(
    Touches(
        profiles=tuple(ProfileKey(tenant, kind) for tenant in ("tenant", "other") for kind in ("billing", "legal")),
        replays=(KEY, OTHER_KEY),
    )
)


class AbandonedError(Exception):
    """An operation gave up."""


def do(storage: Storage, operation: Callable[[Transaction], R], touches: Touches = ANYTHING.touches) -> R:
    return asyncio.run(storage.transact(lambda transaction, _: operation(transaction), Touching(touches)))


def read(storage: Storage, question: Callable[[Snapshot], R], touches: Touches) -> R:
    return asyncio.run(storage.read(lambda snapshot, _: question(snapshot), Touching(touches)))


def elsewhere(question: Callable[[], R]) -> R:
    """The answer to `question`, asked in another thread: operations run on the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(question).result(timeout=20)


def add(
    storage: Storage, profile: StoredProfile = FIRST_VERSION, tenant: str = "tenant", kind: str = "billing"
) -> None:
    do(storage, lambda transaction: transaction.add_profile(tenant, kind, profile))


def current(storage: Storage, tenant: str = "tenant", kind: str = "billing") -> StoredProfile | None:
    return read(storage, lambda snapshot: snapshot.profile(tenant, kind), Touches((ProfileKey(tenant, kind),)))


def remembers(storage: Storage, since: float) -> bool:
    return read(storage, lambda snapshot: snapshot.remembers(KEY, since=since), Touches(replays=(KEY,)))


def replace(transaction: Transaction, expected: str, profile: StoredProfile = SECOND_VERSION) -> None:
    transaction.replace_profile("tenant", "billing", EntityTag(expected), profile)


def audit_ids(storage: Storage, tenant: str = "tenant", newest: int = 100) -> list[object]:
    page = storage.audit_page(tenant, since=LONG_AGO, until=None, before=None, most=newest)
    return [record["id"] for _, record in asyncio.run(page)]


def remember(storage: Storage, key: ReplayKey = KEY, now: float = NOW) -> None:
    do(storage, lambda transaction: transaction.remember(key, ANSWER, now=now), Touches(replays=(key,)))


def purge(storage: Storage, before: float, most: int = 100) -> int:
    return asyncio.run(storage.purge_answers(before=before, most=most))


def recall(storage: Storage, key: ReplayKey = KEY, since: float = 0) -> RememberedAnswer | None:
    return do(storage, lambda transaction: transaction.recall(key, since=since), Touches(replays=(key,)))


def append_audit(transaction: Transaction, record_id: str) -> None:
    transaction.append_audit("tenant", AuditRecord(id=record_id, operation_date="2027-01-15T08:00:00.000Z"))


def everything(transaction: Transaction) -> None:
    """All four kinds of write."""
    transaction.add_profile("other", "billing", FIRST_VERSION)
    replace(transaction, "one")
    append_audit(transaction, "1")
    transaction.remember(KEY, ANSWER, now=NOW)


def everything_and_fail(transaction: Transaction) -> None:
    everything(transaction)
    raise AbandonedError


class StoragePromises:
    """The promises of every backend. A subclass supplies the fixtures `storage` and `reopen`."""

    def test_what_was_stored_is_read_back_the_same(self, storage: Storage) -> None:
        add(storage)
        assert current(storage) == FIRST_VERSION

    def test_a_profile_that_was_never_stored_is_none(self, storage: Storage) -> None:
        assert current(storage) is None

    def test_a_transaction_sees_its_own_writes(self, storage: Storage) -> None:
        def twice(transaction: Transaction) -> StoredProfile | None:
            transaction.add_profile("tenant", "billing", FIRST_VERSION)
            replace(transaction, "one")
            return transaction.lock_profile("tenant", "billing")

        assert do(storage, twice) == SECOND_VERSION

    def test_the_result_of_the_operation_is_returned(self, storage: Storage) -> None:
        assert do(storage, lambda _: 42) == 42

    def test_what_the_operation_raises_is_raised(self, storage: Storage) -> None:
        add(storage)
        with pytest.raises(AbandonedError):
            do(storage, everything_and_fail)

    # A transaction happens as a whole or not at all.

    def test_an_operation_that_raises_leaves_no_profile_changed(self, storage: Storage) -> None:
        self.abandon(storage)
        assert (current(storage), current(storage, "other")) == (FIRST_VERSION, None)

    def test_an_operation_that_raises_leaves_no_audit_entry(self, storage: Storage) -> None:
        self.abandon(storage)
        assert audit_ids(storage) == []

    def test_an_operation_that_raises_leaves_no_answer_remembered(self, storage: Storage) -> None:
        self.abandon(storage)
        assert recall(storage) is None

    def test_after_an_operation_that_raised_the_next_one_succeeds(self, storage: Storage) -> None:
        self.abandon(storage)
        do(storage, everything)
        assert current(storage) == SECOND_VERSION

    def test_the_audit_entry_is_in_the_transaction_of_the_write(self, storage: Storage) -> None:
        add(storage)
        do(storage, everything)
        assert (current(storage), audit_ids(storage)) == (SECOND_VERSION, ["1"])

    # `replace_profile` writes only over the version that it names.

    def test_a_version_is_replaced_by_its_tag(self, storage: Storage) -> None:
        add(storage)
        do(storage, lambda transaction: replace(transaction, "one"))
        assert current(storage) == SECOND_VERSION

    @pytest.mark.parametrize("tag", ["two", "", "ONE", "one "])
    def test_a_version_that_is_gone_is_not_replaced(self, storage: Storage, tag: str) -> None:
        add(storage)
        with pytest.raises(StorageUnavailableError):
            do(storage, lambda transaction: replace(transaction, tag))
        assert current(storage) == FIRST_VERSION

    def test_a_profile_that_does_not_exist_is_not_replaced(self, storage: Storage) -> None:
        with pytest.raises(StorageUnavailableError):
            do(storage, lambda transaction: replace(transaction, "one"))

    def test_a_profile_is_added_once(self, storage: Storage) -> None:
        add(storage)
        with pytest.raises(StorageUnavailableError):
            add(storage, SECOND_VERSION)

    def test_of_fifty_that_replace_one_version_at_once_exactly_one_wins(self, storage: Storage) -> None:
        add(storage)

        def race(number: int, transaction: Transaction, _: Touching) -> bool:
            stored = transaction.lock_profile("tenant", "billing")
            if stored is None or stored.tag.value != "one":
                return False
            replace(transaction, "one", StoredProfile({}, EntityTag(f"tag {number}"), 2))
            return True

        async def fifty() -> list[bool]:
            return await asyncio.gather(*(storage.transact(partial(race, number), ANYTHING) for number in range(50)))

        assert sum(asyncio.run(fifty())) == 1

    def test_of_fifty_that_read_and_write_no_update_is_lost(self, storage: Storage) -> None:
        add(storage)

        def increment(number: int, transaction: Transaction, _: Touching) -> None:
            stored = transaction.lock_profile("tenant", "billing")
            assert stored is not None
            changed = StoredProfile({}, EntityTag(f"tag {number}"), stored.version + 1)
            transaction.replace_profile("tenant", "billing", stored.tag, changed)

        async def fifty() -> None:
            await asyncio.gather(*(storage.transact(partial(increment, number), ANYTHING) for number in range(50)))

        asyncio.run(fifty())
        stored = current(storage)
        assert stored is not None
        assert stored.version == 51

    # Nothing of one tenant is seen through the id of another.

    @pytest.mark.parametrize("tenant", ["other", "TENANT", "tenant ", "", "%"])
    def test_a_profile_is_seen_by_its_own_tenant_alone(self, storage: Storage, tenant: str) -> None:
        add(storage)
        assert current(storage, tenant) is None

    def test_a_profile_of_another_kind_is_another_one(self, storage: Storage) -> None:
        add(storage)
        assert current(storage, kind="legal") is None

    def test_replacing_leaves_the_same_tag_of_another_tenant_alone(self, storage: Storage) -> None:
        add(storage)
        add(storage, tenant="other")
        do(storage, lambda transaction: replace(transaction, "one"))
        assert current(storage, "other") == FIRST_VERSION

    def test_the_audit_is_seen_by_its_own_tenant_alone(self, storage: Storage) -> None:
        do(storage, partial(append_audit, record_id="1"))
        assert audit_ids(storage, "other") == []

    # Audit

    def test_the_audit_is_listed_newest_first(self, storage: Storage) -> None:
        self.append(storage, "1", "2", "3")
        assert audit_ids(storage) == ["3", "2", "1"]

    def test_only_as_many_audit_records_as_asked_for_are_listed(self, storage: Storage) -> None:
        self.append(storage, "1", "2", "3")
        assert audit_ids(storage, newest=2) == ["3", "2"]

    # A remembered answer comes back for its key alone, until its retention ends.

    def test_an_answer_is_remembered(self, storage: Storage) -> None:
        remember(storage)
        assert recall(storage) == ANSWER

    def test_the_snapshot_knows_that_an_answer_is_remembered(self, storage: Storage) -> None:
        remember(storage)
        assert remembers(storage, since=0)

    @pytest.mark.parametrize("part", range(4), ids=["tenant", "application", "user", "request"])
    def test_an_answer_is_remembered_for_its_whole_key_alone(self, storage: Storage, part: int) -> None:
        remember(storage)
        parts = ["tenant", "app", "user", "request"]
        parts[part] = "other"
        assert recall(storage, ReplayKey(*parts)) is None

    def test_an_answer_is_remembered_at_the_last_moment_of_its_time(self, storage: Storage) -> None:
        remember(storage)
        assert recall(storage, since=NOW) == ANSWER

    def test_an_answer_is_not_recalled_after_its_time(self, storage: Storage) -> None:
        remember(storage)
        assert recall(storage, since=NOW + 0.001) is None

    def test_the_snapshot_remembers_no_answer_after_its_time(self, storage: Storage) -> None:
        remember(storage)
        assert not remembers(storage, since=NOW + 0.001)

    def test_a_key_whose_answer_is_past_its_time_can_be_used_again(self, storage: Storage) -> None:
        remember(storage)
        remember(storage, now=NOW + 10)
        assert recall(storage, since=NOW + 5) == ANSWER

    # Retention

    def test_answers_that_are_too_old_are_purged(self, storage: Storage) -> None:
        remember(storage)
        assert purge(storage, before=NOW + 5) == 1
        assert recall(storage) is None

    def test_an_answer_at_the_limit_is_not_purged(self, storage: Storage) -> None:
        remember(storage)
        assert purge(storage, before=NOW) == 0
        assert recall(storage) == ANSWER

    def test_a_purge_drops_only_as_many_as_it_is_told(self, storage: Storage) -> None:
        remember(storage)
        remember(storage, OTHER_KEY)
        assert [purge(storage, before=NOW + 5, most=1) for _ in range(3)] == [1, 1, 0]

    def test_a_key_whose_answer_was_purged_can_be_used_again(self, storage: Storage) -> None:
        remember(storage)
        purge(storage, before=NOW + 5)
        remember(storage, now=NOW + 10)
        assert recall(storage) == ANSWER

    # Reading sees committed states, and nobody waits for it.

    def test_while_a_transaction_writes_readers_see_the_state_before_it(self, storage: Storage, reopen: Reopen) -> None:
        add(storage)

        other = reopen()

        def write_and_look(transaction: Transaction) -> StoredProfile | None:
            replace(transaction, "one")
            return elsewhere(lambda: current(other))

        assert do(storage, write_and_look) == FIRST_VERSION

    # Many at once are committed together, and yet each is on its own.

    def test_of_many_at_once_only_those_that_raise_leave_nothing_behind(self, storage: Storage) -> None:
        def append(number: int, transaction: Transaction, _: Touching) -> None:
            append_audit(transaction, str(number))
            if number % 2:
                raise AbandonedError

        async def many() -> list[BaseException | None]:
            jobs = (storage.transact(partial(append, number), ANYTHING) for number in range(10))
            return await asyncio.gather(*jobs, return_exceptions=True)

        raised = [isinstance(outcome, AbandonedError) for outcome in asyncio.run(many())]
        assert raised == [False, True] * 5
        assert audit_ids(storage) == ["8", "6", "4", "2", "0"]

    def test_whoever_stops_waiting_does_not_stop_the_others(self, storage: Storage) -> None:
        async def impatient() -> None:
            first = asyncio.create_task(storage.transact(lambda t, _: append_audit(t, "1"), ANYTHING))
            second = asyncio.create_task(storage.transact(lambda t, _: append_audit(t, "2"), ANYTHING))
            await asyncio.sleep(0)
            first.cancel()
            await second

        asyncio.run(impatient())
        assert "2" in audit_ids(storage)

    def test_an_operation_that_touches_what_it_did_not_declare_is_a_mistake(self, storage: Storage) -> None:
        with pytest.raises(AssertionError):
            do(storage, lambda transaction: transaction.lock_profile("tenant", "billing"), Touches())

    def test_a_closed_storage_is_unavailable(self, storage: Storage) -> None:
        storage.close()
        with pytest.raises(StorageUnavailableError):
            do(storage, lambda _: None)

    def test_a_closed_storage_cannot_be_read(self, storage: Storage) -> None:
        storage.close()
        with pytest.raises(StorageUnavailableError):
            current(storage)

    def test_closing_twice_is_closing_once(self, storage: Storage) -> None:
        storage.close()
        storage.close()

    @staticmethod
    def abandon(storage: Storage) -> None:
        add(storage)
        with pytest.raises(AbandonedError):
            do(storage, everything_and_fail)

    @staticmethod
    def append(storage: Storage, *ids: str) -> None:
        for record_id in ids:
            do(storage, partial(append_audit, record_id=record_id))


class DurablePromises(StoragePromises):
    """Those of a backend that keeps what it is told beyond its own life."""

    # Once `transact` returns it is durable.

    def test_everything_is_there_after_closing_and_opening_again(self, storage: Storage, reopen: Reopen) -> None:
        add(storage)
        do(storage, everything)
        storage.close()
        again = reopen()
        assert (current(again), audit_ids(again), recall(again)) == (SECOND_VERSION, ["1"], ANSWER)

    def test_what_was_committed_is_seen_by_another_process_at_once(self, storage: Storage, reopen: Reopen) -> None:
        add(storage)
        assert current(reopen()) == FIRST_VERSION


class TestSqlite(DurablePromises):
    """SQLite keeps them, and some of its own."""

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "partnercenter.sqlite3"

    @pytest.fixture
    def reopen(self, path: Path) -> Iterator[Reopen]:
        opened: list[SqliteStorage] = []

        def again() -> Storage:
            opened.append(SqliteStorage(path))
            return opened[-1]

        yield again
        for storage in opened:
            storage.close()

    @pytest.fixture
    def storage(self, reopen: Reopen) -> Storage:
        return reopen()

    def test_the_schema_of_a_newer_program_is_refused(self, path: Path) -> None:
        self.mark(path, len(REVISIONS) + 1)
        with pytest.raises(NewerSchemaError):
            SqliteStorage(path)

    def test_a_file_that_is_refused_is_left_as_it_was(self, path: Path) -> None:
        self.mark(path, len(REVISIONS) + 1)
        before = path.read_bytes()
        with pytest.raises(NewerSchemaError):
            SqliteStorage(path)
        assert path.read_bytes() == before

    def test_a_file_that_is_no_database_is_unavailable(self, path: Path) -> None:
        path.write_bytes(b"not a database " * 100)
        with pytest.raises(StorageUnavailableError):
            SqliteStorage(path)

    def test_a_folder_that_does_not_exist_is_unavailable(self, tmp_path: Path) -> None:
        with pytest.raises(StorageUnavailableError):
            SqliteStorage(tmp_path / "nowhere" / "x.sqlite3")

    def test_a_second_writer_waits_for_the_first_one(self, storage: Storage, reopen: Reopen) -> None:
        add(storage)
        other = reopen()

        def increment(number: int, transaction: Transaction, _: Touching) -> None:
            stored = transaction.lock_profile("tenant", "billing")
            assert stored is not None
            changed = StoredProfile({}, EntityTag(f"tag {number}"), stored.version + 1)
            transaction.replace_profile("tenant", "billing", stored.tag, changed)

        async def both() -> None:
            jobs = ((storage, other)[n % 2].transact(partial(increment, n), ANYTHING) for n in range(20))
            await asyncio.gather(*jobs)

        asyncio.run(both())
        stored = current(storage)
        assert stored is not None
        assert stored.version == 21

    def test_a_damaged_document_hurts_nobody_who_changes_another(self, storage: SqliteStorage) -> None:
        add(storage)
        add(storage, tenant="other")
        storage._writer.execute("UPDATE profile SET document = 'none' WHERE tenant_id = 'tenant'")

        async def both() -> list[StoredProfile | BaseException | None]:
            look = [
                storage.transact(lambda t, c: t.lock_profile(*c.touches.profiles[0]), billing_of(tenant))
                for tenant in ("tenant", "other")
            ]
            return await asyncio.gather(*look, return_exceptions=True)

        damaged, other = asyncio.run(both())
        assert (type(damaged), other) == (NothingWrittenError, FIRST_VERSION)

    def test_every_commit_is_synced_to_the_disk(self, path: Path, storage: SqliteStorage) -> None:
        ((synchronous,),) = storage._writer.execute("PRAGMA synchronous").fetchall()
        ((journal,),) = storage._writer.execute("PRAGMA journal_mode").fetchall()
        assert (synchronous, journal) == (2, "wal")

    @staticmethod
    def mark(path: Path, version: int) -> None:
        connection = apsw.Connection(str(path))
        connection.execute(f"CREATE TABLE x (y); PRAGMA user_version={version}")
        connection.close()
