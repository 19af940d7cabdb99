"""`partnercenter database check` and `migrate`: what a user sees."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from partnercenter.service.app import DATABASE_NAME
from partnercenter.service.private_files import private_folder
from partnercenter.service.storage.migrations import HEAD
from partnercenter.service.storage.schema import postgres_revision, prepare_sqlite, sqlite_revision
from tests.cli.in_process import command_line
from tests.postgres_server import RunningPostgres
from tests.storage_promises import schema_past

OLDER = "0002"


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """A folder with the data of an older program."""
    schema_past.sqlite_file(tmp_path / DATABASE_NAME, OLDER, 3)
    return tmp_path


@pytest.fixture
def current(tmp_path: Path) -> Path:
    prepare_sqlite(tmp_path / DATABASE_NAME)
    return tmp_path


@pytest.fixture
def newer(current: Path) -> Path:
    with closing(apsw.Connection(str(current / DATABASE_NAME))) as connection:
        connection.execute("PRAGMA user_version=4")
    return current


def test_check_says_that_the_data_is_up_to_date(current: Path) -> None:
    checked = command_line("database", "check", "--data", str(current))
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "up to date" in checked.stdout


def test_check_as_json(older: Path) -> None:
    checked = command_line("database", "check", "--data", str(older), "-o", "json")
    told = {"engine": "sqlite", "schema": OLDER, "known": HEAD, "due": True, "newer": False}
    assert json.loads(checked.stdout) == told


def test_check_exits_with_6_if_a_migration_is_due(older: Path) -> None:
    checked = command_line("database", "check", "--data", str(older))
    assert checked.returncode == 6
    assert "a migration is due" in checked.stdout


def test_check_exits_with_6_if_this_program_is_too_old(newer: Path) -> None:
    checked = command_line("database", "check", "--data", str(newer))
    assert checked.returncode == 6
    assert "too old" in checked.stdout


def test_check_changes_nothing(older: Path) -> None:
    before = (older / DATABASE_NAME).read_bytes()
    command_line("database", "check", "--data", str(older))
    assert (older / DATABASE_NAME).read_bytes() == before


def test_check_answers_while_a_service_runs(current: Path) -> None:
    with private_folder(current):
        assert command_line("database", "check", "--data", str(current)).returncode == 0


def test_migrate_brings_older_data_to_the_schema_of_this_program(older: Path) -> None:
    migrated = command_line("database", "migrate", "--data", str(older))
    assert (migrated.returncode, migrated.stdout) == (0, f"The data has schema {HEAD}; it had {OLDER}.\n")
    assert sqlite_revision(older / DATABASE_NAME) == HEAD


def test_migrate_again_says_that_there_was_nothing_to_do(current: Path) -> None:
    migrated = command_line("database", "migrate", "--data", str(current))
    assert (migrated.returncode, migrated.stdout) == (0, f"The data has schema {HEAD} already.\n")


def test_migrate_refuses_while_a_service_runs_in_the_folder(older: Path) -> None:
    with private_folder(older):
        migrated = command_line("database", "migrate", "--data", str(older))
    assert migrated.returncode == 1
    assert "runs in" in migrated.stderr
    assert sqlite_revision(older / DATABASE_NAME) == OLDER


def test_migrate_refuses_the_data_of_a_newer_program(newer: Path) -> None:
    migrated = command_line("database", "migrate", "--data", str(newer))
    assert migrated.returncode == 1
    assert "Use the newer program" in migrated.stderr


@pytest.mark.parametrize("verb", ["check", "migrate"])
def test_without_a_database_it_says_what_to_do(tmp_path: Path, verb: str) -> None:
    said = command_line("database", verb, "--data", str(tmp_path / "nowhere"))
    assert said.returncode == 1
    assert "Name the folder of the service" in said.stderr
    assert not (tmp_path / "nowhere").exists()


def test_a_database_that_is_no_url_is_wrong_usage() -> None:
    said = command_line("database", "check", "--database", "mysql://x")
    assert said.returncode == 2
    assert "postgresql://" in said.stderr


def test_migrate_and_check_do_the_same_for_postgresql(postgres: RunningPostgres) -> None:
    url = postgres.new_database()
    codes = [command_line("database", verb, "--database", url).returncode for verb in ("check", "migrate", "check")]
    assert (codes, postgres_revision(url)) == ([6, 0, 0], HEAD)


def test_a_password_in_the_url_is_refused_and_not_shown() -> None:
    said = command_line("database", "check", "--database", "postgresql://u:very-secret@127.0.0.1:1/x")
    assert (said.returncode, "PGPASSFILE" in said.stderr) == (2, True)
    assert "very-secret" not in said.stdout + said.stderr
