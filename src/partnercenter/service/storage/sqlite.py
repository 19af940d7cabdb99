"""Storage in one SQLite file: WAL, `synchronous=FULL`, one writer thread, readers beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import apsw

from partnercenter.service.storage import (
    C,
    R,
    RememberedAnswer,
    ReplayKey,
    StorageUnavailableError,
    StoredProfile,
    Transaction,
    sqlite_audit,
)
from partnercenter.service.storage.sqlite_audit import SqliteAuditTrail
from partnercenter.service.storage.sqlite_reading import BUSY_MILLISECONDS, as_unavailable, document
from partnercenter.service.storage.sqlite_schema import migrate, refuse_newer_schema
from partnercenter.wire import json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonObject

# SQLite 3.7.0 to 3.51.2 can corrupt a WAL that two connections write and checkpoint at once
# (sqlite.org/wal.html, "the WAL-reset bug").
OLDEST_SAFE_SQLITE = (3, 51, 3)


class SqliteStorage:
    """A backend in the file `path`. One process writes; any number of readers see committed states."""

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises NewerSchemaError, StorageUnavailableError."""
        if tuple(map(int, apsw.sqlite_lib_version().split("."))) < OLDEST_SAFE_SQLITE:
            raise StorageUnavailableError(
                f"SQLite {apsw.sqlite_lib_version()} can corrupt its log. Install apsw 3.51.3 or newer."
            )
        with as_unavailable():
            self._writer = apsw.Connection(str(path))
            self._writer.set_busy_timeout(BUSY_MILLISECONDS)
            refuse_newer_schema(self._writer)
            _make_durable(self._writer)
            migrate(self._writer)
            self._reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
            self._reader.set_busy_timeout(BUSY_MILLISECONDS)
        # SQLite has one writer at a time; one thread that owns it queues in memory instead of in busy loops.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-writer")

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """See Storage.transact."""
        try:
            done = asyncio.get_running_loop().run_in_executor(self._thread, self._run, operation, command)
        except RuntimeError:  # the thread takes no more work
            raise StorageUnavailableError("The storage is closed.") from None
        return await done

    def snapshot(self) -> SqliteSnapshot:
        """See Storage.snapshot."""
        return SqliteSnapshot(self._reader)

    def audit_trail(self) -> SqliteAuditTrail:
        """See Storage.audit_trail."""
        return SqliteAuditTrail(self._reader)

    def close(self) -> None:
        """See Storage.close."""
        self._thread.shutdown()
        self._reader.close()
        self._writer.close()

    def _run(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        with as_unavailable():
            # IMMEDIATE takes the write lock before the first read, so what is checked is what is replaced.
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                result = operation(SqliteTransaction(self._writer), command)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise
            return result


class SqliteSnapshot:
    """See Snapshot. Each question reads the newest committed state."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """See Snapshot.profile."""
        with as_unavailable():
            return _profile(self._connection, tenant_id, kind)

    def remembers(self, key: ReplayKey, *, since: float) -> bool:
        """See Snapshot.remembers."""
        with as_unavailable():
            return _recall(self._connection, key, since) is not None

    def audit_records(self, tenant_id: str, *, newest: int) -> list[JsonObject]:
        """See Snapshot.audit_records."""
        with as_unavailable():
            return sqlite_audit.newest(self._connection, tenant_id, newest)


class SqliteTransaction:
    """See Transaction. The whole file is locked for writing from BEGIN IMMEDIATE on."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def lock_profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """See Transaction.lock_profile."""
        return _profile(self._connection, tenant_id, kind)

    def recall(self, key: ReplayKey, *, since: float) -> RememberedAnswer | None:
        """See Transaction.recall."""
        return _recall(self._connection, key, since)

    def add_profile(self, tenant_id: str, kind: str, profile: StoredProfile) -> None:
        """See Transaction.add_profile."""
        self._connection.execute(
            "INSERT INTO profile (tenant_id, kind, version, entity_tag, document) VALUES (?, ?, ?, ?, ?)",
            (tenant_id, kind, profile.version, profile.tag.value, _text(profile.document)),
        )

    def replace_profile(self, tenant_id: str, kind: str, expected: EntityTag, profile: StoredProfile) -> None:
        """See Transaction.replace_profile."""
        self._connection.execute(
            "UPDATE profile SET version = ?, entity_tag = ?, document = ?"
            " WHERE tenant_id = ? AND kind = ? AND entity_tag = ?",
            (profile.version, profile.tag.value, _text(profile.document), tenant_id, kind, expected.value),
        )
        if self._connection.changes() != 1:
            raise StorageUnavailableError("The version to replace is gone.")

    def append_audit(self, tenant_id: str, record: AuditRecord) -> None:
        """See Transaction.append_audit."""
        sqlite_audit.append(self._connection, tenant_id, record)

    def remember(self, key: ReplayKey, answer: RememberedAnswer, *, now: float, forget_before: float) -> None:
        """See Transaction.remember."""
        self._connection.execute("DELETE FROM remembered WHERE remembered_at < ?", (forget_before,))
        self._connection.execute(
            "INSERT INTO remembered VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*_key_columns(key), answer.fingerprint, answer.tag.value, answer.body, now),
        )


def _make_durable(connection: apsw.Connection) -> None:
    ((mode,),) = connection.execute("PRAGMA journal_mode=WAL").fetchall()
    if mode != "wal":
        raise StorageUnavailableError(f"The folder does not allow a write-ahead log (SQLite says {mode!r}).")
    # FULL syncs the log at every commit: what was answered 200 survives a power cut, not only a crash.
    connection.execute("PRAGMA synchronous=FULL")


def _profile(connection: apsw.Connection, tenant_id: str, kind: str) -> StoredProfile | None:
    query = "SELECT document, entity_tag, version FROM profile WHERE tenant_id = ? AND kind = ?"
    row = connection.execute(query, (tenant_id, kind)).fetchone()
    return StoredProfile(document(row[0]), EntityTag(row[1]), row[2]) if row else None


def _recall(connection: apsw.Connection, key: ReplayKey, since: float) -> RememberedAnswer | None:
    query = (
        "SELECT fingerprint, entity_tag, body FROM remembered WHERE tenant_id = ? AND application_id = ?"
        " AND user_id = ? AND request_id = ? AND remembered_at >= ?"
    )
    row = connection.execute(query, (*_key_columns(key), since)).fetchone()
    return RememberedAnswer(row[0], EntityTag(row[1]), row[2]) if row else None


def _key_columns(key: ReplayKey) -> tuple[str, str, str, str]:
    return key.tenant_id, key.application_id, key.user_id, key.request_id


def _text(document: JsonObject) -> str:
    return json_text.write(document).decode()
