"""`partnercenter database backup`, `restore`, `export` and `import`: what a user sees."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from partnercenter.service.app import DATABASE_NAME
from partnercenter.service.private_files import private_folder
from partnercenter.service.storage.schema import prepare_sqlite
from tests.cli.in_process import command_line
from tests.postgres_server import RunningPostgres
from tests.storage_promises import schema_past


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a service that is up to date."""
    path = tmp_path / "data" / DATABASE_NAME
    path.parent.mkdir()
    prepare_sqlite(schema_past.sqlite_file(path, "0002", 3))
    return path.parent


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "copy"


def database(verb: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return command_line("database", verb, *map(str, arguments))


def test_a_backup_is_made_while_the_service_runs_and_restored_elsewhere(data: Path, file: Path, tmp_path: Path) -> None:
    with private_folder(data):
        backed_up = database("backup", file, "--data", data)
    restored = database("restore", file, "--data", tmp_path / "new")
    assert (backed_up.returncode, restored.returncode) == (0, 0)
    assert "new entity tags" in restored.stdout
    assert command_line("audit", "verify", "--data", str(tmp_path / "new")).returncode == 0


def test_an_export_is_made_while_the_service_runs_and_imported_elsewhere(
    data: Path, file: Path, tmp_path: Path
) -> None:
    with private_folder(data):
        exported = database("export", file, "--data", data)
    imported = database("import", file, "--data", tmp_path / "new")
    assert (exported.returncode, imported.returncode) == (0, 0)
    assert "11 rows" in exported.stdout
    assert "11 rows" in imported.stdout


def test_an_export_is_imported_into_postgresql(data: Path, file: Path, postgres: RunningPostgres) -> None:
    url = postgres.new_database()
    database("export", file, "--data", data)
    assert database("import", file, "--database", url).returncode == 0
    assert database("export", f"{file}.again", "--database", url).returncode == 0


@pytest.mark.parametrize("verb", ["backup", "export"])
def test_it_says_that_a_copy_holds_tax_ids(data: Path, file: Path, verb: str) -> None:
    assert "tax ids" in database(verb, file, "--data", data).stdout
    assert "tax ids" in database(verb, "--help").stdout


@pytest.mark.parametrize("verb", ["backup", "export"])
def test_a_file_that_is_there_is_not_replaced(data: Path, file: Path, verb: str) -> None:
    file.write_text("mine")
    said = database(verb, file, "--data", data)
    assert (said.returncode, file.read_text()) == (1, "mine")
    assert "there already" in said.stderr


@pytest.mark.parametrize(("write", "read"), [("backup", "restore"), ("export", "import")])
def test_a_database_that_is_there_is_not_replaced(data: Path, file: Path, write: str, read: str) -> None:
    database(write, file, "--data", data)
    before = (data / DATABASE_NAME).read_bytes()
    said = database(read, file, "--data", data)
    assert (said.returncode, (data / DATABASE_NAME).read_bytes()) == (1, before)
    assert "Nothing is replaced" in said.stderr


@pytest.mark.parametrize("verb", ["restore", "import"])
def test_a_damaged_copy_exits_with_6(file: Path, tmp_path: Path, verb: str) -> None:
    file.write_text("damaged")
    said = database(verb, file, "--data", tmp_path / "new")
    assert said.returncode == 6
    assert "Nothing was written" in said.stderr
    assert not (tmp_path / "new" / DATABASE_NAME).exists()


@pytest.mark.parametrize("verb", ["restore", "import"])
def test_a_folder_in_which_a_service_runs_is_left_alone(data: Path, file: Path, tmp_path: Path, verb: str) -> None:
    database("backup" if verb == "restore" else "export", file, "--data", data)
    with private_folder(tmp_path / "new"):
        said = database(verb, file, "--data", tmp_path / "new")
    assert said.returncode == 1
    assert "runs in" in said.stderr


@pytest.mark.parametrize("verb", ["backup", "restore"])
def test_for_postgresql_it_names_the_tools_of_postgresql(data: Path, file: Path, verb: str) -> None:
    file.write_text("") if verb == "restore" else None
    said = database(verb, file, "--database", "postgresql://host/name")
    assert said.returncode == 2
    assert "pg_" in said.stderr
