"""Databases as older programs left them, and what must be in them whatever happens on the way to this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import apsw
import psycopg

from partnercenter.service.audit import NO_ENTRY, entry_hash
from partnercenter.service.operations.verify_audit import Verdict, verify
from partnercenter.service.storage import AuditEntry, AuditHead
from partnercenter.service.storage.migrations import Engine, number_of, stamp, statements

Row = tuple[object, ...]
Execute = Callable[[str], Iterable[Row]]

MANY = 2_100  # more than two portions of what is hashed at once
PROFILES: list[Row] = [
    ("one", "billing", 3, "tag 3", '{"companyName":"100 % :x ? \U0001f600"}'),
    ("two", "legal", 1, "tag 1", "{}"),
]
REMEMBERED: list[Row] = [
    ("one", "app", "user", f"request {n}", b"\x00print", f"tag {n}", b"\xff\x00body", 1_800_000_000.5 - n)
    for n in range(3)
]
_AUDIT_COLUMNS = "tenant_id, sequence, operation_date, previous_hash, hash, record"
DATE = "2027-01-15T08:00:00.000Z"


def records(many: int = MANY) -> list[tuple[str, int, str, str]]:
    """Tenant, sequence, date and text of each entry."""
    found = [("one", n, DATE, f'{{"id":"{n}","operationDate":"{DATE}"}}') for n in range(1, many + 1)]
    return [*found, ("two", 1, "", "no JSON: \U0001f600")]


def hashed(many: int = MANY) -> list[tuple[str, int, str, bytes, bytes, str]]:
    """The same with their hashes before the text."""
    rows, last = [], {"one": NO_ENTRY, "two": NO_ENTRY}
    for tenant_id, sequence, date, record in records(many):
        previous, last[tenant_id] = last[tenant_id], entry_hash(last[tenant_id], tenant_id, sequence, record.encode())
        rows.append((tenant_id, sequence, date, previous, last[tenant_id], record))
    return rows


def heads(many: int = MANY) -> list[Row]:
    return [(row[0], row[1], row[4]) for row in hashed(many)[-2:]]


def sqlite_file(path: Path, revision: str, many: int = MANY) -> Path:
    """A file of an older program, in the mode of the log that programs use."""
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        with connection:
            for number in range(1, number_of(revision) + 1):
                for statement in statements(Engine.SQLITE, f"{number:04}"):
                    connection.execute(statement)
            connection.executemany("INSERT INTO profile VALUES (?, ?, ?, ?, ?)", PROFILES)
            connection.executemany("INSERT INTO remembered VALUES (?, ?, ?, ?, ?, ?, ?, ?)", REMEMBERED)
            _add_audit(connection, revision, many)
            connection.execute(f"PRAGMA user_version={number_of(revision)}")
    return path


def _add_audit(connection: apsw.Connection, revision: str, many: int) -> None:
    if revision == "0001":
        rows = [(tenant_id, sequence, record) for tenant_id, sequence, _, record in records(many)]
        connection.executemany("INSERT INTO audit VALUES (?, ?, ?)", rows)
        return
    connection.executemany(
        f"INSERT INTO audit ({_AUDIT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        hashed(many),
    )
    connection.executemany("INSERT INTO audit_head VALUES (?, ?, ?)", heads(many))


def fill_postgres(url: str, revision: str, many: int = MANY) -> None:
    """Make an empty database one of an older program."""
    with psycopg.connect(url) as connection:
        for number in range(1, number_of(revision) + 1):
            for statement in statements(Engine.POSTGRES, f"{number:04}"):
                connection.execute(statement.encode())
        for statement in stamp(revision):
            connection.execute(statement.encode())
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO profile VALUES (%s, %s, %s, %s, %s)", PROFILES)
        cursor.executemany("INSERT INTO remembered VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", REMEMBERED)
        into_audit = f"INSERT INTO audit ({_AUDIT_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s)"
        cursor.executemany(into_audit.encode(), hashed(many))
        cursor.executemany("INSERT INTO audit_head VALUES (%s, %s, %s)", heads(many))


def rows_of(execute: Execute) -> dict[str, list[Row]]:
    """All that an older program stored, as this one reads it."""
    queries = {
        "profile": "SELECT tenant_id, kind, version, entity_tag, document FROM profile ORDER BY 1, 2",
        "remembered": "SELECT tenant_id, application_id, user_id, request_id, fingerprint, entity_tag, body,"
        " remembered_at FROM remembered ORDER BY 1, 2, 3, 4",
        "audit": "SELECT tenant_id, sequence, operation_date, previous_hash, hash, record FROM audit ORDER BY 1, 2",
        "audit_head": "SELECT tenant_id, sequence, hash FROM audit_head ORDER BY 1",
        "audit_start": "SELECT tenant_id, sequence, hash FROM audit_start",
    }
    return {table: [tuple(row) for row in execute(query)] for table, query in queries.items()}


def no_rows() -> dict[str, list[Row]]:
    """What an empty database has."""
    return {table: [] for table in expected_rows(1)}


def expected_rows(many: int = MANY) -> dict[str, list[Row]]:
    return {
        "profile": PROFILES,
        "remembered": REMEMBERED,
        "audit": [*hashed(many)],
        "audit_head": heads(many),
        "audit_start": [],
    }


def verdicts(execute: Execute) -> list[Verdict]:
    """What verifying the chain of each tenant says."""
    found = []
    for tenant_id, sequence, digest in list(execute("SELECT * FROM audit_head ORDER BY tenant_id")):
        query = f"SELECT sequence, record, previous_hash, hash FROM audit WHERE tenant_id = '{tenant_id}' ORDER BY 1"
        entries = [
            AuditEntry(int(str(at)), str(record).encode(), _bytes(previous), _bytes(own), date_holds=True)
            for at, record, previous, own in execute(query)
        ]
        found.append(verify(str(tenant_id), entries, AuditHead(int(str(sequence)), _bytes(digest))))
    return found


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value
