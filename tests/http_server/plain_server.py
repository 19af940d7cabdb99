"""The server in this process, without TLS and with short deadlines, and the bytes that cross a line to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from partnercenter.service.asgi import Scope, Send
from partnercenter.service.gate.framing import Receive
from partnercenter.service.http_connection import Deadlines
from partnercenter.service.http_server import ReadyServer, listen, make_server

# Long enough for any machine; a test that needs it has failed.
WATCHDOG = 20
QUICK = Deadlines(head=0.3, idle=1, linger=0.2, drain=0.3)


@dataclass
class Running:
    """A server that answers `200`, and the targets it was asked for."""

    server: ReadyServer
    port: int
    asked: list[bytes]
    headers: list[dict[bytes, bytes]]
    waiting: asyncio.Event
    gate: asyncio.Event

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def answers(self, *parts: bytes) -> bytes:
        """What comes back until the server closes."""
        reader, writer = await self.open()
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.01)
        try:
            return await asyncio.wait_for(reader.read(), WATCHDOG)
        finally:
            writer.close()


@asynccontextmanager
async def running(deadlines: Deadlines = QUICK) -> AsyncIterator[Running]:
    """Serve until the end of the block; `/wait` sets `waiting` and is answered when `gate` is set."""
    with listen("127.0.0.1", 0) as listener:
        ready, waiting, gate = asyncio.Event(), asyncio.Event(), asyncio.Event()
        asked: list[bytes] = []
        seen: list[dict[bytes, bytes]] = []
        server = make_server(_app(asked, seen, waiting, gate), None, ready.set, deadlines)
        serving = asyncio.create_task(server.serve([listener]))
        await asyncio.wait_for(ready.wait(), WATCHDOG)
        yield Running(server, listener.getsockname()[1], asked, seen, waiting, gate)
        gate.set()
        server.should_exit = True
        await asyncio.wait_for(serving, WATCHDOG)


def _app(
    asked: list[bytes], seen: list[dict[bytes, bytes]], waiting: asyncio.Event, gate: asyncio.Event
) -> Callable[[Scope, Receive, Send], asyncio.Future[None]]:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        while message.get("more_body"):
            message = await receive()
        if message["type"] == "http.disconnect":
            return
        asked.append(bytes(scope["raw_path"]))  # type: ignore[call-overload]
        seen.append(dict(scope["headers"]))  # type: ignore[call-overload]
        if scope["raw_path"] == b"/wait":
            waiting.set()
            await gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    return app  # type: ignore[return-value]


def statuses(answers: bytes) -> list[int]:
    return [int(part.split(b" ")[0]) for part in answers.split(b"HTTP/1.1 ")[1:]]


def is_refused(port: int) -> bool:
    """Whether nobody listens there any more."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=WATCHDOG).close()
    except ConnectionRefusedError:
        return True
    return False
