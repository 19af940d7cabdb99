"""A database with many partners, of whom a part asks: what a request costs when there are a thousand times as many."""

from __future__ import annotations

from pathlib import Path

import apsw
import psycopg

from bench.written_rows import DOCUMENT
from partnercenter.service.storage.schema import prepare_postgres, prepare_sqlite

CALLERS = 1_000
"""Of the partners, so many ask, at random: the same in every size, so that only the database differs. They lie all over
its key; their pages are more than SQLite keeps in memory by itself."""


def fill_sqlite(path: Path, partners: int) -> None:
    """So many billing profiles, written in the order of their key, as a database has them after a while."""
    prepare_sqlite(path)
    connection = apsw.Connection(str(path))
    connection.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF")
    with connection:
        connection.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?1)"
            " INSERT INTO profile SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4000-8000-' ||"
            " hex(randomblob(6))) AS id, 'billing', 1, hex(randomblob(24)), ?2 FROM numbers WHERE ?1 > 0 ORDER BY id",
            (partners, DOCUMENT),
        )
    connection.execute("PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def fill_postgres(url: str, partners: int) -> None:
    """The same in an empty PostgreSQL database, with the statistics that autovacuum would have made by then."""
    prepare_postgres(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO profile SELECT gen_random_uuid()::text AS id, 'billing', 1, gen_random_uuid()::text, %s"
            " FROM generate_series(1, %s) ORDER BY id",
            (DOCUMENT, partners),
        )
        connection.execute("VACUUM ANALYZE profile")
        connection.execute("CHECKPOINT")
