"""The steps that bring a SQLite file to the schema of this program, whatever older one it has."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

import apsw

from partnercenter.service.audit import NO_ENTRY, entry_hash
from partnercenter.service.storage import AuditHead, NewerSchemaError

_ROWS_AT_ONCE = 1_000


def schema_version(connection: apsw.Connection) -> int:
    """The schema that the file has; 0 if it is empty."""
    ((version,),) = connection.execute("PRAGMA user_version").fetchall()
    return int(str(version))


def refuse_newer_schema(connection: apsw.Connection) -> None:
    """Raises NewerSchemaError, and closes the connection, if a newer program wrote the file."""
    version = schema_version(connection)
    if version > SCHEMA_VERSION:
        connection.close()
        raise NewerSchemaError(
            f"The data has schema {version}; this program knows {SCHEMA_VERSION}. Use the newer program."
        )


def migrate(connection: apsw.Connection) -> None:
    """Take every step that the file has not taken, in one transaction; another process may be doing the same."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = schema_version(connection)
        for step in _STEPS[version:]:
            step(connection)
        if version != SCHEMA_VERSION:
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _initial(connection: apsw.Connection) -> None:
    connection.execute(_script("0001_initial.sql"))


def _audit_chain(connection: apsw.Connection) -> None:
    connection.execute(_script("0002_audit_chain.sql"))
    for (tenant_id,) in connection.execute("SELECT DISTINCT tenant_id FROM audit").fetchall():
        _chain(connection, str(tenant_id))


def _chain(connection: apsw.Connection, tenant_id: str) -> None:
    """Hash the entries of a tenant that were written without; a portion at a time, as there may be many."""
    query = (
        "SELECT sequence, CAST(record AS BLOB) FROM audit WHERE tenant_id = ? AND sequence > ?"
        " ORDER BY sequence LIMIT ?"
    )
    last = AuditHead(0, NO_ENTRY)
    while rows := list(connection.execute(query, (tenant_id, last.sequence, _ROWS_AT_ONCE))):
        for sequence, record in rows:
            last = _hash(connection, tenant_id, last, sequence, record)
    connection.execute("INSERT INTO audit_head VALUES (?, ?, ?)", (tenant_id, last.sequence, last.hash))


def _hash(connection: apsw.Connection, tenant_id: str, last: AuditHead, sequence: int, record: bytes) -> AuditHead:
    digest = entry_hash(last.hash, tenant_id, sequence, record)
    connection.execute(
        "UPDATE audit SET previous_hash = ?, hash = ? WHERE tenant_id = ? AND sequence = ?",
        (last.hash, digest, tenant_id, sequence),
    )
    return AuditHead(sequence, digest)


def _script(name: str) -> str:
    return resources.files("partnercenter.service.storage.migrations").joinpath(name).read_text("utf-8")


_STEPS: tuple[Callable[[apsw.Connection], None], ...] = (_initial, _audit_chain)
SCHEMA_VERSION = len(_STEPS)
