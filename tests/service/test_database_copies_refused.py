"""Copies of a database: what is damaged, broken, newer or in the way is refused, and leaves nothing."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from partnercenter.service import database_copies
from partnercenter.service.database_copies import Database, backup, export_rows, import_rows, restore
from partnercenter.service.operations.verify_copy import BrokenAuditError, require_intact_rows
from partnercenter.service.storage import NewerSchemaError, transfer
from partnercenter.service.storage.transfer import DamagedFileError, EntryRow, HeadRow, NotEmptyError, Row
from tests.postgres_server import RunningPostgres
from tests.service import copying
from tests.service.copying import change, left_behind, through_a_backup, through_an_export, unwatched
from tests.storage_promises import schema_past

source, exported, target, small_steps = copying.source, copying.exported, copying.target, copying.small_steps


def require_refused(file: Path, target: Database) -> None:
    with pytest.raises((DamagedFileError, BrokenAuditError)):
        import_rows(file, target, unwatched)


def test_p21_200_random_flips_of_bytes_in_an_export_are_refused(exported: Path, target: Path) -> None:
    whole, chance = exported.read_bytes(), random.Random(4)
    for _ in range(200):
        altered = bytearray(whole)
        altered[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
        exported.write_bytes(altered)
        require_refused(exported, target)
    assert not target.exists()


def test_p21_an_export_that_is_cut_off_anywhere_is_refused(exported: Path, target: Path) -> None:
    whole = exported.read_bytes()
    ends = [index for index, byte in enumerate(whole) if byte == ord("\n")]
    for length in [0, 1, *ends, *(end + 1 for end in ends[:-1])]:
        exported.write_bytes(whole[:length])
        with pytest.raises(DamagedFileError):
            import_rows(exported, target, unwatched)
    assert not target.exists()


@pytest.mark.parametrize("more", [b"\n", b"{}\n", b'{"row":"end","rows":0,"sha256":""}\n'])
def test_an_export_with_something_behind_its_end_is_refused(exported: Path, target: Path, more: bytes) -> None:
    exported.write_bytes(exported.read_bytes() + more)
    with pytest.raises(DamagedFileError):
        import_rows(exported, target, unwatched)


def test_an_export_of_a_newer_program_is_refused(exported: Path, target: Path) -> None:
    newer = exported.read_bytes().replace(b'"format":1', b'"format":2', 1)
    exported.write_bytes(newer)
    with pytest.raises(DamagedFileError, match="newer program"):
        import_rows(exported, target, unwatched)


def written_anew(file: Path, changed: Callable[[list[Row]], list[Row]]) -> None:
    """Alter the rows as somebody would who knows how to write a file that seems whole."""
    with file.open("rb") as stream:
        rows = changed(list(transfer.read(stream)))
    with file.open("wb") as stream:
        transfer.write(rows, stream)


def without(kind: type[Row], place: int) -> Callable[[list[Row]], list[Row]]:
    def changed(rows: list[Row]) -> list[Row]:
        rows.remove([row for row in rows if isinstance(row, kind)][place])
        return rows

    return changed


def last_first(rows: list[Row]) -> list[Row]:
    """The head of a tenant behind its entries."""
    return sorted(rows, key=lambda row: (isinstance(row, HeadRow), 0))


@pytest.mark.parametrize(
    "changed", [without(EntryRow, 0), without(EntryRow, 1), without(EntryRow, -1), without(HeadRow, 0), last_first]
)
def test_p17_an_export_whose_audit_is_broken_is_refused(
    exported: Path, target: Path, changed: Callable[[list[Row]], list[Row]]
) -> None:
    written_anew(exported, changed)
    require_refused(exported, target)
    assert not target.exists()


def test_p17_a_backup_whose_audit_is_broken_is_refused(source: Path, target: Path) -> None:
    change(source, "DELETE FROM audit WHERE tenant_id = 'one' AND sequence = 2")
    with pytest.raises(BrokenAuditError, match="tenant one, entry 2"):
        through_a_backup(source, target, unwatched)
    assert not target.exists()


def test_d11_a_backup_that_was_damaged_is_refused(source: Path, target: Path) -> None:
    backup(source, target.with_name("backup"), unwatched)
    whole, chance = target.with_name("backup").read_bytes(), random.Random(4)
    for _ in range(20):
        page = chance.randrange(len(whole) // 4096) * 4096
        target.with_name("backup").write_bytes(whole[:page] + bytes(4096) + whole[page + 4096 :])
        with pytest.raises((DamagedFileError, BrokenAuditError)):
            restore(target.with_name("backup"), target, unwatched)
    assert not target.exists()


@pytest.mark.parametrize("content", [b"", b"no database " * 1_000])
def test_d11_a_file_that_is_no_backup_is_refused(tmp_path: Path, target: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(DamagedFileError):
        restore(tmp_path / "file", target, unwatched)
    assert not target.exists()


def test_d28_a_backup_of_a_newer_program_is_refused(source: Path, target: Path) -> None:
    change(source, "PRAGMA user_version=4")
    with pytest.raises(NewerSchemaError):
        through_a_backup(source, target, unwatched)
    assert not target.exists()


@pytest.mark.parametrize("copy", [through_a_backup, through_an_export])
def test_a_database_that_is_there_is_never_replaced(
    source: Path, target: Path, copy: Callable[[Path, Path, Callable[[int], None]], None]
) -> None:
    target.write_bytes(b"somebody's")
    with pytest.raises(NotEmptyError):
        copy(source, target, unwatched)
    assert target.read_bytes() == b"somebody's"


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("copy", [through_a_backup, through_an_export])
def test_what_an_earlier_file_left_behind_is_not_taken_for_its_own(
    source: Path, target: Path, copy: Callable[[Path, Path, Callable[[int], None]], None], ending: str
) -> None:
    target.with_name(target.name + ending).touch()
    with pytest.raises(NotEmptyError, match=ending):
        copy(source, target, unwatched)
    assert not target.exists()


def test_a_postgresql_with_rows_is_never_imported_into(exported: Path, postgres: RunningPostgres) -> None:
    url = postgres.new_database()
    schema_past.fill_postgres(url, "0002", 1)
    with pytest.raises(NotEmptyError):
        import_rows(exported, url, unwatched)
    with psycopg.connect(url) as connection:
        assert schema_past.rows_of(lambda query: connection.execute(query.encode())) == schema_past.expected_rows(1)


class AbandonedError(Exception):
    """Somebody pressed Ctrl+C."""


def interrupt(_count: int) -> None:
    raise AbandonedError


@pytest.mark.parametrize("copy", [backup, export_rows])
def test_a_copy_that_is_interrupted_leaves_nothing(
    source: Path, tmp_path: Path, target: Path, copy: Callable[[Path, Path, Callable[[int], None]], object]
) -> None:
    with pytest.raises(AbandonedError):
        copy(source, target, interrupt)
    assert (target.exists(), left_behind(tmp_path)) == (False, [])


@pytest.mark.usefixtures("small_steps")
def test_an_import_that_is_interrupted_leaves_nothing(
    exported: Path, tmp_path: Path, target: Path, postgres: RunningPostgres
) -> None:
    url = postgres.new_database()
    for place in (target, url):
        with pytest.raises(AbandonedError):
            import_rows(exported, place, interrupt)
    assert (target.exists(), left_behind(tmp_path)) == (False, [])
    with psycopg.connect(url) as connection:
        assert schema_past.rows_of(lambda query: connection.execute(query.encode())) == schema_past.no_rows()


def test_a_file_that_changes_while_it_is_imported_is_refused(
    exported: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = exported.read_bytes()

    def verify_and_change(rows: Iterator[Row]) -> None:
        require_intact_rows(rows)
        exported.write_bytes(whole.replace(b"tag 1", b"tag 2", 1))

    monkeypatch.setattr(database_copies, "require_intact_rows", verify_and_change)
    require_refused(exported, target)
    assert not target.exists()


def test_the_trailer_is_the_hash_of_all_lines_before(exported: Path) -> None:
    *lines, trailer = exported.read_bytes().splitlines(keepends=True)
    assert hashlib.sha256(b"".join(lines)).hexdigest().encode() in trailer
