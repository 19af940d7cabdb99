"""The event loop that the service runs on, in a thread of its own: everything that touches the service goes there.

So the service never sees two threads at once, and clients of any event loop, or of none, share it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, TypeAlias, TypeVar

from partnercenter.client.asgi_transport import AsgiApp, AsgiReceive, AsgiSend, application_loop

T = TypeVar("T")
Received: TypeAlias = dict[str, object]

_PATIENCE_SECONDS = 60.0


class ServiceLoop:
    """The loop on which the SDK's transport runs applications, and ways to it from other threads."""

    def __init__(self) -> None:
        self.loop = application_loop()

    def call(self, function: Callable[[], T]) -> T:
        """What `function` gives, called on the loop between two requests."""

        async def calling() -> T:
            return function()

        return self.run(calling())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """What `coroutine` gives, run on the loop. Not for the loop's own thread."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(_PATIENCE_SECONDS)

    def everywhere(self, service: AsgiApp) -> AsgiApp:
        """`service` as an application (ASGI 3) that any event loop of asyncio can call."""

        async def app(scope: dict[str, object], receive: AsgiReceive, send: AsgiSend) -> None:
            here = asyncio.get_running_loop()
            if here is self.loop:
                await service(scope, receive, send)
                return

            async def receive_there() -> Received:
                return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_as_coroutine(receive()), here))

            async def send_there(message: Mapping[str, object]) -> None:
                await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_as_coroutine(send(message)), here))

            answering = _as_coroutine(service(scope, receive_there, send_there))
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(answering, self.loop))

        return app


async def _as_coroutine(awaitable: Awaitable[T]) -> T:
    """`awaitable`, whatever its kind, as the one kind that another loop can be handed."""
    return await awaitable
