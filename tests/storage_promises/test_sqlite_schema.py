"""A SQLite file of an older program is brought to the schema of this one, and that of a newer one is left alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from alembic.script import ScriptDirectory

from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError, schema
from partnercenter.service.storage.migrations import HEAD, REVISIONS, Engine, chain_hashes, with_alembic
from partnercenter.service.storage.schema import prepare_sqlite, sqlite_revision
from tests.storage_promises import schema_past
from tests.storage_promises.schema_kills import kill_before_each_statement
from tests.storage_promises.schema_past import MANY, Row

OLDER = REVISIONS[:-1]
FEW = 3


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "partnercenter.sqlite3"


def ask(path: Path, query: str) -> list[Row]:
    with closing(apsw.Connection(str(path))) as connection:
        return [*connection.execute(query).fetchall()]


def executing(path: Path) -> schema_past.Execute:
    return lambda query: ask(path, query)


def mark(path: Path, statements: str) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute(statements)


def schema_of(path: Path) -> list[Row]:
    return ask(path, "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.endswith("-shm")}


def test_a_missing_file_is_made_with_the_schema_of_this_program(path: Path) -> None:
    assert sqlite_revision(path) is None
    prepare_sqlite(path)
    assert sqlite_revision(path) == HEAD


def test_an_empty_file_gets_the_schema_of_this_program(path: Path) -> None:
    path.touch()
    prepare_sqlite(path)
    assert sqlite_revision(path) == HEAD


@pytest.mark.parametrize("revision", OLDER)
def test_p21_an_older_file_gets_the_schema_that_a_new_one_has(path: Path, revision: str) -> None:
    prepare_sqlite(schema_past.sqlite_file(path, revision, FEW))
    new = path.with_name("new.sqlite3")
    prepare_sqlite(new)
    assert schema_of(path) == schema_of(new)


@pytest.mark.parametrize("revision", OLDER)
def test_p21_all_that_an_older_program_stored_is_there(path: Path, revision: str) -> None:
    prepare_sqlite(schema_past.sqlite_file(path, revision))
    assert schema_past.rows_of(executing(path)) == schema_past.expected_rows()


@pytest.mark.parametrize("revision", OLDER)
def test_p21_the_entries_of_an_older_schema_are_chained(path: Path, revision: str) -> None:
    prepare_sqlite(schema_past.sqlite_file(path, revision))
    assert schema_past.verdicts(executing(path)) == [(MANY, None), (1, None)]


@pytest.mark.parametrize("revision", [None, *OLDER])
def test_p21_the_number_that_older_programs_look_at_goes_along(path: Path, revision: str | None) -> None:
    if revision:
        schema_past.sqlite_file(path, revision, FEW)
    prepare_sqlite(path)
    assert ask(path, "PRAGMA user_version") == [(len(REVISIONS),)]


def test_p21_a_migration_that_fails_leaves_the_data_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise StorageUnavailableError("broken")

    schema_past.sqlite_file(path, "0001", FEW)
    before = ask(path, "SELECT * FROM audit")
    monkeypatch.setattr(chain_hashes, "entry_hash", fail)
    with pytest.raises(StorageUnavailableError, match="broken"):
        prepare_sqlite(path)
    assert (sqlite_revision(path), ask(path, "SELECT * FROM audit")) == ("0001", before)


def test_a_migration_that_the_engine_refuses_is_unavailable_and_shows_no_values(path: Path) -> None:
    schema_past.sqlite_file(path, "0002", FEW)
    mark(path, "CREATE TABLE audit_start (x)")
    with pytest.raises(StorageUnavailableError, match=r"^The migration failed: OperationalError$"):
        prepare_sqlite(path)
    assert sqlite_revision(path) == "0002"


@pytest.mark.parametrize("revision", [None, *OLDER])
def test_p21_d03_killed_before_any_statement_it_resumes(path: Path, revision: str | None) -> None:
    original = schema_past.sqlite_file(path, revision, FEW) if revision else None

    def copy(number: int) -> str:
        other = path.with_name(f"{number}.sqlite3")
        if original:
            shutil.copyfile(original, other)
        return str(other)

    killed = [Path(name) for name in kill_before_each_statement(copy)]
    assert len(killed) > 15
    rows = schema_past.expected_rows(FEW) if revision else schema_past.no_rows()
    for one in killed:
        prepare_sqlite(one)
        assert schema_past.rows_of(executing(one)) == rows, one.name
        assert ask(one, "PRAGMA integrity_check") == [("ok",)]
        assert schema_of(one) == schema_of(killed[0])


@pytest.mark.parametrize(
    "newer",
    [
        f"PRAGMA user_version={len(REVISIONS) + 1}",
        "UPDATE alembic_version SET version_num = '0004'",
        "UPDATE alembic_version SET version_num = 'another'",
    ],
)
def test_p21_d28_the_schema_of_a_newer_program_is_refused_and_its_file_is_left_as_it_was(
    path: Path, newer: str
) -> None:
    prepare_sqlite(path)
    mark(path, newer)
    before = bytes_of(path.parent)
    with pytest.raises(NewerSchemaError, match="Use the newer program"):
        prepare_sqlite(path)
    assert bytes_of(path.parent) == before


def test_d28_a_newer_file_with_a_log_is_left_as_it_was(path: Path, tmp_path: Path) -> None:
    prepare_sqlite(path)
    (tmp_path / "copy").mkdir()
    with closing(apsw.Connection(str(path))) as connection:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA wal_autocheckpoint=0", "PRAGMA user_version=9"):
            connection.execute(statement).fetchall()
        for file in tmp_path.glob("partnercenter.sqlite3*"):
            shutil.copy(file, tmp_path / "copy")
    before = bytes_of(tmp_path / "copy")
    assert "partnercenter.sqlite3-wal" in before
    with pytest.raises(NewerSchemaError):
        prepare_sqlite(tmp_path / "copy" / path.name)
    assert bytes_of(tmp_path / "copy") == before


def test_d02_what_a_killed_writer_left_half_written_is_rolled_back_first(path: Path, tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    prepare_sqlite(path)
    with closing(apsw.Connection(str(path))) as connection:
        for statement in ("PRAGMA journal_mode=DELETE", "PRAGMA cache_size=1", "BEGIN", "PRAGMA user_version=9"):
            connection.execute(statement).fetchall()
        rows = [(n, n, b"", "", b"") for n in map(str, range(2_000))]  # more than the cache holds
        connection.executemany("INSERT INTO remembered VALUES (?, '', '', ?, ?, ?, ?, 0)", rows)
        for file in tmp_path.glob("partnercenter.sqlite3*"):
            shutil.copy(file, tmp_path / "copy")
    assert (tmp_path / "copy" / f"{path.name}-journal").exists()
    prepare_sqlite(tmp_path / "copy" / path.name)
    assert ask(tmp_path / "copy" / path.name, "SELECT count(*) FROM remembered") == [(0,)]


def test_who_comes_late_to_a_migration_finds_it_done() -> None:
    found: Iterator[str | None] = iter([None, HEAD, HEAD])

    def fail() -> None:
        raise StorageUnavailableError("The tables are there already.")

    schema._bring_to_head(lambda: next(found), fail, lambda _: None)
    assert next(found, "asked often enough") == "asked often enough"


def damage_nothing_but_the_name(path: Path) -> None:
    path.write_bytes(b"not a database " * 1_000)


def cut(path: Path) -> None:
    prepare_sqlite(path)
    path.write_bytes(path.read_bytes()[: 2 * 4096])


def a_folder(path: Path) -> None:
    path.mkdir()


def of_another_program(path: Path) -> None:
    mark(path, "CREATE TABLE somebody (x)")


def without_a_revision(path: Path) -> None:
    prepare_sqlite(path)
    mark(path, "DELETE FROM alembic_version")


@pytest.mark.parametrize("damage", [damage_nothing_but_the_name, cut, a_folder, of_another_program, without_a_revision])
def test_d11_what_cannot_be_used_is_unavailable_and_left_as_it_was(path: Path, damage: Callable[[Path], None]) -> None:
    damage(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StorageUnavailableError):
        prepare_sqlite(path)
    assert (path.read_bytes() if path.is_file() else None) == before


def test_a_file_that_is_up_to_date_is_not_written(path: Path) -> None:
    prepare_sqlite(path)
    before = bytes_of(path.parent)
    path.chmod(0o400)
    prepare_sqlite(path)
    assert bytes_of(path.parent) == before


@pytest.mark.parametrize("start", ["new", "up to date"])
def test_a_start_without_older_data_does_not_wait_for_the_import_of_alembic(path: Path, start: str) -> None:
    if start != "new":
        prepare_sqlite(path)
    code = (
        "import sys; from pathlib import Path; from partnercenter.service.storage.schema import prepare_sqlite;"
        "prepare_sqlite(Path(sys.argv[1])); print(sorted({'alembic', 'sqlalchemy', 'psycopg'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert printed.stdout == "[]\n"


def test_processes_that_migrate_at_once_migrate_once(path: Path) -> None:
    schema_past.sqlite_file(path, "0001")
    code = "import sys; from pathlib import Path; from partnercenter.service.storage import schema as s;"
    code += "import partnercenter.service.storage.migrations.with_alembic; sys.stdin.read();"
    code += "s.prepare_sqlite(Path(sys.argv[1]))"
    command = [sys.executable, "-c", code, str(path)]
    started = [subprocess.Popen(command, stdin=subprocess.PIPE) for _ in range(3)]
    for process in started:
        assert process.stdin is not None
        process.stdin.close()
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert schema_past.rows_of(executing(path)) == schema_past.expected_rows()


def test_the_newest_revision_of_alembic_is_that_of_this_program() -> None:
    scripts = ScriptDirectory.from_config(with_alembic._config())
    assert scripts.get_current_head() == HEAD


def test_each_revision_has_a_script_for_each_engine() -> None:
    from partnercenter.service.storage.migrations import statements

    assert all(statements(engine, revision) for engine in Engine for revision in REVISIONS)
