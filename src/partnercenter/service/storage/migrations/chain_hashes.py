"""The hashes of audit entries that were written before there were any."""

from __future__ import annotations

from sqlalchemy import Connection, text

from partnercenter.service.audit import NO_ENTRY, entry_hash

_ROWS_AT_ONCE = 1_000

_TENANTS = text("SELECT DISTINCT tenant_id FROM audit ORDER BY tenant_id")
# As bytes: the hash is over the text exactly as it is stored.
_ROWS = text(
    "SELECT sequence, CAST(record AS BLOB) FROM audit WHERE tenant_id = :tenant_id AND sequence > :after"
    " ORDER BY sequence LIMIT :most"
)
_HASHED = text(
    "UPDATE audit SET previous_hash = :previous, hash = :hash WHERE tenant_id = :tenant_id AND sequence = :sequence"
)
_HEAD = text("INSERT INTO audit_head (tenant_id, sequence, hash) VALUES (:tenant_id, :sequence, :hash)")


def chain_all(connection: Connection) -> None:
    """Hash the entries of every tenant, in the transaction of `connection`."""
    for tenant_id in connection.scalars(_TENANTS).all():
        _chain(connection, tenant_id)


def _chain(connection: Connection, tenant_id: str) -> None:
    """A portion at a time, as there may be many."""
    sequence, last = 0, NO_ENTRY
    while rows := connection.execute(_ROWS, {"tenant_id": tenant_id, "after": sequence, "most": _ROWS_AT_ONCE}).all():
        hashed = []
        for sequence, record in rows:
            previous, last = last, entry_hash(last, tenant_id, sequence, record)
            hashed.append({"tenant_id": tenant_id, "sequence": sequence, "previous": previous, "hash": last})
        connection.execute(_HASHED, hashed)
    connection.execute(_HEAD, {"tenant_id": tenant_id, "sequence": sequence, "hash": last})
