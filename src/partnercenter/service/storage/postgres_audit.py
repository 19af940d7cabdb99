"""The audit in PostgreSQL: reading it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from partnercenter.service.storage import AuditEntry, AuditHead, StorageUnavailableError
from partnercenter.service.storage.migrations import require_head
from partnercenter.service.storage.postgres_connection import connect
from partnercenter.service.storage.postgres_driver import psycopg
from partnercenter.service.storage.postgres_pipeline import Result, Statement
from partnercenter.service.storage.postgres_values import integer, read_integer
from partnercenter.service.storage.schema import postgres_revision
from partnercenter.service.storage.stored_texts import AFTER_ALL_TIMES, date_of, document, next_millisecond
from partnercenter.wire.json_text import JsonObject

# The inner question is answered by the index alone, so that a record is read only if it is listed.
_PAGE = b"""
SELECT listed.sequence, entry.record
FROM (
    SELECT sequence FROM audit
    WHERE tenant_id = $1::text AND sequence < $2::bigint AND operation_date >= $3::text AND operation_date < $4::text
    ORDER BY sequence DESC LIMIT $5::bigint
) AS listed
CROSS JOIN LATERAL (
    SELECT record FROM audit WHERE audit.tenant_id = $1::text AND audit.sequence = listed.sequence OFFSET 0
) AS entry
ORDER BY listed.sequence DESC
"""
_ENTRIES = b"""
SELECT sequence, convert_to(record, 'UTF8'), previous_hash, hash, operation_date
FROM audit WHERE tenant_id = %s ORDER BY sequence
"""
# From the front alone, up to the first entry of a later date, even if others behind it are older: a clock went back.
# Where the chain begins now is written down with it, or it could not be verified. Two nodes may do it at once.
_PURGE = b"""
WITH oldest AS MATERIALIZED (
    SELECT sequence, hash, operation_date FROM audit
    WHERE tenant_id = $1::text ORDER BY sequence LIMIT $3::bigint
), dropped AS MATERIALIZED (
    SELECT sequence, hash FROM oldest
    WHERE NOT EXISTS (
        SELECT FROM oldest AS kept WHERE kept.operation_date >= $2::text AND kept.sequence <= oldest.sequence
    )
), started AS (
    INSERT INTO audit_start (tenant_id, sequence, hash)
    SELECT $1::text, sequence, hash FROM dropped ORDER BY sequence DESC LIMIT 1
    ON CONFLICT (tenant_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
    WHERE audit_start.sequence < excluded.sequence
)
DELETE FROM audit WHERE tenant_id = $1::text AND sequence <= (SELECT max(sequence) FROM dropped)
"""
_TENANTS = b"SELECT tenant_id FROM audit_head WHERE tenant_id > $1::text ORDER BY tenant_id LIMIT $2::bigint"
_AFTER_ALL_SEQUENCES = 2**63 - 1
_ROWS_AT_ONCE = 1_000


def page(tenant_id: str, *, since: datetime, until: datetime | None, before: int | None, most: int) -> Statement:
    """What asks for a page, see AuditPages.audit_page; `records` reads the result."""
    first = next_millisecond(since)
    end = AFTER_ALL_TIMES if until is None else next_millisecond(until)
    sequence = integer(_AFTER_ALL_SEQUENCES if before is None else before)
    return Statement(_PAGE, (tenant_id.encode(), sequence, first.encode(), end.encode(), integer(most)))


def records(result: Result) -> list[tuple[int, JsonObject]]:
    """The records of a page with their sequences."""
    rows = range(result.ntuples)
    return [(read_integer(result.get_value(row, 0) or b""), document(result.get_value(row, 1))) for row in rows]


def purging(tenant_id: str, before: datetime, most: int) -> list[Statement]:
    """What drops entries from the front of a chain, see Storage.purge_audit; the last one counts them."""
    return [Statement(_PURGE, (tenant_id.encode(), next_millisecond(before).encode(), integer(most)))]


def tenants(after: str, most: int) -> Statement:
    """What asks for tenants, see Storage.audited_tenants; `tenant_ids` reads the result."""
    return Statement(_TENANTS, (after.encode(), integer(most)))


def tenant_ids(result: Result) -> list[str]:
    """The ids that were asked for."""
    return [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]


class PostgresAuditTrail:
    """See AuditTrail."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def tenants(self) -> list[str]:
        """See AuditTrail.tenants."""
        query = b"SELECT tenant_id FROM audit UNION SELECT tenant_id FROM audit_head ORDER BY 1"
        return [str(tenant_id) for (tenant_id,) in self._connection.execute(query).fetchall()]

    def head(self, tenant_id: str) -> AuditHead | None:
        """See AuditTrail.head."""
        return self._link(b"SELECT sequence, hash FROM audit_head WHERE tenant_id = %s", tenant_id)

    def start(self, tenant_id: str) -> AuditHead | None:
        """See AuditTrail.start."""
        return self._link(b"SELECT sequence, hash FROM audit_start WHERE tenant_id = %s", tenant_id)

    def entries(self, tenant_id: str) -> Iterator[AuditEntry]:
        """See AuditTrail.entries."""
        # A cursor of the server, in a transaction: a chain may be longer than memory.
        with self._connection.transaction(), self._connection.cursor("entries") as cursor:
            cursor.itersize = _ROWS_AT_ONCE
            for sequence, record, previous, digest, date in cursor.execute(_ENTRIES, (tenant_id,)):
                yield AuditEntry(sequence, record, previous, digest, date_of(record) == date)

    def _link(self, query: bytes, tenant_id: str) -> AuditHead | None:
        row = self._connection.execute(query, (tenant_id,)).fetchone()
        return AuditHead(*row) if row else None


@contextmanager
def open_audit_trail(url: str) -> Iterator[PostgresAuditTrail]:
    """The audit in the database at `url`, read beside whatever service writes it; one state for the whole `with`.

    Changes nothing. Raises StorageUnavailableError, NewerSchemaError.
    """
    require_head(postgres_revision(url))
    # It may take long, and locks nothing.
    session = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
    with closing(connect(url, **session)) as connection:
        try:
            connection.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield PostgresAuditTrail(connection)
        except psycopg.Error as error:
            raise StorageUnavailableError(f"PostgreSQL: {type(error).__name__}") from None
