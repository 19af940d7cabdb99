"""The audit in a SQLite file: reading it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import apsw

from partnercenter.service.audit import date_text
from partnercenter.service.storage import AuditEntry, AuditHead, StorageUnavailableError
from partnercenter.service.storage.sqlite_reading import BUSY_MILLISECONDS, as_unavailable, document
from partnercenter.service.storage.sqlite_schema import SCHEMA_VERSION, refuse_newer_schema, schema_version
from partnercenter.wire.json_text import JsonObject

# The inner question is answered by the index alone, so that a record is read only if it is listed.
_PAGE = """
SELECT audit.sequence, CAST(audit.record AS BLOB)
FROM (
    SELECT sequence AS listed FROM audit INDEXED BY audit_by_time
    WHERE tenant_id = :tenant AND sequence < :before AND operation_date >= :since AND operation_date < :until
    ORDER BY sequence DESC LIMIT :most
)
JOIN audit ON audit.tenant_id = :tenant AND audit.sequence = listed
ORDER BY audit.sequence DESC
"""
# The tenant is compared twice: the search in the tree goes by the order of the rows, and takes one whose key was
# changed in place for one of those that it stands between. (After an "=", SQLite would put the constant in the place
# of the column in the second comparison.) The date is compared as the table's CHECK does it.
_ENTRIES = """
SELECT sequence, CAST(record AS BLOB), previous_hash, hash,
    operation_date = CASE WHEN json_valid(record) THEN
        CAST(coalesce(json_extract(record, '$.operationDate'), '') AS TEXT) ELSE '' END
FROM audit WHERE tenant_id BETWEEN ?1 AND ?1 AND CAST(tenant_id AS BLOB) = CAST(?1 AS BLOB)
ORDER BY tenant_id, sequence
"""
_AFTER_ALL_SEQUENCES = 2**63 - 1
_AFTER_ALL_TIMES = "~"  # sorts after every digit


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
        "since": _next_millisecond(since),
        "until": _AFTER_ALL_TIMES if until is None else _next_millisecond(until),
        "most": most,
    }
    with as_unavailable():
        rows = connection.execute(_PAGE, names).fetchall()
    return [(int(str(sequence)), document(record)) for sequence, record in rows]


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
            refuse_newer_schema(connection)
            _require_chain(connection)
            # In one transaction, or an entry that comes meanwhile would be found after a head that was read before.
            connection.execute("BEGIN")
        yield SqliteAuditTrail(connection)
    finally:
        connection.close()


def _require_chain(connection: apsw.Connection) -> None:
    version = schema_version(connection)
    if version < SCHEMA_VERSION:
        raise StorageUnavailableError(
            f"The data has schema {version}, without hashes. Start the service once: it brings it to {SCHEMA_VERSION}."
        )


def _next_millisecond(moment: datetime) -> str:
    """The first time that a record can have at or after `moment`: records count whole milliseconds."""
    try:
        return date_text(moment + timedelta(microseconds=-moment.microsecond % 1_000))
    except OverflowError:  # within the last millisecond of the calendar
        return _AFTER_ALL_TIMES
