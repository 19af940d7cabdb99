"""One reading of a connection: answers in order, no upgrade, and nothing after the end."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from tests.http_server.plain_server import WATCHDOG, Running, running, statuses
from tests.raw_http import Line, exchange, parse
from tests.running_service import RunningService, running_service

LAST = b"GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
WAIT = b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"
WEBSOCKET = (
    b"GET /v1/profiles/billing HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
H2C = (
    b"POST /up HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    b"HTTP2-Settings: AAMAAABkAAQAAP__\r\n"
)
CHUNKED = b"POST /t HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"


def _answers(*parts: bytes) -> tuple[list[int], list[bytes]]:
    async def scenario() -> tuple[list[int], list[bytes]]:
        async with running() as service:
            return statuses(await service.answers(*parts)), service.asked

    return asyncio.run(scenario())


def test_what_is_no_http_is_refused_and_the_connection_closed(local_service: RunningService) -> None:
    with closing(Line(local_service)) as line:
        line.send(b"nonsense\r\n\r\n")
        status, lines, _ = parse(line.read_until_quiet())
        assert (status, lines["connection"]) == (400, "close")
        assert line.is_closed()


def test_nothing_is_run_after_a_refusal(local_service: RunningService) -> None:
    assert statuses(exchange(local_service, b"nonsense\r\n\r\n" + WEBSOCKET)) == [400]


@pytest.mark.parametrize("data", [WEBSOCKET, b"nonsense\r\n\r\n"], ids=["answer", "refusal"])
def test_the_server_does_not_say_what_it_is(local_service: RunningService, data: bytes) -> None:
    assert "server" not in parse(exchange(local_service, data))[1]


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (WEBSOCKET.replace(b"/v1/profiles/billing", b"/up"), b""),
        (H2C + b"Content-Length: 5\r\n\r\n", b"GET /"),
        (H2C + b"Transfer-Encoding: chunked\r\n\r\n", b"3\r\nabc\r\n0\r\n\r\n"),
    ],
    ids=["websocket", "h2c with a body", "h2c in chunks"],
)
@pytest.mark.parametrize("whole", [True, False])
def test_an_upgrade_is_ignored_and_its_body_read(asked: bytes, body: bytes, whole: bool) -> None:
    parts = [asked + body + LAST] if whole else [asked[:60], asked[60:], body, LAST]
    assert _answers(*parts) == ([200, 200], [b"/up", b"/last"])


def test_an_upgrade_to_a_target_that_is_no_path_is_refused() -> None:
    assert _answers(WEBSOCKET.replace(b"/v1/profiles/billing", b"x:443")) == ([400], [])


def test_an_upgrade_of_http_1_0_stays_http_1_0() -> None:
    old = WEBSOCKET.replace(b"/v1/profiles/billing HTTP/1.1", b"/up HTTP/1.0")
    assert _answers(old + LAST) == ([200], [b"/up"])


def test_a_head_with_an_upgrade_is_counted_once() -> None:
    big = H2C + (b"X: " + b"b" * 7 * 1024 + b"\r\n") * 3 + b"Content-Length: 2\r\n\r\nhi"
    assert _answers(big + LAST) == ([200, 200], [b"/up", b"/last"])


def test_nothing_is_logged_of_upgrades_and_nonsense(tmp_path: Path) -> None:
    with running_service(tmp_path) as service:
        assert parse(exchange(service, WEBSOCKET))[0] == 401
        assert parse(exchange(service, b"nonsense\r\n\r\n"))[0] == 400
        service.process.terminate()
        assert service.process.communicate(timeout=20)[1] == ""


@pytest.mark.parametrize("target", [b"/c", b"x:443"], ids=["path", "authority"])
def test_no_tunnel_is_offered_and_what_follows_connect_is_not_run(target: bytes) -> None:
    assert _answers(b"CONNECT " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n" + LAST) == ([405], [])


async def _half_closed(*parts: bytes) -> tuple[list[int], list[bytes]]:
    async with running() as service:
        reader, writer = await service.open()
        writer.writelines(parts)
        writer.write_eof()
        await service.waiting.wait()
        await asyncio.sleep(0.1)
        service.gate.set()
        try:
            return statuses(await asyncio.wait_for(reader.read(), WATCHDOG)), service.asked
        finally:
            writer.close()


def test_whoever_has_ended_its_half_gets_the_answers_to_all_it_asked() -> None:
    assert asyncio.run(_half_closed(WAIT, WAIT)) == ([200, 200], [b"/wait", b"/wait"])


@pytest.mark.parametrize("half", [b"GET /half HTTP", CHUNKED], ids=["head", "body"])
def test_what_was_cut_off_by_the_end_is_not_run(half: bytes) -> None:
    assert asyncio.run(_half_closed(WAIT, half)) == ([200], [b"/wait"])


def test_a_refusal_that_waits_for_its_turn_is_told_to_whoever_has_ended_its_half() -> None:
    assert asyncio.run(_half_closed(WAIT, b"nonsense\r\n\r\n")) == ([200, 400], [b"/wait"])


OTHER_VERSIONS = {"0.9": b"HTTP/0.9", "none": b"", "2.0": b"HTTP/2.0"}


@pytest.mark.parametrize("version", OTHER_VERSIONS.values(), ids=OTHER_VERSIONS.keys())
def test_another_version_is_not_run(version: bytes) -> None:
    (status,), asked = _answers(b"GET /v " + version + b"\r\nHost: x\r\n\r\n" + LAST)
    assert (status in (400, 505), asked) == (True, [])


def test_an_expectation_of_http_1_0_is_ignored() -> None:
    async def scenario() -> None:
        async with running() as service:
            old = b"POST /old HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
            assert statuses(await service.answers(old, b"hi")) == [200]
            assert b"expect" not in service.headers[0]

    asyncio.run(scenario())


async def _behind_one_that_waits(service: Running, data: bytes) -> list[int]:
    answers = asyncio.create_task(service.answers(WAIT, data))
    await asyncio.sleep(0.1)
    service.gate.set()
    return statuses(await answers)


@pytest.mark.parametrize("data", [b"nonsense\r\n\r\n", CHUNKED + b"zz\r\n"], ids=["head", "body"])
def test_a_refusal_waits_for_the_answers_before_it(data: bytes) -> None:
    async def scenario() -> None:
        async with running() as service:
            assert await _behind_one_that_waits(service, data) == [200, 400]
            assert service.asked == [b"/wait"]

    asyncio.run(scenario())


def test_a_damaged_body_is_refused_and_its_request_not_run() -> None:
    assert _answers(CHUNKED, b"zz\r\n") == ([400], [])
