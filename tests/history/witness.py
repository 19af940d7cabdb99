"""What the database says in the end, read by SQL of our own: the service's reading is under test, too."""

from __future__ import annotations

import time
from contextlib import closing
from typing import NamedTuple

import apsw
import msgspec
import psycopg

from partnercenter.service.audit import NO_ENTRY, entry_hash
from tests.history.record import Change

SQLITE = "sqlite:"
_PATIENCE = 30.0
_ENTRIES = "SELECT sequence, record, previous_hash, hash FROM audit WHERE tenant_id = {} ORDER BY sequence"
_HEAD = "SELECT sequence, hash FROM audit_head WHERE tenant_id = {}"
_PROFILES = "SELECT kind, entity_tag, version FROM profile WHERE tenant_id = {}"


class Witness(NamedTuple):
    """The stored truth about one tenant.

    changes: by kind of profile, in the order of the audit. final: the tag and the version that stand, by kind.
    broken: what is wrong with the chain of hashes.
    """

    changes: dict[str, list[Change]]
    final: dict[str, tuple[str, int]]
    broken: list[str]


class _Fact(msgspec.Struct):
    key: str
    value: str


class _Record(msgspec.Struct, rename="camel"):
    """What is needed of an audit record."""

    operation_type: str
    customized_data: list[_Fact]


def read_witness(database: str, tenant_id: str, kinds: dict[str, str]) -> Witness:
    """The truth about `tenant_id`. database: `sqlite:` and a path, or the URL of a PostgreSQL.

    kinds: the kind of profile for each operation type.
    """
    entries, head, profiles = _rows(database, [_ENTRIES, _HEAD, _PROFILES], tenant_id)
    changes: dict[str, list[Change]] = {}
    for _, text, _, _ in entries:
        record = msgspec.json.decode(_bytes(text), type=_Record)
        facts = {fact.key: fact.value for fact in record.customized_data}
        change = Change(facts["requestId"], facts["oldEtag"], facts["newEtag"])
        changes.setdefault(kinds[record.operation_type], []).append(change)
    final = {str(kind): (str(tag), int(str(version))) for kind, tag, version in profiles}
    return Witness(changes, final, _chain_breaks(tenant_id, entries, head))


def _chain_breaks(tenant_id: str, entries: list[tuple[object, ...]], heads: list[tuple[object, ...]]) -> list[str]:
    last = NO_ENTRY
    for expected, (sequence, text, previous, digest) in enumerate(entries, 1):
        if (sequence, _bytes(previous)) != (expected, last):
            return [f"audit entry {sequence} of {tenant_id} does not follow the one before"]
        last = entry_hash(last, tenant_id, expected, _bytes(text))
        if last != _bytes(digest):
            return [f"audit entry {sequence} of {tenant_id} does not have its hash"]
    found = [(sequence, _bytes(digest)) for sequence, digest in heads]
    return [] if found == ([(len(entries), last)] if entries else []) else [f"the audit head of {tenant_id} is wrong"]


def _rows(database: str, queries: list[str], tenant_id: str) -> list[list[tuple[object, ...]]]:
    """What the queries find in one state of the database."""
    if database.startswith(SQLITE):
        with closing(apsw.Connection(database.removeprefix(SQLITE), flags=apsw.SQLITE_OPEN_READONLY)) as file:
            file.set_busy_timeout(5_000)
            with file:
                return [list(file.execute(query.format("?"), (tenant_id,))) for query in queries]
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            return _postgres_rows(database, queries, tenant_id)
        except psycopg.OperationalError:  # the run has just killed it, and it is coming back
            if time.monotonic() > ends:
                raise
            time.sleep(0.2)


def _postgres_rows(database: str, queries: list[str], tenant_id: str) -> list[list[tuple[object, ...]]]:
    with closing(psycopg.connect(database, connect_timeout=5)) as server:
        server.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return [server.execute(query.format("%s").encode(), (tenant_id,)).fetchall() for query in queries]


def _bytes(value: object) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value) if isinstance(value, (bytes, memoryview)) else b""
