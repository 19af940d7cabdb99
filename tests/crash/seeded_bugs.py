"""Bugs that must be found: who looks for lost acknowledgements is believed only after he has found some."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import apsw

from partnercenter.service.storage import sqlite
from partnercenter.service.storage.sqlite import SqliteStorage


def _sync_at_checkpoints_alone() -> AbstractContextManager[object]:
    """`synchronous=NORMAL`: nothing is lost when the process dies, but the last commits when the power fails."""
    open_writer = sqlite._open_writer

    def with_fewer_syncs(path: Path) -> apsw.Connection:
        connection = open_writer(path)
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    return patch.object(sqlite, "_open_writer", with_fewer_syncs)


def _acknowledge_before_the_commit() -> AbstractContextManager[object]:
    """The answer goes out first; the commit comes when the next batch begins."""
    begin, commit = SqliteStorage._begin, SqliteStorage._commit

    async def commit_the_last_one_and_begin(storage: SqliteStorage) -> None:
        if storage._writer.in_transaction:
            await commit(storage)
        await begin(storage)

    async def not_yet(_: SqliteStorage) -> None:
        pass

    return patch.multiple(SqliteStorage, _begin=commit_the_last_one_and_begin, _commit=not_yet)


def _go_on_with_the_log() -> AbstractContextManager[object]:
    """After a failed sync, and after a restart, commits are appended to the log that is there."""

    def nothing_to_do(storage: SqliteStorage) -> None:
        storage._in_doubt = False

    return patch.object(SqliteStorage, "_leave_log", nothing_to_do)


def _take_a_failed_commit_for_done() -> AbstractContextManager[object]:
    """What the engine says is not heard."""
    commit = SqliteStorage._commit

    async def deaf(storage: SqliteStorage) -> None:
        with suppress(apsw.Error):
            await commit(storage)

    return patch.object(SqliteStorage, "_commit", deaf)


BUGS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "sync-at-checkpoints-alone": _sync_at_checkpoints_alone,
    "acknowledge-before-commit": _acknowledge_before_the_commit,
    "go-on-with-the-log": _go_on_with_the_log,
    "failed-commit-is-done": _take_a_failed_commit_for_done,
}


@contextmanager
def planted(name: str | None) -> Iterator[None]:
    """Have the bug while the `with` lasts; None is no bug."""
    if name is None:
        yield
        return
    with BUGS[name]():
        yield
