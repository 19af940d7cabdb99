"""A server that is not ours: started on a given free port, and waited for."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bench.load import LoadError
from bench.processes import started

_PATIENCE = 40.0


def free_port() -> int:
    """A port of loopback that nobody had a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def listening(command: Sequence[str], port: int) -> Iterator[int]:
    """The server; its process id. Raises LoadError if it does not listen in time."""
    with started(command, quiet=True) as process:
        end = time.monotonic() + _PATIENCE
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > end:
                raise LoadError(f"{command[0]} did not start")
            time.sleep(0.1)
        yield process.pid


def ask(port: int, method: str, path: str, body: str, authorization: str) -> None:
    """One request for setting up. LoadError unless it succeeds."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", "Authorization": authorization})
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    if answer.status not in (200, 201):
        raise LoadError(f"{method} {path}: {answer.status} {text[:200]!r}")


def _answers(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0
