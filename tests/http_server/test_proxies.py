"""Whoever speaks is whoever is connected: no header line makes it somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from partnercenter.service.asgi import Scope, Send
from partnercenter.service.gate.framing import Receive
from partnercenter.service.http_server import listen, make_server
from tests.http_server.plain_server import WATCHDOG

FORWARDED = b"X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\n"


def _noting(seen: list[Scope]) -> Callable[[Scope, Receive, Send], Awaitable[None]]:
    async def app(scope: Scope, _receive: Receive, send: Send) -> None:
        seen.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body"})

    return app


def test_h20_a_client_that_claims_to_forward_is_not_believed() -> None:
    seen: list[Scope] = []

    async def scenario() -> object:
        with listen("127.0.0.1", 0) as listener:
            ready = asyncio.Event()
            server = make_server(_noting(seen), None, ready.set)
            serving = asyncio.create_task(server.serve([listener]))
            await ready.wait()
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            own_address = writer.get_extra_info("sockname")
            writer.write(b"GET / HTTP/1.1\r\nConnection: close\r\n" + FORWARDED + b"\r\n")
            await reader.read()
            writer.close()
            server.should_exit = True
            await serving
            return own_address

    own_address = asyncio.run(asyncio.wait_for(scenario(), WATCHDOG))
    assert (seen[0]["client"], seen[0]["scheme"]) == (own_address, "http")
