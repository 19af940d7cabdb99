"""What PostgreSQL can do to a transaction: never a success that is none, and all is well again when it is back."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from functools import partial

import psycopg
import pytest

from partnercenter.service.storage import (
    NothingWrittenError,
    RememberedAnswer,
    ReplayKey,
    StorageUnavailableError,
    StoredProfile,
    Touches,
    Transaction,
    postgres_connection,
)
from partnercenter.service.storage import postgres_lane as lanes
from partnercenter.service.storage.postgres import PostgresStorage
from partnercenter.service.storage.postgres_errors import LostError
from partnercenter.service.storage.postgres_pipeline import COMMIT, Statement
from partnercenter.service.storage.schema import prepare_postgres
from partnercenter.wire.entity_tag import EntityTag
from tests.emptied_postgres import empty
from tests.postgres_server import RunningPostgres, StopMode, running_postgres
from tests.postgres_standby import running_standby
from tests.touching import Touching, billing_of

FIRST = StoredProfile({}, EntityTag("one"), 1)
NOBODY = "nobody"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    """One of this module's own: it is stopped, killed and given other settings."""
    with running_postgres() as running:
        yield running


@pytest.fixture(scope="module")
def prepared(server: RunningPostgres) -> str:
    url = server.new_database()
    prepare_postgres(url)
    return url


@pytest.fixture
def url(prepared: str) -> str:
    empty(prepared)
    return prepared


@pytest.fixture
def storage(url: str) -> Iterator[PostgresStorage]:
    with closing(PostgresStorage(url)) as opened:
        asyncio.run(opened.transact(add, billing_of("tenant")))
        yield opened


def add(transaction: Transaction, command: Touching) -> None:
    for key in command.touches.profiles:
        transaction.add_profile(*key, FIRST)


def increment(transaction: Transaction, command: Touching) -> int:
    """Replace each profile by its next version."""
    version = 0
    for key in command.touches.profiles:
        stored = transaction.lock_profile(*key)
        assert stored is not None
        version = stored.version + 1
        changed = StoredProfile({}, EntityTag(f"{key.tenant_id} {version}"), version)
        transaction.replace_profile(*key, stored.tag, changed)
    return version


async def version_of(storage: PostgresStorage, tenant: str = "tenant") -> int:
    profile = await storage.read(lambda snapshot, _: snapshot.profile(tenant, "billing"), billing_of(tenant))
    assert profile is not None
    return profile.version


async def outcome(work: Awaitable[object]) -> object:
    """What it returned, or the class of what it raised."""
    try:
        return await work
    except StorageUnavailableError as error:
        return type(error)


async def until_done(work: Callable[[], Awaitable[int]], seconds: float = 10) -> int:
    """Ask again and again, as clients do."""
    ends = time.monotonic() + seconds
    while True:
        try:
            return await work()
        except StorageUnavailableError:
            assert time.monotonic() < ends
            await asyncio.sleep(0.05)


def ask(url: str, question: str) -> object:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        row = connection.execute(question.encode()).fetchone()
        return row[0] if row else None


@contextmanager
def no_standby(server: RunningPostgres) -> Iterator[None]:
    """COMMIT waits for a standby that is not there."""
    server.set(synchronous_standby_names=NOBODY)
    try:
        yield
    finally:
        server.set(synchronous_standby_names="")


async def waiting_for_the_standby(url: str) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND datname = current_database()"
    ends = time.monotonic() + 5
    while not await asyncio.to_thread(ask, url, query):
        assert time.monotonic() < ends
        await asyncio.sleep(0.01)


# D14: the server is stopped and comes back.


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_d14_after_a_restart_the_next_request_is_served(
    server: RunningPostgres, storage: PostgresStorage, mode: StopMode
) -> None:
    server.restart(mode)
    assert asyncio.run(storage.transact(increment, billing_of("tenant"))) == 2


def test_d14_after_a_kill_the_next_request_is_served(server: RunningPostgres, storage: PostgresStorage) -> None:
    server.kill()
    server.start()
    assert asyncio.run(storage.transact(increment, billing_of("tenant"))) == 2


