"""A launcher that brings databases to the schema of this program and kills itself before a statement.

Reads a database on each line, a SQLite file or a PostgreSQL URL: the first one is killed before its first statement,
the second one before its second, and so on. Answers each line with "killed", or with "done" if there was no such
statement. Each is done in a fork, as the import of what migrates takes longer than the migration.
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import psycopg
from sqlalchemy import Engine, event

from partnercenter.service.storage import schema
from partnercenter.service.storage.migrations import with_alembic


def main() -> None:
    for fatal in itertools.count(1):
        line = sys.stdin.readline().strip()
        if not line:
            return
        child = os.fork()
        if child == 0:
            migrate(line, fatal)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write("killed\n" if killed else "done\n" if status == 0 else f"failed {status}\n")
        sys.stdout.flush()


def migrate(database: str, fatal: int) -> None:
    """Count what each of the three libraries is about to execute."""
    assert with_alembic is not None
    statements = itertools.count(1)

    def before_statement(*_: object, **__: object) -> bool:
        if next(statements) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    def trace(connection: apsw.Connection) -> None:
        connection.exec_trace = before_statement

    def counted(method: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(method)
        def with_count(*arguments: object, **named: object) -> object:
            before_statement()
            return method(*arguments, **named)

        return with_count

    apsw.connection_hooks.append(trace)
    event.listen(Engine, "before_cursor_execute", before_statement)
    event.listen(Engine, "commit", before_statement)
    for name in ("execute", "commit"):
        setattr(psycopg.Connection, name, counted(getattr(psycopg.Connection, name)))
    if database.startswith("postgresql:"):
        schema.prepare_postgres(database)
    else:
        schema.prepare_sqlite(Path(database))


if __name__ == "__main__":
    main()
