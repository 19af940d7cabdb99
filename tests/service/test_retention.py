"""Retention: what is past its time goes by itself, for every tenant, and whatever went wrong before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partnercenter.service import retention
from partnercenter.service.app import open_storage
from partnercenter.service.audit import date_text
from partnercenter.service.retention import keep_purging, purge_audit
from partnercenter.service.storage import (
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    Storage,
    StorageUnavailableError,
    Touches,
    Transaction,
)
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.entity_tag import EntityTag
from tests.running_service import running_service
from tests.service.stage import DAY, LONG_AGO, NOW
from tests.touching import Touching

TENANTS = ("one", "three", "two")
OLD, YOUNG = 100 * DAY, 10 * DAY
KEY = ReplayKey("one", "application", "user", "request")


def fill(storage: Storage, now: float = NOW) -> None:
    """An old and a young audit entry for each tenant, and an old answer."""

    def each(transaction: Transaction, _: Touching) -> None:
        for tenant in TENANTS:
            for age in (OLD, YOUNG):
                date = date_text(datetime.fromtimestamp(now, UTC) - timedelta(seconds=age))
                transaction.append_audit(tenant, AuditRecord(id=date, operation_date=date))
        transaction.remember(KEY, RememberedAnswer(b"", EntityTag("x"), b"{}"), now=now - OLD)

    profiles = tuple(ProfileKey(tenant, "billing") for tenant in TENANTS)
    asyncio.run(storage.transact(each, Touching(Touches(profiles, (KEY,)))))


def kept(storage: Storage) -> tuple[list[int], bool]:
    """How many audit entries each tenant has, and whether the answer is there."""

    async def ask() -> tuple[list[int], bool]:
        pages = [storage.audit_page(each, since=LONG_AGO, until=None, before=None, most=9) for each in TENANTS]
        remembers = storage.read(lambda seen, _: seen.remembers(KEY, since=0), Touching(Touches(replays=(KEY,))))
        return [len(await page) for page in pages], await remembers

    return asyncio.run(ask())


@pytest.fixture
def storage(tmp_path: Path) -> SqliteStorage:
    storage = SqliteStorage(tmp_path / "partnercenter.sqlite3")
    fill(storage)
    return storage


def purge_for_a_while(storage: Storage, audit_days: float, clock: Callable[[], float] = lambda: NOW) -> None:
    async def run() -> None:
        purging = asyncio.create_task(keep_purging(storage, replay_seconds=DAY, audit_days=audit_days, clock=clock))
        await asyncio.sleep(0.1)
        purging.cancel()

    asyncio.run(run())


def test_the_old_entries_of_every_tenant_are_purged(storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "PORTION", 2)  # fewer than there are tenants
    with closing(storage):
        assert asyncio.run(purge_audit(storage, now=NOW, days=90)) == 3
        assert kept(storage)[0] == [1, 1, 1]


def test_answers_and_audit_are_purged_by_themselves(storage: SqliteStorage) -> None:
    with closing(storage):
        purge_for_a_while(storage, audit_days=90)
        assert kept(storage) == ([1, 1, 1], False)


def test_with_0_days_the_audit_is_kept_for_ever(storage: SqliteStorage) -> None:
    with closing(storage):
        purge_for_a_while(storage, audit_days=0)
        assert kept(storage) == ([2, 2, 2], False)


@pytest.mark.parametrize("error", [StorageUnavailableError("away"), OverflowError("date value out of range")])
def test_what_went_wrong_with_one_round_does_not_end_retention(
    storage: SqliteStorage, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0.01)
    errors = [error]

    def clock() -> float:
        if errors:
            raise errors.pop()
        return NOW

    with closing(storage):
        purge_for_a_while(storage, 90, clock)
        assert kept(storage) == ([1, 1, 1], False)


def test_serve_purges_what_is_past_its_time(tmp_path: Path) -> None:
    with open_storage(tmp_path) as storage:
        fill(storage, time.time())
    with running_service(tmp_path, "--audit-days", "90"), open_storage(tmp_path) as beside:
        ends = time.monotonic() + 20
        while kept(beside) != ([1, 1, 1], False):
            assert time.monotonic() < ends, kept(beside)
            time.sleep(0.05)
