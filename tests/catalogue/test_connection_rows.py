"""Rows F38 to F48 of the catalogue of bad inputs: what one connection carries, over a real socket."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress

import pytest

from partnercenter.service.asgi import Service
from partnercenter.service.gate import framing
from partnercenter.service.http_server import listen, make_server
from tests.catalogue.plain_line import CHUNKED, LENGTH, NEXT, PlainLine, get, plain_line, put, read_to_end
from tests.http_server.plain_server import WATCHDOG, statuses
from tests.raw_http import exchange
from tests.running_service import RunningService
from tests.service import conftest as stage_fixtures
from tests.service.stage import token

desk, service = stage_fixtures.desk, stage_fixtures.service

WAITS = b"Expect: 100-continue"
CLOSE = b"Connection: close"
GOING_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
SAME = b'{"purchaseOrderNumber":"F4x"}'
SAME_LENGTH = b"Content-Length: %d" % len(SAME)


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainLine]:
    with plain_line(tmp_path_factory.mktemp("plain")) as found:
        yield found


def correlation(number: int) -> bytes:
    return b"MS-CorrelationId: cb9f3209-d020-4bf9-871c-%012d" % number


def answered(received: bytes) -> list[int]:
    """The numbers of the correlation ids, in the order of the answers."""
    return [int(part[:12]) for part in received.split(b"cb9f3209-d020-4bf9-871c-")[1:]]


def test_f38_two_requests_at_once_are_answered_in_order(line: PlainLine) -> None:
    first = put(SAME_LENGTH, correlation(1), body=SAME)
    answers = line.ask(first + get(correlation(2), CLOSE))
    assert (answers.statuses, answered(answers.received)) == ([200, 200], [1, 2])


def test_f39_nothing_is_run_after_the_last_request_of_a_connection(line: PlainLine) -> None:
    before = line.world()
    answers = line.ask(get(CLOSE) + put(LENGTH) + NEXT)
    assert (answers.statuses, line.world()) == ([200], before)


def test_f40_a_request_that_may_pass_is_told_to_go_on(line: PlainLine) -> None:
    with line.connect() as connection:
        connection.sendall(line.filled(put(SAME_LENGTH, WAITS, CLOSE, body=b"")))
        assert connection.recv(1000) == GOING_ON
        connection.sendall(SAME)
        assert statuses(read_to_end(connection)) == [200]


SPARED = {
    "F41-bad-token": (401, put(LENGTH, WAITS, body=b"").replace(b"{token}", b"x.y.z")),
    "F41-stale-if-match": (412, put(LENGTH, WAITS, b'If-Match: "old"', body=b"")),
    "F41-over-the-limit": (413, put(b"Content-Length: 65537", WAITS, body=b"")),
    "F41-media-type": (415, put(LENGTH, WAITS, b"Content-Type: text/plain", body=b"")),
    "F41-chunks-with-a-bad-token": (401, put(CHUNKED, WAITS, body=b"").replace(b"{token}", b"x.y.z")),
}


@pytest.mark.parametrize(("status", "data"), SPARED.values(), ids=SPARED.keys())
def test_a_request_that_cannot_pass_is_not_told_to_go_on(line: PlainLine, status: int, data: bytes) -> None:
    before = line.world()
    answers = line.ask(data)
    assert (answers.statuses, answers.first()[1]["connection"]) == ([status], "close")
    assert line.world() == before


def test_f42_a_body_that_does_not_come_is_answered_408(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    assert framing.BODY_SECONDS == 30
    monkeypatch.setattr(framing, "BODY_SECONDS", 0.1)
    asked = put(LENGTH, WAITS, body=b"").replace(b"{token}", token().encode())

    async def scenario() -> bytes:
        with listen("127.0.0.1", 0) as listener:
            ready = asyncio.Event()
            server = make_server(service, None, ready.set)
            serving = asyncio.create_task(server.serve([listener]))
            await ready.wait()
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            writer.write(asked)
            received = await reader.read()
            writer.close()
            server.should_exit = True
            await serving
            return received

    received = asyncio.run(asyncio.wait_for(scenario(), WATCHDOG))
    assert (received.startswith(GOING_ON), statuses(received), b"connection: close" in received) == (
        True,
        [100, 408],
        True,
    )


EXPECTING = {
    "F43-other-expectation": (417, put(LENGTH, b"Expect: 200-ok", b"If-Match: x")),
    "F43-version-1.0": (200, put(SAME_LENGTH, WAITS, body=SAME, version=b" HTTP/1.0")),
    "F43-other-expectation-in-version-1.0": (
        200,
        put(SAME_LENGTH, b"Expect: 200-ok", body=SAME, version=b" HTTP/1.0"),
    ),
}


@pytest.mark.parametrize(("status", "data"), EXPECTING.values(), ids=EXPECTING.keys())
def test_only_a_client_of_1_1_may_expect_and_only_one_thing(line: PlainLine, status: int, data: bytes) -> None:
    assert line.ask(data).statuses == [status]


def test_f44_a_tls_hello_to_the_plain_port_is_refused(line: PlainLine) -> None:
    hello = bytes.fromhex("16030100c8010000c40303") + b"\x01" * 192
    answers = line.ask(hello)
    assert (answers.statuses, line.ask(NEXT).statuses) == ([400], [200])


def test_f44_plain_http_to_the_tls_port_ends_the_connection_and_nothing_else(local_service: RunningService) -> None:
    with socket.create_connection(("127.0.0.1", local_service.port), timeout=10) as plain:
        plain.sendall(NEXT)
        with suppress(ConnectionResetError):
            assert b"200" not in read_to_end(plain)
    assert b"HTTP/1.1 " in exchange(local_service, get(CLOSE))


def _stable(received: bytes) -> list[bytes]:
    """An answer without what differs from one to the next."""
    return [part for part in received.split(b"\r\n") if not part.startswith(b"date:")]


def test_f45_a_request_is_the_same_wherever_it_is_cut(line: PlainLine) -> None:
    """A replay answers what the first one did: any other reading would show."""
    ids = (b"MS-RequestId: 45454545-ed95-41e4-810b-e754ae32dc2f", correlation(45))
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (len(SAME), SAME)
    whole = line.filled(put(CHUNKED, *ids, body=chunks))
    closing = line.filled(put(CHUNKED, *ids, CLOSE, body=chunks))

    async def cut(places: list[int]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.service.port)
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for position in places:
            writer.write(whole[:position])
            await asyncio.sleep(0.001)
            writer.write(whole[position:])
            head = await reader.readuntil(b"\r\n\r\n")
            assert _stable(head) == expected_head
            assert await reader.readexactly(len(expected_body)) == expected_body
        writer.close()

    async def everywhere() -> None:
        # Within the token one place is like another.
        begin = whole.index(line.token) + 1
        token_places = range(begin, begin + len(line.token) - 2)
        places = [place for place in range(1, len(whole)) if place not in token_places or place % 50 == 0]
        await asyncio.gather(*(cut(places[first::8]) for first in range(8)))

    received = line.ask(closing).received.replace(b"connection: close\r\n", b"")
    head, _, expected_body = received.partition(b"\r\n\r\n")
    expected_head = _stable(head + b"\r\n\r\n")
    assert statuses(received) == [200]
    asyncio.run(asyncio.wait_for(everywhere(), WATCHDOG))


def test_f45_a_request_that_comes_byte_by_byte_is_the_same(line: PlainLine) -> None:
    data = line.filled(put(SAME_LENGTH, CLOSE, body=SAME))
    with line.connect() as connection:
        for position in range(len(data)):
            connection.sendall(data[position : position + 1])
        assert statuses(read_to_end(connection)) == [200]


@pytest.mark.parametrize("data", [get(), put(SAME_LENGTH, body=SAME)], ids=["F46-get", "F46-put"])
def test_whoever_says_that_it_has_asked_all_gets_its_answer(line: PlainLine, data: bytes) -> None:
    assert line.ask(data, half_close=True).statuses == [200]


def test_f46_all_that_was_asked_is_answered(line: PlainLine) -> None:
    data = get(correlation(1)) + put(SAME_LENGTH, correlation(2), body=SAME) + get(correlation(3))
    assert answered(line.ask(data, half_close=True).received) == [1, 2, 3]


@pytest.mark.parametrize("number", range(5), ids=[f"F47-{n}" for n in range(5)])
def test_after_a_reset_a_replay_finds_out_and_there_is_one_effect(line: PlainLine, number: int) -> None:
    request_id = b"MS-RequestId: 47474747-ed95-41e4-810b-%012d" % number
    data = put(SAME_LENGTH, request_id, CLOSE, body=SAME)
    before = len(line.audit())
    with line.connect() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(line.filled(data))
    assert line.ask(data).statuses == [200]
    assert len(line.audit()) == before + 1


def test_f48_what_follows_a_malformed_request_is_not_run(line: PlainLine) -> None:
    good = [get(correlation(number)) for number in range(100)]
    malformed = get(correlation(49), b"X Y: z")
    answers = line.ask(b"".join([*good[:49], malformed, *good[50:]]))
    assert answers.statuses == [200] * 49 + [400]
    assert answered(answers.received)[:49] == list(range(49))
    assert len(answered(answers.received)) == 49
