"""The HTTP server: uvicorn with httptools, and what this service asks of it beyond its defaults."""

from __future__ import annotations

import signal
import socket
import ssl
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING

from uvicorn import Config, Server
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from partnercenter.service.gate.correlation import identify
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Headers

if TYPE_CHECKING:
    from partnercenter.service.asgi import Service

_DRAIN_SECONDS = 5


class EnvelopeProtocol(HttpToolsProtocol):
    """The protocol whose refusal of bytes that are no HTTP request is the error envelope, like every other one."""

    def send_400_response(self, msg: str) -> None:
        """Answer what could not be parsed, and close."""
        response = identify(Headers()).stamp(Refusal(Reason.MESSAGE_MALFORMED).to_response())
        lines = [*response.headers, ("Content-Length", str(len(response.body))), ("Connection", "close")]
        head = "".join(f"{name.lower()}: {value}\r\n" for name, value in lines)
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n".encode("latin-1") + response.body)
        self.transport.close()

    def shutdown(self) -> None:
        """End this connection when its last answer is out; one that only waits is cut at once.

        A TLS goodbye waits for the other side's, and a client that keeps an idle connection never reads it.
        """
        idle = self.cycle is None or self.cycle.response_complete
        if idle and not self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().shutdown()


class ReadyServer(Server):
    """A server that says when it has begun to answer."""

    def __init__(self, config: Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End in good order on SIGINT and SIGTERM, at once on the second SIGINT.

        uvicorn would raise the signal again afterwards and so kill the process before our own files are in order.
        """
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, then say so."""
        await super().startup(sockets)
        self._on_ready()


def make_server(service: Service, tls: ssl.SSLContext | None, on_ready: Callable[[], None]) -> ReadyServer:
    """A server for `service` that ends on SIGINT and SIGTERM, when the requests under way are answered."""
    config = Config(
        service,
        http=EnvelopeProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )
    return ReadyServer(config, on_ready)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; OSError if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except BaseException:
        listener.close()
        raise
    return listener
