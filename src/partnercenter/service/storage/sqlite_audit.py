"""The audit in a SQLite file: reading it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import apsw

from partnercenter.service.storage import AuditEntry, AuditHead
from partnercenter.service.storage.schema_sqlite import require_head
from partnercenter.service.storage.sqlite_reading import BUSY_MILLISECONDS, as_unavailable
from partnercenter.service.storage.stored_texts import AFTER_ALL_TIMES, document, next_millisecond
from partnercenter.wire.json_text import JsonObject

_PAGE = """
SELECT sequence, CAST(record AS BLOB) FROM audit INDEXED BY audit_by_sequence
WHERE tenant_id = :tenant AND sequence < :before AND operation_date >= :since AND operation_date < :until
ORDER BY sequence DESC LIMIT :most
"""
# The index says where the entries are, but what they are is read from the rows alone, tenant and sequence included:
# one of the two may have been changed without the other. The date is compared as the table's CHECK does it.
_ENTRIES = """
SELECT entry.sequence, CAST(entry.record AS BLOB), entry.previous_hash, entry.hash,
    entry.operation_date = CASE WHEN json_valid(entry.record) THEN
        CAST(coalesce(json_extract(entry.record, '$.operationDate'), '') AS TEXT) ELSE '' END
FROM audit AS listed INDEXED BY audit_by_sequence CROSS JOIN audit AS entry NOT INDEXED ON entry.rowid = listed.rowid
WHERE listed.tenant_id = ?1 AND CAST(entry.tenant_id AS BLOB) = CAST(?1 AS BLOB)
ORDER BY listed.tenant_id, listed.sequence
"""
_AFTER_ALL_SEQUENCES = 2**63 - 1


def head(connection: apsw.Connection, tenant_id: str) -> AuditHead | None:
    """See AuditTrail.head."""
    row = connection.execute("SELECT sequence, hash FROM audit_head WHERE tenant_id = ?", (tenant_id,)).fetchone()
    return AuditHead(*row) if row else None


def page(
    connection: apsw.Connection,
    tenant_id: str,
    *,
    since: datetime,
    until: datetime | None,
    before: int | None,
    most: int,
) -> list[tuple[int, JsonObject]]:
    """See AuditPages.audit_page."""
    names = {
        "tenant": tenant_id,
        "before": _AFTER_ALL_SEQUENCES if before is None else before,
        "since": next_millisecond(since),
        "until": AFTER_ALL_TIMES if until is None else next_millisecond(until),
        "most": most,
    }
    with as_unavailable():
        rows = connection.execute(_PAGE, names).fetchall()
    return [(int(str(sequence)), document(record)) for sequence, record in rows]


def purge(connection: apsw.Connection, tenant_id: str, before: datetime, most: int) -> int:
    """See Storage.purge_audit. Where the chain begins now is written down with it, or it could not be verified."""
    query = "SELECT sequence, hash, operation_date FROM audit WHERE tenant_id = ? ORDER BY sequence LIMIT ?"
    bound = next_millisecond(before)
    dropped = list(takewhile(lambda row: str(row[2]) < bound, connection.execute(query, (tenant_id, most)).fetchall()))
    if dropped:
        sequence, digest, _ = dropped[-1]
        connection.execute("INSERT OR REPLACE INTO audit_start VALUES (?, ?, ?)", (tenant_id, sequence, digest))
        connection.execute("DELETE FROM audit WHERE tenant_id = ? AND sequence <= ?", (tenant_id, sequence))
    return len(dropped)


def tenants(connection: apsw.Connection, after: str, most: int) -> list[str]:
    """See Storage.audited_tenants."""
    query = "SELECT tenant_id FROM audit_head WHERE tenant_id > ? ORDER BY tenant_id LIMIT ?"
    with as_unavailable():
        return [str(tenant_id) for (tenant_id,) in connection.execute(query, (after, most)).fetchall()]


class SqliteAuditTrail:
    """See AuditTrail."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def tenants(self) -> list[str]:
        """See AuditTrail.tenants."""
        query = "SELECT tenant_id FROM audit UNION SELECT tenant_id FROM audit_head ORDER BY 1"
        with as_unavailable():
            return [str(tenant_id) for (tenant_id,) in self._connection.execute(query).fetchall()]

    def head(self, tenant_id: str) -> AuditHead | None:
        """See AuditTrail.head."""
        with as_unavailable():
            return head(self._connection, tenant_id)

    def start(self, tenant_id: str) -> AuditHead | None:
        """See AuditTrail.start."""
        query = "SELECT sequence, hash FROM audit_start WHERE tenant_id = ?"
        with as_unavailable():
            row = self._connection.execute(query, (tenant_id,)).fetchone()
        return AuditHead(*row) if row else None

    def entries(self, tenant_id: str) -> Iterator[AuditEntry]:
        """See AuditTrail.entries."""
        with as_unavailable():
            for sequence, record, previous, digest, date_holds in self._connection.execute(_ENTRIES, (tenant_id,)):
                yield AuditEntry(sequence, record, previous, digest, date_holds == 1)


@contextmanager
def open_audit_trail(path: Path) -> Iterator[SqliteAuditTrail]:
    """The audit in the file `path`, read beside whatever service writes it; one state for the whole `with`.

    Changes nothing. Raises StorageUnavailableError, NewerSchemaError.
    """
    with as_unavailable():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        with as_unavailable():
            connection.set_busy_timeout(BUSY_MILLISECONDS)
            require_head(connection)
            # In one transaction, or an entry that comes meanwhile would be found after a head that was read before.
            connection.execute("BEGIN")
        yield SqliteAuditTrail(connection)
    finally:
        connection.close()
