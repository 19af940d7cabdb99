"""Group commit: what is asked for while one batch is being committed makes up the next one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, Protocol

from partnercenter.service.storage import (
    C,
    LockedError,
    NothingWrittenError,
    R,
    StorageUnavailableError,
    Touches,
    Transaction,
)
from partnercenter.service.storage.working_set import WorkingSet
from partnercenter.wire.json_text import JsonTextError

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
        _fail(self.done, error)


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
        _fail(self.done, error)


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
        if self._runner is not None and (self._runner.done() or self._runner.get_loop().is_closed()):
            self._stop()  # it was cancelled before it began, or its event loop is gone
        self._waiting.append(work)
        if self._runner is None:
            # The task begins in the next turn of the loop: what else comes in this one is in its first batch.
            self._runner = asyncio.create_task(self._run_all())

    async def _run_all(self) -> None:
        try:
            while self._waiting:
                first = self._waiting[0]
                if isinstance(first, Alone):
                    self._waiting.popleft()
                    await first.run()
                else:
                    await self._run_one(self._take())
        finally:
            if self._runner is asyncio.current_task():
                self._stop()

    def _stop(self) -> None:
        self._runner = None
        waiting, self._waiting = self._waiting, deque()
        for work in waiting:
            work.fail(_stopping())

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
        except NothingWrittenError as error:
            await self._run_each(batch, error)
        except BaseException as error:
            # A refusal, too, may be due to a change of this batch: nobody is told anything but that it failed.
            for work in batch:
                work.fail(_told(error))
            if not isinstance(error, Exception):
                raise
        else:
            for work in batch:
                work.resolve()

    async def _run_each(self, batch: Sequence[Work], error: NothingWrittenError) -> None:
        """Run the work of a batch that was refused, each alone: perhaps one cannot be written, and hurts the others."""
        if len(batch) == 1:
            batch[0].fail(error)
            return
        left, locked = deque(batch), set[str]()
        try:
            while left:
                work = left.popleft()
                tenants = {key.tenant_id for key in work.touches.profiles}
                if tenants & locked:  # it would wait for the same lock, and all behind it with it
                    work.fail(LockedError("Somebody else holds what is to be changed."))
                else:
                    locked |= tenants if await self._is_locked(work) else set()
        finally:
            for work in left:
                work.fail(_stopping())

    async def _is_locked(self, work: Work) -> bool:
        """Run `work` alone; whether somebody else holds a lock that it waited for in vain."""
        try:
            await self._run_batch([work])
        except LockedError as error:
            work.fail(error)
            return True
        except BaseException as error:
            work.fail(_told(error))
            if not isinstance(error, Exception):
                raise
        else:
            work.resolve()
        return False


@contextmanager
def nothing_written() -> Iterator[None]:
    """What is raised before the commit began, as NothingWrittenError.

    A document that is none, or a text that cannot be stored, is the fault of one operation of the batch.
    """
    try:
        yield
    except NothingWrittenError:
        raise
    except (UnicodeError, JsonTextError):
        raise NothingWrittenError("A text cannot be stored.") from None
    except StorageUnavailableError as error:
        raise NothingWrittenError(*error.args) from None


def _told(error: BaseException) -> Exception:
    """What each of a batch is told: an error of its own, or they would gather all the tracebacks in one."""
    if isinstance(error, StorageUnavailableError):
        return type(error)(*error.args)
    return error if isinstance(error, Exception) else _stopping()


def _stopping() -> StorageUnavailableError:
    return StorageUnavailableError("The service is stopping.")


def _fail(waiter: asyncio.Future[Any], error: Exception) -> None:
    if not (waiter.done() or waiter.get_loop().is_closed()):
        waiter.set_exception(error)
