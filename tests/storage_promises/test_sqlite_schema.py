"""A file of an older program is brought to the schema of this one."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import apsw
import pytest

from partnercenter.service.operations.verify_audit import verify
from partnercenter.service.storage import StorageUnavailableError, sqlite_schema
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.storage.sqlite_audit import open_audit_trail
from partnercenter.service.storage.sqlite_schema import SCHEMA_VERSION, schema_version

MANY = 2_500  # more than one portion of the migration


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of schema 1, with the audit of two tenants."""
    path = tmp_path / "partnercenter.sqlite3"
    first = resources.files("partnercenter.service.storage.migrations").joinpath("0001_initial.sql").read_text()
    connection = apsw.Connection(str(path))
    connection.execute(f"{first}; PRAGMA user_version=1")
    rows = [("one", n, f'{{"id":"{n}","operationDate":"2027-01-15T08:00:00.000Z"}}') for n in range(1, MANY + 1)]
    with connection:
        connection.executemany("INSERT INTO audit VALUES (?, ?, ?)", [*rows, ("two", 1, "no JSON")])
    connection.close()
    return path


def rows_of(path: Path) -> tuple[int, list[tuple[object, ...]]]:
    connection = apsw.Connection(str(path))
    try:
        return schema_version(connection), connection.execute(
            "SELECT * FROM audit ORDER BY tenant_id, sequence"
        ).fetchall()
    finally:
        connection.close()


def test_p21_the_entries_of_an_older_schema_are_chained(path: Path) -> None:
    SqliteStorage(path).close()
    with open_audit_trail(path) as trail:
        verdicts = [verify(tenant, trail.entries(tenant), trail.head(tenant)) for tenant in trail.tenants()]
    assert verdicts == [(MANY, None), (1, None)]


def test_p21_the_records_of_an_older_schema_stay_as_they_are(path: Path) -> None:
    before = [row[:3] for row in rows_of(path)[1]]
    SqliteStorage(path).close()
    assert [row[:3] for row in rows_of(path)[1]] == before


def test_p21_the_file_then_has_the_schema_of_this_program(path: Path) -> None:
    SqliteStorage(path).close()
    assert rows_of(path)[0] == SCHEMA_VERSION == 2


def test_p21_a_migration_that_fails_leaves_the_file_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(connection: apsw.Connection, tenant_id: str, *_: object) -> None:
        connection.execute("SELECT * FROM nowhere")

    before = rows_of(path)
    monkeypatch.setattr(sqlite_schema, "_hash", fail)
    with pytest.raises(StorageUnavailableError):
        SqliteStorage(path)
    assert rows_of(path) == before


def test_opening_again_changes_nothing(path: Path) -> None:
    SqliteStorage(path).close()
    before = rows_of(path)
    SqliteStorage(path).close()
    assert rows_of(path) == before
