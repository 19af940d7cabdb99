"""The end: requests under way are answered, nobody else is waited for, and nothing is said but what matters."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from pathlib import Path

import pytest

from partnercenter.service.http_connection import Deadlines
from partnercenter.service.http_server import listen, make_server
from partnercenter.service.local_tls import LocalCa
from tests.http_server.plain_server import QUICK, WATCHDOG, is_refused, running, statuses
from tests.raw_http import Line, parse
from tests.running_service import RunningService, running_service

GUID = "9231559e-ed95-41e4-810b-e754ae32dc2f"
HALF = (
    b"POST /x/oauth2/v2.0/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 4\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\nMS-RequestId: " + GUID.encode() + b"\r\n\r\na=",
    b"bc",
)
ENDLESS = Deadlines(head=1000, idle=1000, drain=1000)


@contextmanager
def _half_a_request(service: RunningService) -> Iterator[Line]:
    with closing(Line(service)) as line:
        line.send(HALF[0])
        assert b"100 Continue" in line.read_until_quiet()
        yield line


def _stop(service: RunningService, sent: signal.Signals) -> None:
    service.process.send_signal(sent)
    end = time.monotonic() + WATCHDOG
    while not is_refused(service.port):
        assert time.monotonic() < end
        time.sleep(0.02)


def _ending(service: RunningService) -> tuple[int, list[str]]:
    """Exit code, and what was said on stderr."""
    code = service.process.wait(timeout=WATCHDOG)
    assert service.process.stderr is not None
    return code, service.process.stderr.read().splitlines()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_after_the_first_signal(tmp_path: Path, sent: signal.Signals) -> None:
    with running_service(tmp_path) as service, _half_a_request(service) as line:
        _stop(service, sent)
        line.send(HALF[1])
        status, lines, _ = parse(line.read_until_quiet())
        assert (status, lines["connection"]) == (400, "close")
        assert _ending(service) == (0, [])


def test_a_request_that_takes_too_long_is_answered_503_in_the_envelope(tmp_path: Path) -> None:
    with running_service(tmp_path) as service, _half_a_request(service) as line:
        _stop(service, signal.SIGTERM)
        status, lines, body = parse(line.read_until_quiet(most_seconds=WATCHDOG))
        assert (status, json.loads(body)["code"], lines["connection"]) == (503, 800003, "close")
        assert lines["ms-requestid"] == GUID
        code, said = _ending(service)
        assert (code, said) == (0, ["stopped with requests under way: 1"])


def test_connections_without_a_request_do_not_delay_the_end(tmp_path: Path) -> None:
    with (
        running_service(tmp_path) as service,
        socket.create_connection(("127.0.0.1", service.port)),
        closing(Line(service)) as idle,
        closing(Line(service)) as half,
    ):
        idle.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.read_until_quiet()
        half.send(b"GET / HTTP/1.1\r\n")
        service.process.terminate()
        assert _ending(service) == (0, [])


@asynccontextmanager
async def _tls_server(ca: LocalCa, deadlines: Deadlines) -> AsyncIterator[int]:
    with listen("127.0.0.1", 0) as listener:
        ready = asyncio.Event()
        server = make_server(_hello, ca.server_context(["localhost"]), ready.set, deadlines)
        serving = asyncio.create_task(server.serve([listener]))
        await ready.wait()
        yield listener.getsockname()[1]
        server.should_exit = True
        await asyncio.wait_for(serving, WATCHDOG)


@pytest.mark.parametrize("greeting", ["bare", "silent", "idle"])
def test_a_connection_without_a_request_is_cut_at_once(tmp_path: Path, greeting: str) -> None:
    ca = LocalCa.load_or_create(tmp_path)

    async def scenario() -> None:
        with ExitStack() as lines:
            async with _tls_server(ca, ENDLESS) as port:
                lines.enter_context(await asyncio.to_thread(_greet, port, ca, greeting))

    asyncio.run(scenario())


@pytest.mark.parametrize("greeting", ["bare", "silent", "idle"])
def test_a_connection_that_sends_nothing_more_is_closed(tmp_path: Path, greeting: str) -> None:
    ca = LocalCa.load_or_create(tmp_path)

    async def scenario() -> None:
        async with _tls_server(ca, QUICK) as port:
            with await asyncio.to_thread(_greet, port, ca, greeting) as line:
                assert await asyncio.to_thread(line.recv, 1) == b""

    asyncio.run(scenario())


async def _hello(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})  # type: ignore[operator]
    await send({"type": "http.response.body"})  # type: ignore[operator]


def _greet(port: int, ca: LocalCa, greeting: str) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", port), timeout=WATCHDOG)
    if greeting == "bare":
        return plain
    tls = ssl.create_default_context(cafile=str(ca.certificate)).wrap_socket(plain, server_hostname="localhost")
    if greeting == "idle":
        tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert tls.recv(1000)
    return tls


@pytest.mark.parametrize(("first", "second"), [(2, 2), (15, 2)], ids=["two SIGINT", "SIGTERM, SIGINT"])
def test_only_the_second_signal_ends_at_once(first: int, second: int) -> None:
    async def scenario() -> None:
        async with running(ENDLESS) as service:
            answers = asyncio.create_task(service.answers(b"GET /wait HTTP/1.1\r\n\r\n"))
            await service.waiting.wait()
            service.server.handle_exit(first, None)
            assert not service.server.force_exit
            service.server.handle_exit(second, None)
            assert statuses(await answers) == [503]

    asyncio.run(asyncio.wait_for(scenario(), WATCHDOG))


def test_requests_that_wait_for_their_turn_are_not_begun_at_the_end() -> None:
    async def scenario() -> None:
        async with running() as service:
            answers = asyncio.create_task(service.answers(b"GET /wait HTTP/1.1\r\n\r\nGET /next HTTP/1.1\r\n\r\n"))
            await service.waiting.wait()
            service.server.should_exit = True
            assert statuses(await answers) == [503]
            assert service.asked == [b"/wait"]

    asyncio.run(asyncio.wait_for(scenario(), WATCHDOG))
