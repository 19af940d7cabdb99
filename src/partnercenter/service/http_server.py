"""The HTTP server: uvicorn with httptools, and what this service asks of it beyond its defaults."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, TypeAlias

from uvicorn import Config, Server

from partnercenter.service.http_connection import DEADLINES, Deadlines, EnvelopeProtocol

if TYPE_CHECKING:
    from partnercenter.service.asgi import Scope, Send
    from partnercenter.service.gate.framing import Receive

    App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_TURN_SECONDS = 0.05
_CANCELLED_SECONDS = 1.0

_log = logging.getLogger("partnercenter.service")


class ReadyServer(Server):
    """A server that says when it has begun to answer, and that does not wait long for anybody when it ends."""

    def __init__(self, config: Config, on_ready: Callable[[], None], deadlines: Deadlines) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._deadlines = deadlines
        self._connections: set[EnvelopeProtocol] = self.server_state.connections  # type: ignore[assignment]

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in good order on SIGINT and SIGTERM, at once on the second SIGINT.

        uvicorn would raise the signal again afterwards and so kill the process before our own files are in order.
        """
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so. uvicorn would wait a minute for a TLS handshake."""
        patience = None if self.config.ssl is None else self._deadlines.head
        self.servers = [
            await asyncio.get_running_loop().create_server(
                self._connection,
                sock=listener,
                ssl=self.config.ssl,
                ssl_handshake_timeout=patience,
                ssl_shutdown_timeout=patience,
            )
            for listener in sockets or []
        ]
        self.started = True
        self._on_ready()

    def _connection(self) -> EnvelopeProtocol:
        return EnvelopeProtocol(self.config, self.server_state, {}, deadlines=self._deadlines)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer the requests under way, then give up those that take too long.

        Server.wait_closed is left out: since Python 3.12 it also waits for connections that uvicorn does not know
        yet, those in the TLS handshake. asyncio.run ends them.
        """
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._drain(), self._deadlines.drain)
        await self._give_up()

    async def _drain(self) -> None:
        # Again and again: a connection that was in the TLS handshake comes late.
        while (self._connections or self.server_state.tasks) and not self.force_exit:
            for connection in list(self._connections):
                connection.shutdown()
            await asyncio.sleep(_TURN_SECONDS)

    async def _give_up(self) -> None:
        tasks = list(self.server_state.tasks)
        for connection in list(self._connections):
            connection.give_up()
        for task in tasks:
            task.cancel()
        if tasks:
            _log.warning("stopped with requests under way: %d", len(tasks))
            await asyncio.wait(tasks, timeout=_CANCELLED_SECONDS)
        for connection in list(self._connections):
            connection.transport.abort()
        await asyncio.sleep(_TURN_SECONDS if self._connections else 0)


def make_server(
    service: App, tls: ssl.SSLContext | None, on_ready: Callable[[], None], deadlines: Deadlines = DEADLINES
) -> ReadyServer:
    """A server for `service` that ends on SIGINT and SIGTERM, when the requests under way are answered."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Only the end of the server cancels a request, and then its connection was answered already.
        with suppress(asyncio.CancelledError):
            await service(scope, receive, send)

    config = Config(
        app,
        http=EnvelopeProtocol,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        access_log=False,
        server_header=False,
        # What a client says of a proxy is only its word, and uvicorn would take that of every client on loopback.
        proxy_headers=False,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
    )
    return ReadyServer(config, on_ready, deadlines)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; OSError if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named: asyncio turns Nagle's algorithm off only for a socket that says it is TCP, and head and
    # body of an answer are two writes, the second of which would wait for a delayed acknowledgement of the first.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener
