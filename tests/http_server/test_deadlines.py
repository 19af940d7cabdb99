"""Nobody is waited for without end: first byte, head, next request."""

from __future__ import annotations

import asyncio

from partnercenter.service.http_connection import DEADLINES
from tests.http_server.plain_server import QUICK, WATCHDOG, running, statuses

GET = b"GET /a HTTP/1.1\r\nHost: x\r\n"


def test_the_deadlines_of_the_service_are_those_of_the_design() -> None:
    assert (DEADLINES.head, DEADLINES.idle, DEADLINES.drain) == (10, 15, 5)


def test_a_connection_that_sends_nothing_is_closed_without_an_answer() -> None:
    async def scenario() -> None:
        async with running() as service:
            assert await service.answers() == b""

    asyncio.run(scenario())


def test_a_head_that_does_not_end_is_answered_408_and_closed() -> None:
    async def scenario() -> None:
        async with running() as service:
            answer = await service.answers(GET)
            assert statuses(answer) == [408]
            assert b"connection: close" in answer
            assert b'"code":800002' in answer

    asyncio.run(scenario())


def test_a_head_that_trickles_is_answered_408() -> None:
    async def scenario() -> None:
        async with running() as service:
            reader, writer = await service.open()
            answer = asyncio.create_task(reader.read())
            writer.write(GET + b"X: ")
            while not answer.done():
                writer.write(b"a")
                await asyncio.sleep(0.02)
            assert statuses(answer.result()) == [408]
            writer.close()

    asyncio.run(asyncio.wait_for(scenario(), WATCHDOG))


def test_the_head_of_a_later_request_has_its_deadline_too() -> None:
    async def scenario() -> None:
        async with running() as service:
            assert statuses(await service.answers(GET + b"\r\n", GET)) == [200, 408]

    asyncio.run(scenario())


def test_a_request_under_way_may_take_longer_than_its_head() -> None:
    async def scenario() -> None:
        async with running() as service:
            answers = asyncio.create_task(service.answers(b"GET /wait HTTP/1.1\r\nConnection: close\r\n\r\n"))
            await asyncio.sleep(2 * QUICK.head)
            service.gate.set()
            assert statuses(await answers) == [200]

    asyncio.run(scenario())


def test_an_idle_connection_is_closed_without_an_answer_to_nothing() -> None:
    async def scenario() -> None:
        async with running() as service:
            assert statuses(await service.answers(GET + b"\r\n")) == [200]

    asyncio.run(scenario())


def test_a_client_that_is_not_read_is_not_late() -> None:
    async def scenario() -> None:
        async with running() as service:
            wait = b"GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"
            rest = (GET + b"\r\n" + GET, b"Connection: close\r\n\r\n")
            answers = asyncio.create_task(service.answers(wait, *rest))
            await asyncio.sleep(2 * QUICK.head)
            service.gate.set()
            assert statuses(await answers) == [200] * 3

    asyncio.run(scenario())
