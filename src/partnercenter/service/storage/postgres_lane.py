"""One connection that comes back: opened when it is needed, and again after it broke."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence

from partnercenter.service.storage import StorageUnavailableError
from partnercenter.service.storage.postgres_connection import connect
from partnercenter.service.storage.postgres_driver import psycopg
from partnercenter.service.storage.postgres_errors import LostError
from partnercenter.service.storage.postgres_pipeline import Pipeline, Result, Statement

DEADLINE = 5.0
"""Seconds for one round trip. The server ends no wait for a standby by itself (statement_timeout does not count)."""

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0


class Lane:
    """Runs one pipeline after another; for one task at a time."""

    def __init__(self, url: str, **session: str) -> None:
        """session: settings of its sessions, see postgres_connection.connect."""
        self._url = url
        self._session = session
        self._pipeline: Pipeline | None = None
        self._pause = 0.0
        self._not_before = 0.0
        self._closed = False
        self._running = False

    @property
    def in_transaction(self) -> bool:
        """Whether there is one to roll back."""
        return self._pipeline is not None and self._pipeline.in_transaction

    def open(self) -> None:
        """Connect now, in the thread of the caller. Raises StorageUnavailableError."""
        self._pipeline = Pipeline(connect(self._url, **self._session))

    async def ready(self) -> None:
        """Connect, unless there is a connection. Raises StorageUnavailableError."""
        await self._connected()

    async def run(self, statements: Sequence[Statement]) -> list[Result]:
        """See Pipeline.run. The connection is dropped if it broke, or if it did not answer before the deadline.

        Raises LostError if the connection broke, StorageUnavailableError if there is none to be had.
        """
        pipeline = await self._connected()
        self._running = True
        try:
            async with asyncio.timeout(DEADLINE):
                return await pipeline.run(statements)
        except TimeoutError:
            self._pipeline = None
            # The server may be waiting for ever, and hold locks: it is asked to stop, which no loop should wait for.
            asyncio.get_running_loop().run_in_executor(None, pipeline.abandon)
            raise StorageUnavailableError("PostgreSQL did not answer in time.") from None
        except (LostError, asyncio.CancelledError):
            self.drop()
            raise
        finally:
            self._running = False
            if self._closed:
                self.drop()

    def drop(self) -> None:
        """Let go of the connection; the server rolls back what is not committed."""
        if self._pipeline is not None:
            self._pipeline.close()
            self._pipeline = None

    def close(self) -> None:
        """Let go for good, after the round trip that is under way."""
        self._closed = True
        if not self._running:
            self.drop()

    async def _connected(self) -> Pipeline:
        if self._closed:
            raise StorageUnavailableError("The storage is closed.")
        if self._pipeline is None:
            self._pipeline = await self._reconnect()
        return self._pipeline

    async def _reconnect(self) -> Pipeline:
        if time.monotonic() < self._not_before:
            raise StorageUnavailableError("PostgreSQL is not there.")
        try:
            pipeline = Pipeline(await self._connect_in_thread())
        except StorageUnavailableError:
            # Each node at times of its own, so that a server that comes back is not overrun.
            self._pause = min(max(2 * self._pause, _SHORTEST_PAUSE), _LONGEST_PAUSE)
            self._not_before = time.monotonic() + self._pause * random.uniform(0.5, 1.0)  # noqa: S311  # no secret
            raise
        self._pause = 0.0
        if self._closed:
            pipeline.close()
            raise StorageUnavailableError("The storage is closed.")
        return pipeline

    async def _connect_in_thread(self) -> psycopg.Connection:
        connecting = asyncio.get_running_loop().run_in_executor(None, lambda: connect(self._url, **self._session))
        try:
            return await asyncio.shield(connecting)
        except asyncio.CancelledError:
            connecting.add_done_callback(_close)
            raise


def _close(connecting: asyncio.Future[psycopg.Connection]) -> None:
    if not connecting.cancelled() and connecting.exception() is None:
        connecting.result().close()
