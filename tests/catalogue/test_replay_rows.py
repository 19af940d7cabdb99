"""Rows I12 to I23 of the catalogue of bad inputs: what becomes of a remembered answer, in process."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import apsw
import pytest

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.retention import MARGIN_SECONDS, purge_answers
from partnercenter.service.storage import (
    C,
    R,
    RememberedAnswer,
    ReplayKey,
    StorageUnavailableError,
    Touches,
    Transaction,
)
from partnercenter.service.storage.migrations import Engine, statements
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.wire.entity_tag import EntityTag
from tests.catalogue.refused import refuse
from tests.catalogue.replays import BILLING, GOOD, ID, Clock, Lines, life_at, over, put, rows_remembered, told
from tests.service import conftest as stage_fixtures
from tests.service.stage import (
    CORRELATION,
    DAY,
    GUID,
    NOW,
    Answer,
    Desk,
    ask,
    ask_async,
    token,
)

desk, service = stage_fixtures.desk, stage_fixtures.service

# Cut off


class StoppedStorage(SqliteStorage):
    """Copies its files at one moment of the first PUT: what a process that is killed then leaves on the disk."""

    def __init__(self, path: Path, *, committed: bool) -> None:
        super().__init__(path)
        self.left = path.with_name("left.sqlite3")
        self._path, self._committed = path, committed

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        def and_stop(transaction: Transaction, inner: C) -> R:
            result = operation(transaction, inner)
            if not self._committed:
                self._copy()
            return result

        result = await super().transact(and_stop, command)
        if self._committed:
            self._copy()
        return result

    def _copy(self) -> None:
        for suffix in ("", "-wal"):
            shutil.copy(f"{self._path}{suffix}", f"{self.left}{suffix}")


@pytest.mark.parametrize("committed", [False, True], ids=["I12-before-the-commit", "I13-after-the-commit"])
def test_what_a_kill_leaves_behind_makes_the_retry_right(desk: Desk, committed: bool) -> None:
    tag = ("If-Match", f'"{desk.tag()}"')
    with closing(StoppedStorage(desk.path, committed=committed)) as storage:
        lost = put(over(storage), tag)
    with closing(SqliteStorage(storage.left)) as left:
        after = Desk(left, storage.left)
        assert (len(after.audit()), rows_remembered(after)) == ((1, 1) if committed else (0, 0))
        retry = put(over(left), tag)
        assert (lost.status, retry.status, len(after.audit())) == (200, 200, 1)
        assert (told(retry) == told(lost)) is committed


DROPS = {
    "I12-dropped-before": FaultKind.NO_ANSWER_BEFORE_COMMIT,
    "I13-dropped-after": FaultKind.NO_ANSWER_AFTER_COMMIT,
}


@pytest.mark.parametrize("fault", DROPS.values(), ids=DROPS.keys())
def test_a_request_without_an_answer_is_resolved_by_its_retry(service: Service, desk: Desk, fault: FaultKind) -> None:
    service.faults.replace([Fault("update_billing_profile", fault)])
    tag = ("If-Match", f'"{desk.tag()}"')
    with pytest.raises(ConnectionResetError):
        put(service, tag)
    assert len(desk.audit()) == (fault is FaultKind.NO_ANSWER_AFTER_COMMIT)
    assert (put(service, tag).status, len(desk.audit())) == (200, 1)


class AnnouncingStorage(SqliteStorage):
    """Says when a transaction has begun."""

    begun: asyncio.Event

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        loop = asyncio.get_running_loop()

        def announce(transaction: Transaction, inner: C) -> R:
            loop.call_soon_threadsafe(self.begun.set)
            return operation(transaction, inner)

        return await super().transact(announce, command)


def test_i13_a_client_that_goes_away_during_the_commit_finds_its_answer_stored(desk: Desk) -> None:
    lines = [("Authorization", f"Bearer {token()}"), ID, ("Content-Length", str(len(GOOD)))]

    async def go_away(storage: AnnouncingStorage) -> Answer:
        service, storage.begun = over(storage), asyncio.Event()
        first = asyncio.create_task(ask_async(service, "PUT", BILLING, lines, body=GOOD))
        await storage.begun.wait()
        first.cancel()
        return await ask_async(service, "PUT", BILLING, lines, body=GOOD)

    with closing(AnnouncingStorage(desk.path)) as storage:
        answer = asyncio.run(go_away(storage))
    assert (answer.status, answer.headers.get("ETag"), len(desk.audit())) == (200, f'"{desk.tag()}"', 1)


class DoubtfulStorage(SqliteStorage):
    """Commits the first PUT and then says that it does not know."""

    doubts = 1

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        result = await super().transact(operation, command)
        if self.doubts:
            self.doubts -= 1
            raise StorageUnavailableError("The disk did not say whether it has written.")
        return result


def test_i14_a_commit_that_was_answered_with_an_error_is_found_by_the_retry(desk: Desk) -> None:
    with closing(DoubtfulStorage(desk.path)) as storage:
        doubtful, tag = over(storage), ("If-Match", f'"{desk.tag()}"')
        assert put(doubtful, tag).status == 503
        answer = put(doubtful, tag)
    assert (answer.status, answer.headers.get("ETag"), len(desk.audit())) == (200, f'"{desk.tag()}"', 1)


# When the answer is forgotten


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(desk: Desk, clock: Clock) -> Service:
    """A service whose clock can be set."""
    return over(desk.storage, clock=clock)


def test_i16_after_a_day_the_tag_still_guards(timed: Service, desk: Desk, clock: Clock) -> None:
    tag = ("If-Match", f'"{desk.tag()}"')
    put(timed, tag)
    clock.now += DAY + 1
    refuse(desk, lambda: put(timed, tag, bearer=life_at(clock.now)), 412, 2055)


@pytest.mark.parametrize("lines", [[("If-Match", "*")], []], ids=["I17-any", "I17-no-tag"])
def test_after_a_day_a_request_without_a_tag_runs_again(timed: Service, desk: Desk, clock: Clock, lines: Lines) -> None:
    first = put(timed, *lines)
    clock.now += DAY
    assert told(put(timed, *lines, bearer=life_at(clock.now))) == told(first)
    clock.now += 1
    again = put(timed, *lines, bearer=life_at(clock.now))
    assert (again.status, told(again) == told(first), len(desk.audit())) == (200, False, 2)


AGES = {
    "I18-still-remembered": (DAY, 200),
    "I18-just-forgotten": (DAY + 1, 412),
}


@pytest.mark.parametrize(("age", "status"), AGES.values(), ids=AGES.keys())
def test_a_purge_at_the_moment_of_a_replay_makes_no_second_effect(
    timed: Service, desk: Desk, clock: Clock, age: float, status: int
) -> None:
    tag = ("If-Match", f'"{desk.tag()}"')
    first = put(timed, tag)
    clock.now += age
    bearer = ("Authorization", f"Bearer {life_at(clock.now)}")
    length = ("Content-Length", str(len(GOOD)))

    async def race() -> list[Answer]:
        purges = [[bearer, ("MS-RequestId", f"{GUID[:-2]}{number}"), length] for number in range(10, 20)]
        replays = [[bearer, ID, tag, length]] * 10
        mixed = [lines for pair in zip(purges, replays, strict=True) for lines in pair]
        return await asyncio.gather(*(ask_async(timed, "PUT", BILLING, lines, body=GOOD) for lines in mixed))

    answers = asyncio.run(race())
    assert {answer.status for answer in answers[0::2]} == {200}
    assert {answer.status for answer in answers[1::2]} == {status}
    assert {told(answer) == told(first) for answer in answers[1::2]} == {status == 200}
    assert len(desk.audit()) == 1 + len(answers) // 2


def test_i19_a_clock_that_goes_back_two_days_forgets_nothing(timed: Service, desk: Desk, clock: Clock) -> None:
    first = put(timed)
    clock.now -= 2 * DAY
    assert ask(timed, "PUT", bearer=life_at(clock.now), lines=[("MS-RequestId", CORRELATION)], body=GOOD).status == 200
    assert told(put(timed, bearer=life_at(clock.now))) == told(first)
    assert len(desk.audit()) == 2


def test_i19_a_row_of_a_clock_that_went_ahead_is_not_kept_for_ever(timed: Service, desk: Desk, clock: Clock) -> None:
    clock.now += 2 * DAY
    put(timed, bearer=life_at(clock.now))
    asyncio.run(purge_answers(desk.storage, now=NOW + 3 * DAY, replay_seconds=DAY))
    assert rows_remembered(desk) == 1
    asyncio.run(purge_answers(desk.storage, now=NOW + 3 * DAY + MARGIN_SECONDS + 1, replay_seconds=DAY))
    assert rows_remembered(desk) == 0


def test_i19_a_clock_that_goes_ahead_two_days_and_back_makes_no_second_effect_under_a_tag(
    timed: Service, desk: Desk, clock: Clock
) -> None:
    tag = ("If-Match", f'"{desk.tag()}"')
    put(timed, tag)
    clock.now += 2 * DAY
    refuse(desk, lambda: put(timed, tag, bearer=life_at(clock.now)), 412, 2055)
    clock.now = NOW
    assert (put(timed, tag).status, len(desk.audit())) == (200, 1)


@dataclass(frozen=True)
class Remember:
    """A command that remembers answers, each a hundredth of a second younger than the one before."""

    touches: Touches


def _remember(transaction: Transaction, command: Remember) -> None:
    for number, key in enumerate(command.touches.replays):
        transaction.remember(key, RememberedAnswer(b"", EntityTag("x"), b"{}"), now=NOW + number * 0.01)


def _key(request_id: str = GUID) -> ReplayKey:
    return ReplayKey(seed.FIRST_TENANT.id, seed.APP_USER.id, seed.BILLING_ADMIN.id, request_id)


def test_i20_five_thousand_ids_are_purged_after_their_day(timed: Service, desk: Desk) -> None:
    keys_of_day = tuple(_key(f"{number:08d}{GUID[8:]}") for number in range(5_000))
    asyncio.run(desk.storage.transact(_remember, Remember(Touches(replays=keys_of_day))))
    put(timed)
    assert rows_remembered(desk) == 5_001
    purged = asyncio.run(purge_answers(desk.storage, now=NOW + DAY + MARGIN_SECONDS + 25, replay_seconds=DAY))
    assert (purged, rows_remembered(desk)) == (2_501, 2_500)


# Elsewhere


def test_i22_another_process_on_the_same_file_gives_the_stored_answer(service: Service, desk: Desk) -> None:
    first = put(service)
    with closing(SqliteStorage(desk.path)) as other:
        assert told(put(over(other))) == told(first)
    assert len(desk.audit()) == 1


def test_i22_a_restart_keeps_the_stored_answer(tmp_path: Path) -> None:
    path, answers = tmp_path / "partnercenter.sqlite3", []
    for _ in range(2):
        with closing(SqliteStorage(path)) as storage:
            asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
            answers.append(told(put(over(storage))))
    assert answers[0] == answers[1]


def test_i22_an_upgrade_keeps_the_stored_answer(service: Service, desk: Desk) -> None:
    first = put(service)
    older = desk.path.with_name("older.sqlite3")
    with closing(apsw.Connection(str(older))) as connection:
        for statement in statements(Engine.SQLITE, "0001"):
            connection.execute(statement)
        connection.execute("ATTACH ? AS newer", (str(desk.path),))
        for table, columns in (("profile", "*"), ("remembered", "*"), ("audit", "tenant_id, sequence, record")):
            connection.execute(f"INSERT INTO main.{table} SELECT {columns} FROM newer.{table}")
        connection.execute("PRAGMA main.user_version=1")
    with closing(SqliteStorage(older)) as upgraded:
        assert told(put(over(upgraded))) == told(first)
        assert len(Desk(upgraded, older).audit()) == 1


TAX_ID = "98-7654321"


def test_i23_no_dump_of_a_stored_answer_shows_its_tax_id(
    service: Service, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert put(service, TaxId=TAX_ID).status == 200
    found: list[RememberedAnswer | None] = []

    def look(transaction: Transaction, command: Remember) -> None:
        found.append(transaction.recall(*command.touches.replays, since=0.0))

    asyncio.run(desk.storage.transact(look, Remember(Touches(replays=(_key(),)))))
    assert found[0] is not None
    assert TAX_ID.encode() in found[0].body
    assert (TAX_ID in repr(found), TAX_ID in caplog.text) == (False, False)
    assert TAX_ID.encode() not in put(service, TaxId="98-7654320").body, "whoever reuses the id must not be told"


def test_i23_a_stored_answer_goes_with_its_day(timed: Service, desk: Desk) -> None:
    put(timed, TaxId=TAX_ID)
    asyncio.run(purge_answers(desk.storage, now=NOW + DAY + MARGIN_SECONDS + 1, replay_seconds=DAY))
    with closing(apsw.Connection(str(desk.path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        bodies = connection.execute("SELECT CAST(body AS TEXT) FROM remembered").fetchall()
    assert bodies == []
