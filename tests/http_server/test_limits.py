"""A head is bounded: 8 KiB of target, 8 KiB of a line, 64 header lines, 32 KiB in all; so are chunks and trailers."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import pytest

from partnercenter.wire.guid import read_guid
from tests.http_server.plain_server import running, statuses
from tests.raw_http import exchange, parse
from tests.running_service import RunningService

KIB = 1024
HEAD = b"GET /v1/profiles/billing HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED = b"POST /t HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"
# Four full lines and one that fills the head up.
LINES = HEAD + (b"X: " + b"b" * (7 * KIB - 5) + b"\r\n") * 4 + b"X: "
REST = 32 * KIB - len(LINES + b"\r\n\r\n")

TOO_MUCH = {
    "a target above 8 KiB": (414, b"GET /" + b"a" * 8 * KIB),
    "a target of 70 KiB": (414, b"GET /" + b"a" * 70 * KIB + b" HTTP/1.1\r\n\r\n"),
    "blanks before the target": (431, b"GET " + b" " * 33 * KIB),
    "a header line that does not end": (431, HEAD + b"X: " + b"b" * 33 * KIB),
    "a header name that does not end": (431, HEAD + b"b" * 33 * KIB),
    "a header of blanks": (431, HEAD + b"X:" + b" " * 33 * KIB),
    "a head of 32 KiB and a byte": (431, LINES + b"b" * (REST + 1) + b"\r\n\r\n"),
    "a header of 8 KiB and a byte": (431, HEAD + b"X: " + b"b" * 8 * KIB + b"\r\n\r\n"),
    "65 header lines": (431, HEAD + b"X: y\r\n" * 64 + b"\r\n"),
    "empty lines before the request": (431, b"\r\n" * 17 * KIB),
}
ENOUGH = {
    "a target of 8 KiB": (404, b"GET /v1/" + b"a" * (8 * KIB - 4) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "a head of 32 KiB": (401, LINES + b"b" * REST + b"\r\n\r\n"),
    "a header of 8 KiB": (401, HEAD + b"X: " + b"b" * (8 * KIB - 1) + b"\r\n\r\n"),
    "64 header lines": (401, HEAD + b"X: y\r\n" * 63 + b"\r\n"),
}


@pytest.mark.parametrize(("status", "data"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_too_much_is_refused_in_the_envelope_before_it_ends(
    local_service: RunningService, status: int, data: bytes
) -> None:
    answered, lines, body = parse(exchange(local_service, data))
    assert (answered, json.loads(body)["code"]) == (status, 800002)
    assert (lines["connection"], lines["cache-control"], "date" in lines) == ("close", "no-store", True)
    assert read_guid(lines["ms-correlationid"])


@pytest.mark.parametrize(("status", "data"), ENOUGH.values(), ids=ENOUGH.keys())
def test_as_much_as_is_allowed_is_read(local_service: RunningService, status: int, data: bytes) -> None:
    assert parse(exchange(local_service, data))[0] == status


def test_what_one_request_had_is_not_counted_for_the_next(local_service: RunningService) -> None:
    big = LINES + b"\r\n\r\n"
    assert statuses(exchange(local_service, big * 3)) == [401] * 3


def test_a_refusal_is_read_by_a_client_that_goes_on_sending() -> None:
    async def scenario() -> None:
        async with running() as service:
            answers = await service.answers(HEAD, *[b"X: " + b"b" * 20 * KIB] * 10)
            assert statuses(answers) == [431]

    asyncio.run(scenario())


@pytest.mark.parametrize("trailers", [b"X: " + b"b" * 20 * KIB, b"X: y\r\n" * 3000], ids=["one line", "many lines"])
def test_trailers_do_not_grow_without_bound(trailers: bytes) -> None:
    async def scenario() -> None:
        async with running() as service:
            assert statuses(await service.answers(CHUNKED, trailers, trailers, trailers)) == [431]
            assert service.asked == []

    asyncio.run(scenario())


def test_a_trailer_is_no_header() -> None:
    async def scenario() -> None:
        async with running() as service:
            assert statuses(await service.answers(CHUNKED + b"If-Match: *\r\n\r\n")) == [200]
            assert b"if-match" not in service.headers[0]

    asyncio.run(scenario())


def test_trailers_are_not_counted_for_the_next_head() -> None:
    async def scenario() -> None:
        async with running() as service:
            big = (b"X: " + b"b" * 7 * KIB + b"\r\n") * 3 + b"\r\n"
            first, last = CHUNKED.replace(b"Connection: close\r\n", b""), b"GET /b HTTP/1.1\r\nConnection: close\r\n"
            assert statuses(await service.answers(first, big, last, big)) == [200, 200]

    asyncio.run(scenario())


CHUNKS = {
    "a line of 256 bytes": (200, b"3;" + b"e" * 254 + b"\r\nabc\r\n0\r\n\r\n"),
    "a line of 257 bytes": (400, b"3;" + b"e" * 255 + b"\r\nabc\r\n0\r\n\r\n"),
    "a later line of 257 bytes": (400, b"3\r\nabc\r\n3;" + b"e" * 255 + b"\r\nabc\r\n0\r\n\r\n"),
    "a last line of 257 bytes": (400, b"3\r\nabc\r\n0;" + b"e" * 255 + b"\r\n\r\n"),
    "a line that does not end": (400, b"3;" + b"e" * 300),
    "many lines of 256 bytes": (200, (b"1;" + b"e" * 254 + b"\r\na\r\n") * 200 + b"0\r\n\r\n"),
    "a large chunk full of lines": (200, b"%x\r\n" % (10 * KIB) + b"\n" * 10 * KIB + b"\r\n0\r\n\r\n"),
    "a chunk that looks like a long line": (200, b"%x\r\n" % KIB + b"e" * KIB + b"\r\n0\r\n\r\n"),
}


@pytest.mark.parametrize("cuts", [(), (50, 100, 101)], ids=["whole", "in parts"])
@pytest.mark.parametrize(("status", "chunks"), CHUNKS.values(), ids=CHUNKS.keys())
def test_the_line_before_a_chunk_is_bounded(status: int, chunks: bytes, cuts: tuple[int, ...]) -> None:
    parts = [chunks[start:end] for start, end in pairwise((0, *cuts, len(chunks)))]

    async def scenario() -> None:
        async with running() as service:
            head = CHUNKED.partition(b"3\r\n")[0]
            assert statuses(await service.answers(head, *parts)) == [status]

    asyncio.run(scenario())
