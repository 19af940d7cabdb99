"""The load: so many connections, each with one request under way at a time. A process of its own, on a core of its own.

Sockets and epoll by hand: a client library costs more than the service, and would be what is measured.
"""

from __future__ import annotations

import json
import random
import select
import socket
import sys
import time
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from bench import answers
from bench.requests import Caller

_PATIENCE = 20.0
"""Seconds. A server that answers nothing for so long has failed."""


class LoadError(RuntimeError):
    """The server did not do what it was asked for: the row has no figure then."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be sent.

    callers: path and authorization of each; they are dealt out to the connections, so none stands on another's tag.
    method: GET or PUT. seconds: of the measurement. warm_up: seconds before it, that do not count.
    """

    port: int
    callers: Sequence[tuple[str, str]]
    envelope: str | None
    method: str
    connections: int
    seconds: float
    warm_up: float


@dataclass(frozen=True, slots=True)
class Load:
    """What was seen.

    latencies: microseconds, one of each answer. elapsed: seconds. busy: the share of it in which the load generator
    itself used its core; near 1 it would be the bottleneck.
    """

    latencies: Sequence[int]
    elapsed: float
    busy: float


@dataclass(slots=True)
class Line:
    """One connection, its callers, and the request that is under way."""

    socket: socket.socket
    callers: Sequence[Caller]
    method: str
    caller: Caller = field(init=False)
    received: bytes = b""
    began: int = 0

    def ask(self) -> None:
        """Send the next request, of any of its callers."""
        self.caller = self.callers[0] if len(self.callers) == 1 else random.choice(self.callers)
        request = self.caller.get() if self.method == "GET" else self.caller.put()
        self.received = b""
        self.began = time.perf_counter_ns()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take what came; whether the answer is whole. LoadError if it is no success."""
        data = self.socket.recv(65536)
        if not data:
            raise LoadError("the connection was closed")
        self.received = data = self.received + data if self.received else data
        if not answers.is_whole(data):
            return False
        if not answers.is_success(data):
            raise LoadError(repr(data[:150] + b" ... " + data[-250:]))
        tag = answers.entity_tag(data)
        if tag is not None:
            self.caller.tag = tag
        return True

    def ask_what_stands(self, number: int) -> None:
        """Send the GET of what the PUTs of the caller `number` are made of."""
        self.caller = self.callers[number]
        self.received = b""
        self.socket.sendall(self.caller.get())


def run(job: Job) -> Load:
    """Connect, learn, warm up, measure. Raises LoadError."""
    lines = [_connect(job, number) for number in range(min(job.connections, len(job.callers)))]
    try:
        with select.epoll() as poll:
            waiting = {line.socket.fileno(): line for line in lines}
            for number in waiting:
                poll.register(number, select.EPOLLIN)
            if job.method == "PUT":
                _learn(poll, waiting)
            for line in lines:
                line.ask()
            _drive(poll, waiting, job.warm_up)
            began, used = time.perf_counter(), time.process_time()
            latencies = _drive(poll, waiting, job.seconds)
            elapsed = time.perf_counter() - began
            return Load(latencies, elapsed, (time.process_time() - used) / elapsed)
    except OSError as error:
        raise LoadError(str(error)) from None
    finally:
        for line in lines:
            line.socket.close()


def _drive(poll: select.epoll, waiting: dict[int, Line], seconds: float) -> list[int]:
    """Answer after answer, request after request; the latencies in microseconds."""
    now = time.perf_counter_ns
    found = array("q")
    end = now() + int(seconds * 1e9)
    while now() < end:
        for number in _readable(poll):
            line = waiting[number]
            if line.read():
                found.append((now() - line.began) // 1000)
                line.ask()
    return found.tolist()


def _learn(poll: select.epoll, waiting: dict[int, Line]) -> None:
    """Let every caller read its profile, all connections at once: a connection left idle would be closed."""
    next_caller = dict.fromkeys(waiting, 0)
    for line in waiting.values():
        line.ask_what_stands(0)
    while next_caller:
        for number in _readable(poll):
            line = waiting[number]
            if not line.read():
                continue
            line.caller.learn(answers.body(line.received))
            next_caller[number] += 1
            if next_caller[number] < len(line.callers):
                line.ask_what_stands(next_caller[number])
            else:
                del next_caller[number]


def _readable(poll: select.epoll) -> list[int]:
    events = poll.poll(_PATIENCE)
    if not events:
        raise LoadError(f"no answer for {_PATIENCE:.0f} s")
    return [number for number, _ in events]


def _connect(job: Job, number: int) -> Line:
    try:
        connection = socket.create_connection(("127.0.0.1", job.port), timeout=_PATIENCE)
    except OSError as error:
        raise LoadError(str(error)) from None
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    mine = job.callers[number :: job.connections]
    return Line(connection, [Caller(path, word, job.envelope) for path, word in mine], job.method)


def main() -> None:
    """A job as JSON on standard input; the load, or why there is none, as JSON on standard output."""
    try:
        print(json.dumps(asdict(run(Job(**json.load(sys.stdin))))))
    except LoadError as error:
        sys.exit(f"load: {error}")


if __name__ == "__main__":
    main()
