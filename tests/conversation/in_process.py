"""The real service in this process: a transport of the SDK that calls the ASGI application, without a socket."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from partnercenter.service.asgi import Service
from partnercenter.wire.messages import Headers, Request, Response

T = TypeVar("T")


async def answer(service: Service, request: Request) -> Response:
    """What the service answers to `request`."""
    path, _, query = request.target.partition("?")
    path = path.removeprefix("https://localhost")
    lines = [(name.lower().encode(), value.encode()) for name, value in request.headers]
    lines.append((b"content-length", str(len(request.body)).encode()))
    scope = {
        "type": "http",
        "method": request.method,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": lines if request.body else lines[:-1],
    }
    status, headers, body = 0, Headers(), b""

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, headers, body
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = Headers((name.decode(), value.decode()) for name, value in message["headers"])
        else:
            body += message["body"]

    await service(scope, receive, send)
    return Response(status, headers, body)


class AsyncInProcess:
    """For AsyncPartnerCenter."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - the SDK's protocol
        return await answer(self._service, request)

    async def aclose(self) -> None:
        return


class InProcess:
    """For PartnerCenter: the service runs on an event loop in a thread of its own."""

    def __init__(self, service: Service, loop: LoopThread) -> None:
        self._service = service
        self._loop = loop

    def send(self, request: Request, timeout: float) -> Response:
        return self._loop.run(answer(self._service, request))

    def close(self) -> None:
        return


class LoopThread:
    """An event loop that runs in a thread until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
