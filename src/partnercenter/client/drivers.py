"""Two drivers: each takes the steps of a flow, one by blocking, one on an asyncio event loop. They know no rules."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

from partnercenter.client.conversation import Clock, Exclusive, Flow, GetToken, Pause, Send, Step, keep_result
from partnercenter.client.credentials import Interruptible
from partnercenter.client.errors import ConfigurationError

if TYPE_CHECKING:
    from partnercenter.client.transport import AsyncTransport, Transport

T = TypeVar("T")

SYSTEM_CLOCK = Clock(monotonic=time.monotonic, wall=time.time, sleep=time.sleep)


class BlockingDriver:
    """Runs flows in the calling thread; may be shared by threads."""

    def __init__(self, transport: Transport, clock: Clock = SYSTEM_CLOCK) -> None:
        self._transport = transport
        self._clock = clock
        self._closed = False
        self._guard = threading.Lock()
        self._locks: dict[Hashable, threading.Lock] = {}

    def run(self, flow: Flow[T]) -> T:
        """The result of `flow`. Raises ConfigurationError after `close`."""
        _check_open(self._closed)
        kept: list[T] = []
        self._drive(keep_result(flow, kept))
        return kept[0]

    def close(self) -> None:
        """Begin no flow any more, and close the transport."""
        self._closed = True
        self._transport.close()

    def _drive(self, flow: Flow[None]) -> None:
        try:
            step = next(flow)
            while True:
                answer, thrown = None, None
                try:
                    answer = self._take(step)
                except BaseException as error:  # the flow decides what an interruption means
                    thrown = error
                # Outside of the handler: what the flow raises in its turn must not be chained to `thrown`.
                step = flow.send(answer) if thrown is None else flow.throw(thrown)
        except StopIteration:
            return
        finally:
            flow.close()

    def _take(self, step: Step) -> object:
        match step:
            case Send(request, timeout):
                return self._transport.send(request, timeout)
            case GetToken(credential, scope):
                return credential.get_token(scope)
            case Pause(seconds):
                self._clock.sleep(seconds)
            case Exclusive(key, flow):
                with self._lock(key):
                    self._drive(flow)
        return None

    def _lock(self, key: Hashable) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())


class AsyncDriver:
    """Runs flows on the running event loop; may be shared by its tasks."""

    def __init__(self, transport: AsyncTransport, clock: Clock = SYSTEM_CLOCK) -> None:
        self._transport = transport
        self._clock = clock
        self._closed = False
        self._locks: dict[Hashable, asyncio.Lock] = {}

    async def run(self, flow: Flow[T]) -> T:
        """The result of `flow`. Raises ConfigurationError after `aclose`."""
        _check_open(self._closed)
        kept: list[T] = []
        await self._drive(keep_result(flow, kept))
        return kept[0]

    async def aclose(self) -> None:
        """Begin no flow any more, and close the transport."""
        self._closed = True
        await self._transport.aclose()

    async def _drive(self, flow: Flow[None]) -> None:
        try:
            step = next(flow)
            while True:
                answer, thrown = None, None
                try:
                    answer = await self._take(step)
                except BaseException as error:  # the flow decides what a cancellation means
                    thrown = error
                step = flow.send(answer) if thrown is None else flow.throw(thrown)
        except StopIteration:
            return
        finally:
            flow.close()

    async def _take(self, step: Step) -> object:
        match step:
            case Send(request, timeout):
                return await self._transport.send(request, timeout)
            case GetToken():
                return await _token(step)
            case Pause(seconds):
                await self._sleep(seconds)
            case Exclusive(key, flow):
                async with self._locks.setdefault(key, asyncio.Lock()):
                    await self._drive(flow)
        return None

    async def _sleep(self, seconds: float) -> None:
        if self._clock is SYSTEM_CLOCK:
            await asyncio.sleep(seconds)
            return
        self._clock.sleep(seconds)
        await asyncio.sleep(0)  # whoever waits lets others go on, however short the wait is


def _check_open(closed: bool) -> None:
    if closed:
        raise ConfigurationError("The client is closed.", next_step="Make another one, or make all calls before.")


async def _token(step: GetToken) -> object:
    """What the credential gives: awaited if it is asynchronous, else asked in a thread, for it may block."""
    get_token = step.credential.get_token
    if inspect.iscoroutinefunction(get_token):
        return await get_token(step.scope)
    try:
        answer = await _in_thread(lambda: get_token(step.scope))
    except asyncio.CancelledError:
        if isinstance(step.credential, Interruptible):
            step.credential.give_up()
        raise
    return await answer if inspect.isawaitable(answer) else answer


async def _in_thread(ask: Callable[[], object]) -> object:
    """What `ask` gives, in a thread of its own: asyncio's own threads would keep the process alive for it."""
    future: Future[object] = Future()
    context = contextvars.copy_context()

    def work() -> None:
        if not future.set_running_or_notify_cancel():
            return
        try:
            answer = context.run(ask)
        except BaseException as error:  # whoever awaits it decides
            future.set_exception(error)
        else:
            future.set_result(answer)

    threading.Thread(target=work, name="partnercenter sign-in", daemon=True).start()
    return await asyncio.wrap_future(future)
