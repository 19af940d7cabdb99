"""SQLite alone: the writes of a PUT in a loop, into the same schema and as durable. `--group`: PUTs in a commit."""

from __future__ import annotations

import argparse
import json
import time
import uuid
from array import array
from dataclasses import asdict
from pathlib import Path

import apsw

from bench.load import Load
from bench.partners import tenant_ids
from bench.written_rows import BODY, DOCUMENT, HASH, TAG, audit_record
from partnercenter.service.storage.schema import prepare_sqlite

_PARTNERS = 256


def run(path: Path, group: int, seconds: float) -> Load:
    """Write for so long. latencies: of the commits, each counted for every PUT in it."""
    prepare_sqlite(path)
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")
    ids, record = tenant_ids(_PARTNERS), audit_record()
    with connection:
        for one in ids:
            connection.execute("INSERT INTO profile VALUES (?, 'billing', 1, ?, ?)", (one, TAG.value, DOCUMENT))
    now, found, number = time.perf_counter_ns, array("q"), 0
    began = now()
    while now() < began + int(seconds * 1e9):
        asked = now()
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(group):
            number += 1
            _put(connection, ids[number % _PARTNERS], number, record)
        connection.execute("COMMIT")
        found.extend([(now() - asked) // 1000] * group)
    elapsed = (now() - began) / 1e9
    connection.close()
    return Load(found.tolist(), elapsed, 0.0)


def _put(connection: apsw.Connection, tenant_id: str, number: int, record: str) -> None:
    """The four rows of a PUT."""
    connection.execute(
        "UPDATE profile SET version = ?, entity_tag = ?, document = ? WHERE tenant_id = ? AND kind = 'billing'",
        (number, TAG.value, DOCUMENT, tenant_id),
    )
    connection.execute(
        "INSERT INTO remembered VALUES (?, 'application', 'user', ?, ?, ?, ?, ?)",
        (tenant_id, str(uuid.uuid4()), HASH, TAG.value, BODY.encode(), time.time()),
    )
    connection.execute(
        "INSERT INTO audit (tenant_id, sequence, operation_date, previous_hash, hash, record)"
        " VALUES (?, ?, json_extract(?5, '$.operationDate'), ?3, ?4, ?5)",
        (tenant_id, number, HASH, HASH, record),
    )
    connection.execute("INSERT OR REPLACE INTO audit_head VALUES (?, ?, ?)", (tenant_id, number, HASH))


def main() -> None:
    """Print the load as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.bare_sqlite", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--group", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=3)
    given = parser.parse_args()
    print(json.dumps(asdict(run(given.path, given.group, given.seconds))))


if __name__ == "__main__":
    main()
