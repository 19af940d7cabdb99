"""A TCP server on this machine that treats each connection as a test says."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator

Handler = Callable[[socket.socket], None]


def read_request(connection: socket.socket) -> bytes:
    """Everything up to the end of a request whose body is announced by Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0] if lengths else 0):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answering(text: bytes, received: list[bytes] | None = None) -> Handler:
    def handle(connection: socket.socket) -> None:
        request = read_request(connection)
        if received is not None:
            received.append(request)
        connection.sendall(text)

    return handle


def reset(connection: socket.socket) -> None:
    """Close so that the other side sees a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def plain(body: bytes, status: str = "200 OK", *lines: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *lines])
    return head.encode() + b"\r\n\r\n" + body


@contextlib.contextmanager
def listening(handler: Handler, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The address, without a path, of a server that gives each connection to `handler`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threads: list[threading.Thread] = []

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threads.append(threading.Thread(target=treat, args=(connection,)))
                    threads[-1].start()

        def treat(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                connection.settimeout(5.0)
                with tls.wrap_socket(connection, server_side=True) if tls else connection as wrapped:
                    handler(wrapped)

        acceptor = threading.Thread(target=serve)
        acceptor.start()
        try:
            yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            server.close()
            for thread in (acceptor, *threads):
                thread.join()
