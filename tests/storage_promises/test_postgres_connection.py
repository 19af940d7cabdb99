"""A server is used if it keeps what it commits; else one line says what to set, and never the password."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest

from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError
from partnercenter.service.storage.postgres import PostgresStorage
from partnercenter.service.storage.postgres_connection import ServerState, connect, require_promises
from tests.postgres_server import RunningPostgres, free_port, running_postgres
from tests.touching import billing_of

NOW = 1_800_000_000.0
DURABLE = ServerState(15, "UTF8", False, "on", "on", "on", "", NOW)
PASSWORD = "a s3cret"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningPostgres]:
    """One of this module's own: it is given other settings."""
    with running_postgres() as running:
        yield running


def test_a_durable_server_is_used() -> None:
    require_promises(DURABLE, now=NOW)


@pytest.mark.parametrize(
    ("state", "what_to_do"),
    [
        (replace(DURABLE, version=14), "Use 15 or newer"),
        (replace(DURABLE, encoding="LATIN1"), "UTF8"),
        (replace(DURABLE, is_standby=True), "primary"),
        (replace(DURABLE, fsync="off"), "Set fsync = on"),
        (replace(DURABLE, full_page_writes="off"), "Set full_page_writes = on"),
        (replace(DURABLE, synchronous_commit="off"), "Set synchronous_commit = on"),
        (replace(DURABLE, synchronous_standby_names="*", synchronous_commit="local"), "Set synchronous_commit = on"),
        (replace(DURABLE, synchronous_standby_names="*", synchronous_commit="remote_write"), "Set synchronous_commit"),
        (replace(DURABLE, clock=NOW + 301), "Set the clocks"),
        (replace(DURABLE, clock=NOW - 301), "Set the clocks"),
    ],
)
def test_d24_a_server_that_may_lose_what_it_committed_is_refused(state: ServerState, what_to_do: str) -> None:
    with pytest.raises(StorageUnavailableError, match=what_to_do):
        require_promises(state, now=NOW)


@pytest.mark.parametrize(
    "state",
    [
        replace(DURABLE, synchronous_standby_names="*", synchronous_commit="remote_apply"),
        replace(DURABLE, synchronous_commit="local"),
        replace(DURABLE, fsync=None, full_page_writes=None),
        replace(DURABLE, clock=NOW - 299),
    ],
)
def test_a_server_that_keeps_it_is_not_refused(state: ServerState) -> None:
    require_promises(state, now=NOW)


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_d24_the_start_is_refused_in_one_line(server: RunningPostgres, setting: str) -> None:
    server.set(**{setting: "off"})
    try:
        with pytest.raises(StorageUnavailableError) as refused:
            PostgresStorage(server.url)
    finally:
        server.set(**{setting: "on"})
    assert f"Set {setting} = on." in str(refused.value)
    assert "\n" not in str(refused.value)


def test_d24_a_server_that_has_become_unsafe_is_not_used_again(server: RunningPostgres) -> None:
    with closing(PostgresStorage(server.new_database())) as storage:
        server.set(fsync="off")
        try:
            server.restart()
            with pytest.raises(StorageUnavailableError, match="fsync"):
                asyncio.run(storage.transact(lambda *_: None, billing_of("tenant")))
        finally:
            server.set(fsync="on")


def test_d28_the_schema_of_a_newer_program_is_refused(server: RunningPostgres) -> None:
    url = server.new_database()
    PostgresStorage(url).close()
    with closing(psycopg.connect(url, autocommit=True)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerSchemaError):
        PostgresStorage(url)


@pytest.mark.parametrize(
    "setting", ["lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout", "plan_cache_mode"]
)
def test_a_session_has_settings_of_its_own(server: RunningPostgres, setting: str) -> None:
    with closing(connect(server.url)) as connection:
        row = connection.execute("SELECT source FROM pg_settings WHERE name = %s", (setting,)).fetchone()
    assert row == ("client",)


def test_what_the_url_sets_stands_beside_them(server: RunningPostgres) -> None:
    url = f"{server.url}?application_name=node-7&options=-c%20work_mem%3D5MB"
    with closing(connect(url)) as connection:
        rows = [connection.execute(f"SHOW {name}".encode()).fetchone() for name in ("application_name", "work_mem")]
    assert rows == [("node-7",), ("5MB",)]


def test_of_several_hosts_the_one_that_is_there_is_found(server: RunningPostgres) -> None:
    hosts = f"127.0.0.1:{free_port()},127.0.0.1:{server.port}"
    with closing(connect(f"postgresql://postgres@{hosts}/postgres")) as connection:
        assert connection.info.port == server.port


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://user:a%20s3cret@127.0.0.1:1/name",
        "postgresql://user:a%20s3cret@127.0.0.1:wrong/name",
        "postgresql://user@127.0.0.1:1/name?password=a%20s3cret",
        "postgresql://user@127.0.0.1:1/name?port=a%20s3cret",
        "host=127.0.0.1 port=1 password='a s3cret'",
        "postgresql://a%20s3cret@[::1/name",
        "postgresql://user:a%20s3cret/x@127.0.0.1/name",
        "postgresql://user:x@a%20s3cret@127.0.0.1/name",
    ],
)
def test_no_password_is_in_what_is_told(url: str) -> None:
    with pytest.raises(StorageUnavailableError) as refused:
        PostgresStorage(url)
    told = [str(refused.value), repr(refused.value.__cause__)]
    assert not [text for text in told if PASSWORD in text or "a%20s3cret" in text]
    assert refused.value.__suppress_context__


def test_a_server_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(StorageUnavailableError, match="Connection refused"):
        PostgresStorage(f"postgresql://user@127.0.0.1:{free_port()}/name")


def test_without_the_driver_one_line_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from partnercenter.service.storage import StorageUnavailableError\n"
        "try:\n    import partnercenter.service.storage.postgres\n"
        "except StorageUnavailableError as error:\n    print(error)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)
    assert "pip install 'partnercenter[postgres]'" in told.stdout
