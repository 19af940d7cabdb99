"""The PostgreSQL that tests start is a real one: it keeps what was committed, and can be stopped in every way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests.postgres_binaries import major_version, packaged_binaries
from tests.postgres_server import RunningPostgres, running_postgres
from tests.postgres_standby import running_standby

LAUNCHER = """
import sys, time
from tests.postgres_server import running_postgres
with running_postgres() as server:
    print(server.process.pid, server.folder, flush=True)
    time.sleep(60)
"""


def ask(url: str, question: str) -> object:
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        cursor = connection.execute(question.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    """One of this module's own: it is stopped and killed."""
    with running_postgres() as running:
        yield running


@pytest.fixture
def kept(server: RunningPostgres) -> str:
    """A database with one committed row."""
    url = server.new_database()
    ask(url, "CREATE TABLE kept AS SELECT 42 AS answer")
    return url


def test_every_commit_is_synced(server: RunningPostgres) -> None:
    assert (ask(server.url, "SHOW fsync"), ask(server.url, "SHOW synchronous_commit")) == ("on", "on")


def test_what_was_committed_is_there_after_a_restart_in_order(server: RunningPostgres, kept: str) -> None:
    server.restart("fast")
    assert ask(kept, "SELECT answer FROM kept") == 42


def test_what_was_committed_is_there_after_an_immediate_restart(server: RunningPostgres, kept: str) -> None:
    server.restart("immediate")
    assert ask(kept, "SELECT answer FROM kept") == 42


def test_what_was_committed_is_there_after_a_kill(server: RunningPostgres, kept: str) -> None:
    server.kill()
    server.start()
    assert ask(kept, "SELECT answer FROM kept") == 42


def test_a_new_database_is_empty(server: RunningPostgres, kept: str) -> None:
    assert ask(server.new_database(), "SELECT to_regclass('kept')") is None


def test_a_new_database_is_a_copy_of_its_template(server: RunningPostgres) -> None:
    ask(server.new_database(name="pattern"), "CREATE TABLE kept AS SELECT 42 AS answer")
    assert ask(server.new_database("pattern"), "SELECT answer FROM kept") == 42


def test_a_setting_can_be_changed_while_it_runs(server: RunningPostgres) -> None:
    server.set(synchronous_commit="off")
    try:
        assert ask(server.url, "SHOW synchronous_commit") == "off"
    finally:
        server.set(synchronous_commit="on")


def test_a_folder_of_ones_own_is_used_and_kept(tmp_path: Path) -> None:
    with running_postgres(tmp_path / "postgres", work_mem="7MB") as server:
        assert ask(server.url, "SHOW work_mem") == "7MB"
    assert (tmp_path / "postgres" / "data" / "PG_VERSION").exists()


def test_a_server_of_the_packaged_binaries_does_the_same() -> None:
    with running_postgres(binaries=packaged_binaries()) as server:
        version = str(ask(server.url, "SHOW server_version"))
    assert version.startswith(f"{major_version(packaged_binaries())}.")


def test_nothing_is_left_behind() -> None:
    with running_postgres() as server:
        pass
    assert (server.process.poll(), server.folder.exists()) == (server.process.returncode, False)
    assert server.process.returncode is not None


def test_nothing_is_left_behind_by_tests_that_are_killed() -> None:
    tests = subprocess.Popen([sys.executable, "-c", LAUNCHER], stdout=subprocess.PIPE, text=True)
    assert tests.stdout is not None
    pid, folder = tests.stdout.readline().split()
    tests.send_signal(signal.SIGKILL)
    tests.communicate()
    ends = time.monotonic() + 10
    while Path(folder).exists() or is_alive(int(pid)):
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_standby_has_what_was_committed_with_it_in_synchrony(server: RunningPostgres, kept: str) -> None:
    with running_standby(server) as standby:
        server.set(synchronous_standby_names="standby", synchronous_commit="remote_apply")
        try:
            ask(kept, "UPDATE kept SET answer = 43")
            assert ask(standby.url_of(kept.rsplit("/", 1)[1]), "SELECT answer FROM kept") == 43
        finally:
            server.set(synchronous_standby_names="", synchronous_commit="on")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