def test_d14_after_a_restart_the_next_read_is_served(server: RunningPostgres, storage: PostgresStorage) -> None:
    asyncio.run(version_of(storage))
    server.restart("immediate")
    assert asyncio.run(version_of(storage)) == 1


def test_d14_while_the_server_is_away_requests_are_refused_at_once(
    server: RunningPostgres, storage: PostgresStorage
) -> None:
    server.stop("immediate")
    try:
        outcomes = [asyncio.run(outcome(storage.transact(increment, billing_of("tenant")))) for _ in range(20)]
    finally:
        server.start()
    assert outcomes == [StorageUnavailableError] * 20


def test_a_server_that_is_away_is_not_overrun(
    server: RunningPostgres, storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[str] = []
    connect = postgres_connection.connect

    def counting(url: str, **session: str) -> psycopg.Connection:
        attempts.append(url)
        return connect(url, **session)

    async def many() -> None:
        for _ in range(300):
            await outcome(storage.transact(increment, billing_of("tenant")))

    monkeypatch.setattr(lanes, "connect", counting)
    server.stop("immediate")
    try:
        asyncio.run(many())
    finally:
        server.start()
    assert len(attempts) < 30


@pytest.mark.parametrize("how", ["fast", "immediate", "kill"])
def test_d14_no_update_that_was_answered_is_lost_and_none_is_done_twice(
    server: RunningPostgres, storage: PostgresStorage, how: str
) -> None:
    def interrupt() -> None:
        server.kill() if how == "kill" else server.stop("fast" if how == "fast" else "immediate")
        server.start()

    async def under_load() -> tuple[int, int]:
        done = unknown = 0
        interruption = asyncio.get_running_loop().run_in_executor(None, interrupt)
        while not interruption.done() or not done:
            result = await outcome(storage.transact(increment, billing_of("tenant")))
            done, unknown = done + isinstance(result, int), unknown + (not isinstance(result, int))
            await asyncio.sleep(0 if isinstance(result, int) else 0.02)
        await interruption
        last = await until_done(lambda: storage.transact(increment, billing_of("tenant")))
        return last - 2 - done, unknown

    surplus, unknown = asyncio.run(under_load())
    assert 0 <= surplus <= unknown


# D15 and D17: what became of a COMMIT is not known.


def test_d15_a_connection_that_is_lost_at_commit_is_never_a_success(url: str, storage: PostgresStorage) -> None:
    """The answer to COMMIT is taken away when the server has already stored everything."""
    run = storage._writer.run

    async def losing(statements: object) -> object:
        results = await run(statements)  # type: ignore[arg-type]
        if COMMIT in statements:  # type: ignore[operator]
            storage._writer.drop()
            raise LostError("cut")
        return results

    storage._writer.run = losing  # type: ignore[assignment, method-assign]
    assert asyncio.run(outcome(storage.transact(increment, billing_of("tenant")))) is StorageUnavailableError
    assert ask(url, "SELECT version FROM profile") == 2, "and it is not done again"


@pytest.mark.parametrize("how", ["cancel", "terminate"])
def test_d17_a_commit_whose_wait_for_the_standby_was_cut_short_is_never_a_success(
    server: RunningPostgres, url: str, storage: PostgresStorage, how: str
) -> None:
    async def cut_short() -> object:
        update = asyncio.create_task(outcome(storage.transact(increment, billing_of("tenant"))))
        await waiting_for_the_standby(url)
        query = f"SELECT pg_{how}_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        await asyncio.to_thread(ask, url, query)
        return await update

    with no_standby(server):
        assert asyncio.run(cut_short()) is StorageUnavailableError


def test_d18_without_a_standby_writes_and_reads_are_refused_in_time(
    server: RunningPostgres, storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "DEADLINE", 0.3)

    async def both() -> list[object]:
        write = outcome(storage.transact(increment, billing_of("tenant")))
        return list(await asyncio.gather(write, outcome(version_of(storage))))

    with no_standby(server):
        assert asyncio.run(both()) == [StorageUnavailableError, StorageUnavailableError]


def test_d18_without_a_standby_no_refusal_is_given_on_what_may_be_lost(
    server: RunningPostgres, storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operation that decides and writes nothing is fenced as a read is, even if there is no row to lock."""
    monkeypatch.setattr(lanes, "DEADLINE", 0.3)

    def decide(transaction: Transaction, _: Touching) -> bool:
        return transaction.lock_profile("nowhere", "billing") is None

    with no_standby(server):
        assert asyncio.run(outcome(storage.transact(decide, billing_of("nowhere")))) is StorageUnavailableError


def test_d18_who_gave_up_leaves_no_lock_and_no_connection_behind(
    server: RunningPostgres, url: str, storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "DEADLINE", 0.3)
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with no_standby(server):
        asyncio.run(outcome(storage.transact(increment, billing_of("tenant"))))
        ends = time.monotonic() + 5
        while ask(url, others):
            assert time.monotonic() < ends
            time.sleep(0.02)


def test_with_its_standby_there_writes_and_reads_are_served() -> None:
    async def both(storage: PostgresStorage) -> tuple[int, int]:
        return await storage.transact(increment, billing_of("tenant")), await version_of(storage)

    with running_postgres() as primary, closing(PostgresStorage(primary.url)) as storage, running_standby(primary):
        primary.set(synchronous_standby_names="standby")
        asyncio.run(storage.transact(add, billing_of("tenant")))
        assert asyncio.run(both(storage)) == (2, 2)


# D16 and D19: locks.


def test_a_node_that_freezes_within_a_transaction_lets_go_of_its_locks(
    url: str, storage: PostgresStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres_connection._SESSION, "idle_in_transaction_session_timeout", "300ms")
    with closing(PostgresStorage(url)) as frozen:
        released = threading.Event()

        def freeze(transaction: Transaction, _: Touching) -> None:
            released.wait(20)

        node = threading.Thread(
            target=lambda: asyncio.run(outcome(frozen.transact(freeze, billing_of("tenant")))), daemon=True
        )
        node.start()
        try:
            done = asyncio.run(until_done(lambda: storage.transact(increment, billing_of("tenant")), seconds=12))
        finally:
            released.set()
            node.join(20)
    assert done == 2


@pytest.mark.parametrize("poison", ["no\0text", "lone \ud800"])
def test_d16_an_operation_that_cannot_be_stored_hurts_no_other(storage: PostgresStorage, poison: str) -> None:
    async def together() -> list[object]:
        return await asyncio.gather(
            *(outcome(storage.transact(add, billing_of(tenant))) for tenant in ("a", poison, "b"))
        )

    assert asyncio.run(together()) == [None, NothingWrittenError, None]


def test_an_answer_that_is_too_big_for_its_index_hurts_no_other(storage: PostgresStorage) -> None:
    """54000, which only the write meets."""
    big = "".join(random.Random(7).choices("abcdefghijklmnopqrstuvwxyz0123456789", k=9_000))

    async def together() -> list[object]:
        return await asyncio.gather(*(outcome(storage.transact(add, billing_of(tenant))) for tenant in ("a", big, "b")))

    assert asyncio.run(together()) == [None, NothingWrittenError, None]


def test_a_damaged_document_hurts_nobody_who_reads_another(url: str, storage: PostgresStorage) -> None:
    asyncio.run(storage.transact(add, billing_of("damaged")))
    ask(url, "UPDATE profile SET document = '{' WHERE tenant_id = 'damaged' RETURNING 1")

    async def both() -> list[object]:
        return await asyncio.gather(*(outcome(version_of(storage, tenant)) for tenant in ("damaged", "tenant")))

    assert asyncio.run(both()) == [NothingWrittenError, 1]


def test_d16_a_primary_that_was_demoted_is_left_for_the_one_that_writes(storage: PostgresStorage) -> None:
    """25006: the server has turned read-only beneath an open connection; the one that is found next has not."""
    read_only = Statement(b"SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
    asyncio.run(storage._writer.run([read_only]))
    assert asyncio.run(storage.transact(increment, billing_of("tenant"))) == 2


# Several nodes.


def test_what_one_node_has_locked_no_other_changes(url: str, storage: PostgresStorage) -> None:
    holding, release = threading.Event(), threading.Event()

    def hold(transaction: Transaction, command: Touching) -> int:
        holding.set()
        release.wait(10)
        return increment(transaction, command)

    with closing(PostgresStorage(url)) as other, ThreadPoolExecutor() as threads:
        first = threads.submit(lambda: asyncio.run(storage.transact(hold, billing_of("tenant"))))
        holding.wait(10)
        second = threads.submit(lambda: asyncio.run(other.transact(increment, billing_of("tenant"))))
        done, _ = wait([second], timeout=0.3)
        release.set()
        assert (len(done), first.result(10), second.result(10)) == (0, 2, 3)


def test_of_three_nodes_with_one_tag_exactly_one_wins(url: str, storage: PostgresStorage) -> None:
    def race(number: int, transaction: Transaction, _: Touching) -> bool:
        stored = transaction.lock_profile("tenant", "billing")
        if stored is None or stored.tag != FIRST.tag:
            return False
        transaction.replace_profile("tenant", "billing", FIRST.tag, StoredProfile({}, EntityTag(f"n {number}"), 2))
        return True

    async def fifty(nodes: list[PostgresStorage]) -> list[bool]:
        racers = (nodes[n % 3].transact(partial(race, n), billing_of("tenant")) for n in range(50))
        return await asyncio.gather(*racers)

    with closing(PostgresStorage(url)) as second, closing(PostgresStorage(url)) as third:
        assert sum(asyncio.run(fifty([storage, second, third]))) == 1


def test_of_two_nodes_that_add_one_profile_one_finds_it(url: str, storage: PostgresStorage) -> None:
    def add_missing(transaction: Transaction, _: Touching) -> bool:
        if transaction.lock_profile("new", "billing") is not None:
            return False
        transaction.add_profile("new", "billing", FIRST)
        return True

    async def both(second: PostgresStorage) -> list[bool]:
        return await asyncio.gather(*(node.transact(add_missing, billing_of("new")) for node in (storage, second)))

    with closing(PostgresStorage(url)) as second:
        assert sorted(asyncio.run(both(second))) == [False, True]


@pytest.mark.parametrize("stored", [[], [0.0]], ids=["none is stored", "one past its time is stored"])
def test_of_two_nodes_that_get_one_request_one_replays_it(
    url: str, storage: PostgresStorage, stored: list[float]
) -> None:
    key = ReplayKey("tenant", "app", "user", "request")
    command = Touching(Touches(replays=(key,)))

    def once(transaction: Transaction, _: Touching, now: float = 100.0) -> str:
        if transaction.recall(key, since=50.0) is not None:
            return "replayed"
        transaction.remember(key, RememberedAnswer(b"", EntityTag("tag"), b""), now=now)
        return "done"

    def once_but_late(transaction: Transaction, command: Touching) -> str:
        done = once(transaction, command)
        looked.set()
        release.wait(10)
        return done

    for now in stored:
        asyncio.run(storage.transact(partial(once, now=now), command))
    looked, release = threading.Event(), threading.Event()
    with closing(PostgresStorage(url)) as other, ThreadPoolExecutor() as threads:
        late = threads.submit(lambda: asyncio.run(other.transact(once_but_late, command)))
        looked.wait(10)
        first = asyncio.run(storage.transact(once, command))
        release.set()
        assert (first, late.result(10)) == ("done", "replayed")


def test_batches_that_cross_never_wait_for_each_other(
    server: RunningPostgres, url: str, storage: PostgresStorage
) -> None:
    tenants = [f"t{number}" for number in range(300)]
    forth, back = billing_of(*tenants), billing_of(*reversed(tenants))
    asyncio.run(storage.transact(add, forth))

    async def many(other: PostgresStorage) -> None:
        for _ in range(20):
            await asyncio.gather(storage.transact(increment, forth), other.transact(increment, back))

    with closing(PostgresStorage(url)) as other:
        asyncio.run(many(other))
    assert asyncio.run(version_of(storage, "t0")) == 41
    assert "deadlock detected" not in server.log()
