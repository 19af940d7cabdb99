"""Copies of a database: whole or refused, of one state, and without a tag that was ever given out."""

from __future__ import annotations

import stat
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.database_copies import backup, export_rows, import_rows
from partnercenter.service.storage import transfer
from partnercenter.service.storage.postgres import PostgresStorage
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.storage.transfer import ProfileRow, Row
from partnercenter.wire.headers import MS_REQUEST_ID
from tests.postgres_server import RunningPostgres
from tests.service import copying
from tests.service.copies_under_load import updates_that_never_stop
from tests.service.copying import (
    FEW,
    ask_file,
    change,
    rows_without_tags,
    tags,
    through_a_backup,
    through_an_export,
    unwatched,
)
from tests.service.stage import BASE_URL, DAY, GUID, NOW, Answer, Desk, ask, keys, page_body
from tests.storage_promises import schema_past

source, exported, target, small_steps = copying.source, copying.exported, copying.target, copying.small_steps

# Of one state


def require_first_updates(path: Path, at_least: int, at_most: int) -> None:
    """That the file has the first updates, each of them as a whole, and as many as were acknowledged at some moment."""
    query = "SELECT document->>'purchaseOrderNumber' FROM profile WHERE kind = 'billing' AND tenant_id = ?1"
    ((number,),) = ask_file(path, query.replace("?1", f"'{seed.FIRST_TENANT.id}'"))
    last = int(str(number))
    assert at_least <= last <= at_most
    audited = ask_file(path, "SELECT sequence, record->>'resourceNewValue' FROM audit ORDER BY sequence")
    assert [sequence for sequence, _ in audited] == list(range(1, last + 1))
    assert f'"PurchaseOrderNumber":"{last}"' in str(audited[-1][1])
    assert ask_file(path, "SELECT count(*), count(DISTINCT request_id) FROM remembered") == [(last, last)]


@pytest.mark.parametrize("copy", [through_a_backup, through_an_export])
@pytest.mark.usefixtures("small_steps")
def test_d25_p21_a_copy_under_load_has_the_first_of_the_acknowledged_updates(
    tmp_path: Path, target: Path, copy: Callable[[Path, Path, Callable[[int], None]], None]
) -> None:
    path = tmp_path / "live.sqlite3"
    with updates_that_never_stop(lambda: SqliteStorage(path)) as updates:
        before = updates.acknowledged
        copy(path, target, lambda _: updates.wait_for_more())
        after = updates.acknowledged
    assert after > before + 5
    require_first_updates(target, before, before + 3)


@pytest.mark.usefixtures("small_steps")
def test_d25_p21_an_export_from_postgresql_under_load_has_the_first_of_the_acknowledged_updates(
    postgres: RunningPostgres, target: Path
) -> None:
    url = postgres.new_database()
    with updates_that_never_stop(lambda: PostgresStorage(url)) as updates:
        before = updates.acknowledged
        through_an_export(url, target, lambda _: updates.wait_for_more())
        after = updates.acknowledged
    assert after > before + 5
    require_first_updates(target, before, after)


# Tags and replays


@pytest.fixture(params=[through_a_backup, through_an_export])
def restored(desk: Desk, target: Path, request: pytest.FixtureRequest) -> Iterator[tuple[SqliteStorage, list[str]]]:
    """A storage over a copy of the desk's database, and the tags that were given out before and after the copying."""
    given_out = [desk.tag()]
    assert put(desk.storage, (MS_REQUEST_ID, GUID)).status == 200
    given_out.append(desk.tag())
    request.param(desk.path, target, unwatched)
    desk.put(page_body(PurchaseOrderNumber="2"))
    given_out.append(desk.tag())
    with closing(SqliteStorage(target)) as storage:
        yield storage, given_out


def put(storage: SqliteStorage, *lines: tuple[str, str], **changes: str) -> Answer:
    service = make_service(BASE_URL, storage, keys(), DAY, clock=lambda: NOW)
    sent = [("Content-Type", "application/json"), *lines]
    return ask(service, "PUT", lines=sent, body=page_body(**changes))


def test_c28_p21_no_tag_from_before_or_after_the_copy_holds(restored: tuple[SqliteStorage, list[str]]) -> None:
    storage, given_out = restored
    answers = [put(storage, ("If-Match", f'"{tag}"')) for tag in given_out]
    assert [answer.status for answer in answers] == [412, 412, 412]


def test_the_new_tag_holds_and_the_audit_goes_on(restored: tuple[SqliteStorage, list[str]], target: Path) -> None:
    storage, _ = restored
    tag = Desk(storage, target).tag()
    assert put(storage, ("If-Match", f'"{tag}"')).status == 200
    assert schema_past.verdicts(lambda query: ask_file(target, query)) == [(2, None)]


def test_i22_a_replay_gets_the_stored_answer_from_the_copy(restored: tuple[SqliteStorage, list[str]]) -> None:
    storage, given_out = restored
    again = put(storage, (MS_REQUEST_ID, GUID))
    assert (again.status, again.headers.get("ETag")) == (200, f'"{given_out[1]}"')


def test_c28_every_profile_of_the_copy_has_a_tag_of_its_own(source: Path, target: Path) -> None:
    through_a_backup(source, target, unwatched)
    assert len(tags(target) - tags(source)) == len(schema_past.PROFILES)


# All rows


def test_rows_go_from_sqlite_to_postgresql_and_back(
    source: Path, exported: Path, target: Path, postgres: RunningPostgres
) -> None:
    url, again = postgres.new_database(), target.with_name("again.jsonl")
    assert import_rows(exported, url, unwatched) == export_rows(url, again, unwatched) == 11
    import_rows(again, target, unwatched)
    assert rows_without_tags(target) == rows_without_tags(source)
    assert not tags(target) & tags(source)


def test_an_audit_whose_first_entries_were_dropped_is_copied(source: Path, target: Path) -> None:
    change(source, "INSERT INTO audit_start SELECT tenant_id, sequence, hash FROM audit WHERE sequence = 2")
    change(source, "DELETE FROM audit WHERE tenant_id = 'one' AND sequence <= 2")
    through_an_export(source, target, unwatched)
    assert rows_without_tags(target) == rows_without_tags(source)


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_p21_a_backup_of_an_older_program_is_migrated(tmp_path: Path, target: Path, revision: str) -> None:
    older = schema_past.sqlite_file(tmp_path / "older.sqlite3", revision, FEW)
    through_a_backup(older, target, unwatched)
    assert schema_past.verdicts(lambda query: ask_file(target, query)) == [(FEW, None), (1, None)]


def many_rows() -> Iterator[Row]:
    for number in range(6_000):
        yield ProfileRow(f"{number:09}", "billing", 1, f"tag {number}", '{"companyName":"%s"}' % ("x" * 1_000))


def test_a_copy_of_many_rows_needs_no_memory_for_them(tmp_path: Path, target: Path) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    with first.open("wb") as file:
        transfer.write(many_rows(), file)
    tracemalloc.start()
    try:
        import_rows(first, target, unwatched)
        export_rows(target, second, unwatched)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert second.stat().st_size > 6_000_000
    assert peak < 1_500_000


@pytest.mark.parametrize("write", [backup, export_rows])
def test_i23_only_the_owner_can_read_a_copy(
    source: Path, target: Path, write: Callable[[Path, Path, Callable[[int], None]], object]
) -> None:
    write(source, target, unwatched)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
