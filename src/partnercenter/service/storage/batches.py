"""Group commit: what is asked for while one batch is being committed makes up the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Protocol

from partnercenter.service.storage import C, NothingWrittenError, R, StorageUnavailableError, Touches, Transaction
from partnercenter.service.storage.working_set import WorkingSet

MOST_AT_ONCE = 256
"""So that the first of a batch does not wait long for the last, and no transaction grows without end."""


class Work(Protocol):
    """One piece of what a batch does, whatever it results in."""

    @property
    def touches(self) -> Touches:
        """What is to be loaded for it."""

    def run(self, working: WorkingSet) -> None:
        """Do it. What it results in is kept back until the batch is durable."""

    def resolve(self) -> None:
        """Tell the result, or what the operation raised: the batch is durable."""

    def fail(self, error: Exception) -> None:
        """Tell that the batch failed, whatever the operation resulted in."""


class Job(Generic[C, R]):
    """An operation that somebody waits for."""

    def __init__(self, operation: Callable[[Transaction, C], R], command: C) -> None:
        self._operation = operation
        self._command = command
        self._error: Exception | None = None
        self._result: list[R] = []
        self.done: asyncio.Future[R] = asyncio.get_running_loop().create_future()

    @property
    def touches(self) -> Touches:
        """See Work.touches."""
        return self._command.touches

    def run(self, working: WorkingSet) -> None:
        """See Work.run. A batch may be run anew, after the database has refused it."""
        self._result, self._error = [], None
        transaction = working.begin(self.touches)
        try:
            self._result.append(self._operation(transaction, self._command))
        except Exception as error:
            self._error = error
        else:
            working.keep(transaction)

    def resolve(self) -> None:
        """See Work.resolve."""
        if self.done.done():  # whoever asked has gone
            return
        if self._error is not None:
            self.done.set_exception(self._error)
        else:
            self.done.set_result(self._result[0])

    def fail(self, error: Exception) -> None:
        """See Work.fail."""
        if not self.done.done():
            self.done.set_exception(error)


class Alone(Generic[R]):
    """Something that is to be done between two batches."""

    def __init__(self, work: Callable[[], Awaitable[R]]) -> None:
        self._work = work
        self.done: asyncio.Future[R] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Do it, and tell the result or what it raised."""
        try:
            result = await self._work()
        except BaseException as error:
            self.fail(error if isinstance(error, Exception) else _stopping())
            if not isinstance(error, Exception):
                raise
        else:
            if not self.done.done():
                self.done.set_result(result)

    def fail(self, error: Exception) -> None:
        """Tell that it failed."""
        if not self.done.done():
            self.done.set_exception(error)


class Batches:
    """Runs one batch after another.

    run_batch: runs the work of a batch and returns once it is durable. What it raises, all of the batch are told.
    """

    def __init__(self, run_batch: Callable[[Sequence[Work]], Awaitable[None]]) -> None:
        self._run_batch = run_batch
        self._waiting: deque[Work | Alone[Any]] = deque()
        self._runner: asyncio.Task[None] | None = None

    async def run(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """Run an operation in the next batch and return its result once that is durable."""
        job = Job(operation, command)
        self._enqueue(job)
        return await job.done

    async def run_alone(self, work: Callable[[], Awaitable[R]]) -> R:
        """Do `work` while no batch runs."""
        alone = Alone(work)
        self._enqueue(alone)
        return await alone.done

    def _enqueue(self, work: Work | Alone[Any]) -> None:
        self._waiting.append(work)
        if self._runner is None:
            # The task begins in the next turn of the loop: what else comes in this one is in its first batch.
            self._runner = asyncio.create_task(self._run_all())

    async def _run_all(self) -> None:
        try:
            while self._waiting:
                if isinstance(self._waiting[0], Alone):
                    alone = self._waiting.popleft()
                    assert isinstance(alone, Alone)  # noqa: S101  # for the type checker
                    await alone.run()
                else:
                    await self._run_one(self._take())
        finally:
            self._runner = None
            while self._waiting:
                self._waiting.popleft().fail(_stopping())

    def _take(self) -> Sequence[Work]:
        batch: list[Work] = []
        while self._waiting and len(batch) < MOST_AT_ONCE:
            work = self._waiting[0]
            if isinstance(work, Alone):
                break
            batch.append(work)
            self._waiting.popleft()
        return batch

    async def _run_one(self, batch: Sequence[Work]) -> None:
        try:
            await self._run_batch(batch)
        except BaseException as error:
            if isinstance(error, NothingWrittenError) and len(batch) > 1:
                # Perhaps one of them cannot be written: it must not hurt the others.
                for work in batch:
                    await self._run_one([work])
                return
            # A refusal, too, may be due to a change of this batch: nobody is told anything but that it failed.
            for work in batch:
                work.fail(_told(error))
            if not isinstance(error, Exception):
                raise
            return
        for work in batch:
            work.resolve()


def _told(error: BaseException) -> Exception:
    """What each of a batch is told: an error of its own, or they would gather all the tracebacks in one."""
    if isinstance(error, StorageUnavailableError):
        return StorageUnavailableError(*error.args)
    return error if isinstance(error, Exception) else _stopping()


def _stopping() -> StorageUnavailableError:
    return StorageUnavailableError("The service is stopping.")
