"""Every statement finds its rows by their keys, from the first row on: a plan is kept while its tables grow."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from partnercenter.service.storage import (
    AuditHead,
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    StoredProfile,
    Touches,
)
from partnercenter.service.storage.postgres import PostgresStorage
from partnercenter.service.storage.postgres_audit import page, purging, tenants
from partnercenter.service.storage.postgres_connection import connect
from partnercenter.service.storage.postgres_pipeline import Statement
from partnercenter.service.storage.postgres_rows import loading, saving
from partnercenter.service.storage.postgres_rows import purging as purging_answers
from partnercenter.service.storage.working_set import AuditRow, Changes, DatedAnswer
from partnercenter.wire.entity_tag import EntityTag

DAY = datetime(2027, 1, 15, tzinfo=UTC)
PROFILE, REPLAY = ProfileKey("tenant", "billing"), ReplayKey("tenant", "app", "user", "request")
TOUCHES = Touches((PROFILE,), (REPLAY,))
VERSION = StoredProfile({}, EntityTag("tag"), 1)
CHANGES = Changes(
    added={PROFILE: VERSION},
    replaced={PROFILE: (EntityTag("tag"), VERSION)},
    answers={REPLAY: DatedAnswer(1.0, RememberedAnswer(b"", EntityTag("tag"), b""))},
    audit=[AuditRow("tenant", 1, "", b"", b"", b"{}")],
    heads={"tenant": AuditHead(1, b"")},
)
PAGE = page("tenant", since=DAY, until=None, before=None, most=1)
STATEMENTS = [
    *loading([TOUCHES], lock=True),
    *loading([TOUCHES], lock=False),
    *saving(CHANGES, {REPLAY: 0.0}),
    PAGE,
    *purging("tenant", DAY, 1),
    tenants("", 1),
]
_ONE_ROW_EACH = """
INSERT INTO profile VALUES ('tenant', 'billing', 1, 'tag', '{}');
INSERT INTO remembered VALUES ('tenant', 'app', 'user', 'request', '', 'tag', '', 0);
INSERT INTO audit VALUES ('tenant', 1, '', '', '', '{}');
INSERT INTO audit_head VALUES ('tenant', 1, '');
VACUUM ANALYZE;
"""
_MANY_ROWS = """
INSERT INTO profile SELECT number, 'billing', 1, 'tag', '{}' FROM generate_series(1, 5000) AS number;
INSERT INTO remembered SELECT 'tenant', 'app', 'user', number, '', '', '', 0 FROM generate_series(1, 5000) AS number;
INSERT INTO audit SELECT 'tenant', number, '2027', '', '', '{}' FROM generate_series(2, 5000) AS number;
INSERT INTO audit_head SELECT number, 1, '' FROM generate_series(1, 5000) AS number;
"""


@pytest.fixture
def grown(database: str) -> str:
    """A database whose tables had one row each when the server looked at them, and now have thousands."""
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        for statement in _ONE_ROW_EACH.strip().split("\n"):
            connection.execute(statement.encode())
        connection.execute(_MANY_ROWS)
    return database


@pytest.mark.parametrize("statement", STATEMENTS, ids=map(str, range(len(STATEMENTS))))
def test_no_statement_reads_a_table_as_a_whole(grown: str, statement: Statement) -> None:
    with closing(connect(grown)) as session:
        session.execute(b"PREPARE asked AS " + statement.sql)
        plan = explained(session.execute(asked(statement)))
    assert not reads_a_table_as_a_whole(plan), plan


def test_a_page_of_the_audit_is_found_in_the_index_and_sorted_by_it(grown: str) -> None:
    with closing(connect(grown)) as session:
        session.execute(b"PREPARE asked AS " + PAGE.sql)
        assert "Index Only Scan Backward using audit_pkey" in explained(session.execute(asked(PAGE)))


def test_the_purge_finds_its_rows_by_keys_when_the_server_has_looked_at_the_table(grown: str) -> None:
    plan_anew, purge = purging_answers(1.0, 1)
    with closing(connect(grown)) as session:
        session.execute(b"ANALYZE remembered")
        session.execute(b"PREPARE asked AS " + purge.sql)
        session.execute(b"BEGIN")
        session.execute(plan_anew.sql)
        plan = explained(session.execute(b"EXPLAIN EXECUTE asked (1.0, 1)"))
    assert not reads_a_table_as_a_whole(plan), plan


def asked(statement: Statement) -> bytes:
    nothing = ", ".join(["NULL"] * len(statement.parameters))
    return f"EXPLAIN EXECUTE asked ({nothing})".encode()


def explained(lines: Iterable[tuple[object, ...]]) -> str:
    return "\n".join(str(line) for (line,) in lines)


def reads_a_table_as_a_whole(plan: str) -> bool:
    scans = re.findall(r"Bitmap Heap Scan|Index Scan|Index Only Scan", plan)
    return "Seq Scan" in plan or len(scans) != plan.count("Index Cond:")


def test_what_is_read_together_is_of_one_state(database: str) -> None:
    with closing(PostgresStorage(database)) as storage:
        (result,) = asyncio.run(storage._reader.run([Statement(b"SHOW transaction_isolation")]))
    assert result.get_value(0, 0) == b"repeatable read"
