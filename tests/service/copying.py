"""Databases to copy, and what is looked at in them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from partnercenter.service import database_copies
from partnercenter.service.database_copies import Database, backup, export_rows, import_rows, restore
from partnercenter.service.storage import sqlite_transfer
from partnercenter.service.storage.schema import prepare_sqlite
from tests.storage_promises import schema_past

FEW = 3


def unwatched(_count: int) -> None:
    """Nobody looks."""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with some of everything."""
    path = schema_past.sqlite_file(tmp_path / "source.sqlite3", "0002", FEW)
    prepare_sqlite(path)
    return path


@pytest.fixture
def exported(source: Path, tmp_path: Path) -> Path:
    export_rows(source, tmp_path / "all.jsonl", unwatched)
    return tmp_path / "all.jsonl"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where nothing is yet."""
    return tmp_path / "target.sqlite3"


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a copy be watched at every page and every row."""
    monkeypatch.setattr(sqlite_transfer, "_PAGES_AT_ONCE", 1)
    monkeypatch.setattr(database_copies, "_ROWS_BETWEEN_WATCHING", 1)


def ask_file(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(path))) as connection:
        return [*connection.execute(query).fetchall()]


def change(path: Path, statement: str) -> None:
    ask_file(path, statement)


def rows_without_tags(path: Path) -> dict[str, list[tuple[object, ...]]]:
    rows = schema_past.rows_of(lambda query: ask_file(path, query))
    return rows | {"profile": [(*row[:3], *row[4:]) for row in rows["profile"]]}


def tags(path: Path) -> set[object]:
    return {tag for (tag,) in ask_file(path, "SELECT entity_tag FROM profile")}


def left_behind(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.name.startswith(".")]


def through_a_backup(source: Path, target: Path, watch: Callable[[int], None]) -> None:
    backup(source, target.with_name("backup"), watch)
    restore(target.with_name("backup"), target, unwatched)


def through_an_export(source: Database, target: Path, watch: Callable[[int], None]) -> None:
    export_rows(source, target.with_name("export"), watch)
    import_rows(target.with_name("export"), target, unwatched)
