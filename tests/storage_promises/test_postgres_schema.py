"""A PostgreSQL database is brought to the schema of this program, and that of a newer one is left alone."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError, schema_postgres
from partnercenter.service.storage.migrations import HEAD, REVISIONS
from partnercenter.service.storage.schema import postgres_revision, prepare_postgres
from tests.postgres_server import RunningPostgres
from tests.storage_promises import schema_past
from tests.storage_promises.schema_kills import kill_before_each_statement
from tests.storage_promises.schema_past import MANY, Row

FEW = 3
_COLUMNS = """
SELECT table_name, ordinal_position, column_name, data_type, collation_name, is_nullable
FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2
"""
_INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"
_OPTIONS = "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"


@pytest.fixture
def url(postgres: RunningPostgres) -> str:
    return postgres.new_database()


@pytest.fixture
def older(url: str) -> str:
    """A database of the last revision before this program's."""
    schema_past.fill_postgres(url, REVISIONS[-2], FEW)
    return url


def ask(url: str, query: str) -> list[Row]:
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


def executing(url: str) -> schema_past.Execute:
    return lambda query: ask(url, query)


def schema_of(url: str) -> list[Row]:
    return [row for query in (_COLUMNS, _INDEXES, f"{_OPTIONS} ORDER BY 1") for row in ask(url, query)]


def test_an_empty_database_gets_the_schema_of_this_program(url: str) -> None:
    assert postgres_revision(url) is None
    prepare_postgres(url)
    assert postgres_revision(url) == HEAD


def test_a_database_that_is_up_to_date_is_not_written(url: str) -> None:
    prepare_postgres(url)
    written = ask(url, "SELECT xmin FROM alembic_version")
    prepare_postgres(url)
    assert ask(url, "SELECT xmin FROM alembic_version") == written


def test_the_tenant_leads_every_key(url: str) -> None:
    prepare_postgres(url)
    unique = [str(row[1]) for row in ask(url, _INDEXES) if "UNIQUE" in str(row[1]) and row[0] != "alembic_version"]
    assert len(unique) == 5
    assert all(re.search(r"\(tenant_id\b", definition) for definition in unique)


def test_texts_that_are_compared_sort_by_their_bytes(url: str) -> None:
    prepare_postgres(url)
    keys = {"tenant_id", "kind", "application_id", "user_id", "request_id", "operation_date", "entity_tag"}
    assert {row[4] for row in ask(url, _COLUMNS) if row[2] in keys} == {"C"}


def test_p21_an_older_database_gets_the_schema_that_a_new_one_has(older: str, postgres: RunningPostgres) -> None:
    new = postgres.new_database()
    prepare_postgres(older)
    prepare_postgres(new)
    assert schema_of(older) == schema_of(new)


def test_p21_all_that_was_stored_is_there_and_chained(url: str) -> None:
    schema_past.fill_postgres(url, REVISIONS[-2])
    prepare_postgres(url)
    assert schema_past.rows_of(executing(url)) == schema_past.expected_rows()
    assert schema_past.verdicts(executing(url)) == [(MANY, None), (1, None)]


@pytest.mark.parametrize("start", ["empty", "older"])
def test_p21_d03_killed_before_any_statement_it_resumes(url: str, postgres: RunningPostgres, start: str) -> None:
    if start == "older":
        schema_past.fill_postgres(url, REVISIONS[-2], FEW)
    template = url.rpartition("/")[2]
    killed = kill_before_each_statement(lambda _: postgres.new_database(template))
    assert len(killed) > 12
    rows = schema_past.expected_rows(FEW) if start == "older" else schema_past.no_rows()
    for one in killed:
        prepare_postgres(one)
        assert schema_past.rows_of(executing(one)) == rows
        assert schema_of(one) == schema_of(killed[0])


def test_p21_d28_the_schema_of_a_newer_program_is_refused(url: str) -> None:
    prepare_postgres(url)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0004'")
    with pytest.raises(NewerSchemaError, match=r"schema 0004; this program knows 0003\. Use the newer program"):
        prepare_postgres(url)


def test_a_migration_that_the_engine_refuses_leaves_the_data_as_it_was(older: str) -> None:
    with psycopg.connect(older) as connection:
        connection.execute("CREATE TABLE audit_start (x int)")
    before = ask(older, "SELECT * FROM audit")
    with pytest.raises(StorageUnavailableError, match=r"^The migration failed: DuplicateTable$"):
        prepare_postgres(older)
    assert (postgres_revision(older), ask(older, "SELECT * FROM audit")) == (REVISIONS[-2], before)


def test_a_server_that_cannot_be_reached_is_unavailable_and_the_password_stays_hidden() -> None:
    with pytest.raises(StorageUnavailableError) as refused:
        prepare_postgres("postgresql://somebody:very-secret@127.0.0.1:1/x?connect_timeout=2")
    assert "very-secret" not in repr(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("start", ["empty", "older"])
def test_nodes_that_start_together_migrate_once(url: str, start: str) -> None:
    if start == "older":
        schema_past.fill_postgres(url, REVISIONS[-2], FEW)
    code = "import sys; from partnercenter.service.storage import schema as s;"
    code += "import partnercenter.service.storage.migrations.with_alembic; sys.stdin.read();"
    code += "s.prepare_postgres(sys.argv[1])"
    nodes = [subprocess.Popen([sys.executable, "-c", code, url], stdin=subprocess.PIPE) for _ in range(3)]
    for node in nodes:
        assert node.stdin is not None
        node.stdin.close()
    assert [node.wait(60) for node in nodes] == list(itertools.repeat(0, 3))
    assert postgres_revision(url) == HEAD


def test_a_node_waits_for_the_one_that_migrates(url: str) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with ThreadPoolExecutor() as pool, psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (schema_postgres._LOCK,))
        prepared = pool.submit(prepare_postgres, url)
        while ask(url, waiting) == [(0,)]:
            assert not prepared.done()
        assert postgres_revision(url) is None
        other.rollback()
        prepared.result(20)
    assert postgres_revision(url) == HEAD
