"""The two drivers: they take the steps, close the flow, and hold nothing afterwards."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Awaitable, Callable

import pytest

from partnercenter.client.conversation import AnswerLostError, Clock, Flow, exclusive, get_token, pause, send
from partnercenter.client.credentials import AccessToken
from partnercenter.client.drivers import AsyncDriver, BlockingDriver
from partnercenter.wire.messages import Request, Response

REQUEST = Request("GET", "https://localhost/v1/profiles/billing")


class Answering:
    """A transport for both drivers that answers with a response or an error."""

    def __init__(self, answer: Response | Exception) -> None:
        self.answer = answer

    def send(self, request: Request, timeout: float) -> Response:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None: ...


class AsyncAnswering:
    """The same, asynchronous; with no answer it waits for ever."""

    def __init__(self, answer: Response | Exception | None) -> None:
        self.answer = answer

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - as in the protocol
        if self.answer is None:
            await asyncio.Event().wait()
        if not isinstance(self.answer, Response):
            raise self.answer or AssertionError
        return self.answer

    async def aclose(self) -> None: ...


def run_async(answer: Response | Exception, flow: Flow[str]) -> str:
    return asyncio.run(AsyncDriver(AsyncAnswering(answer)).run(flow))


def run_blocking(answer: Response | Exception, flow: Flow[str]) -> str:
    return BlockingDriver(Answering(answer)).run(flow)


both = pytest.mark.parametrize("run", [run_blocking, run_async])
Run = Callable[[Response | Exception, Flow[str]], str]


@both
def test_a_flow_gets_the_response_and_gives_its_result(run: Run) -> None:
    def flow() -> Flow[str]:
        yield from pause(0)
        return str((yield from send(REQUEST, 1.0)).status)

    assert run(Response(204), flow()) == "204"


@both
def test_the_error_of_the_transport_is_thrown_into_the_flow(run: Run) -> None:
    def flow() -> Flow[str]:
        try:
            yield from send(REQUEST, 1.0)
        except AnswerLostError as error:
            return f"caught {error}"
        return "nothing"

    assert run(AnswerLostError("reset"), flow()) == "caught reset"


@both
def test_what_the_flow_raises_is_not_chained_to_the_transports_error(run: Run) -> None:
    def flow() -> Flow[str]:
        lost = False
        try:
            yield from send(REQUEST, 1.0)
        except AnswerLostError:
            lost = True
        raise ValueError(lost)

    with pytest.raises(ValueError, match="True") as caught:
        run(AnswerLostError("reset"), flow())
    assert caught.value.__context__ is None


@both
def test_an_exclusive_flow_gives_its_result(run: Run) -> None:
    def inner() -> Flow[str]:
        yield from pause(0)
        return "inner"

    assert run(Response(200), exclusive("key", inner())) == "inner"


@both
def test_the_key_is_free_again_after_an_error(run: Run) -> None:
    def failing() -> Flow[str]:
        yield from pause(0)
        raise ValueError

    def flow() -> Flow[str]:
        try:
            return (yield from exclusive("key", failing()))
        except ValueError:
            return (yield from exclusive("key", waiting()))

    def waiting() -> Flow[str]:
        yield from pause(0)
        return "free"

    assert run(Response(200), flow()) == "free"


def test_two_threads_do_not_hold_one_key_together() -> None:
    driver = BlockingDriver(Answering(Response(200)))
    inside, most = 0, 0

    def flow() -> Flow[None]:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        yield from pause(0.005)
        inside -= 1

    threads = [threading.Thread(target=lambda: driver.run(exclusive("key", flow()))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


async def cancelled(work: Awaitable[object]) -> None:
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_cancelled_task_closes_its_flow() -> None:
    ended: list[str] = []

    def flow() -> Flow[None]:
        try:
            yield from send(REQUEST, 1.0)
        finally:
            ended.append("closed")

    asyncio.run(cancelled(AsyncDriver(AsyncAnswering(None)).run(flow())))
    assert ended == ["closed"]


def test_a_cancelled_task_frees_its_key() -> None:
    def inner() -> Flow[None]:
        yield from send(REQUEST, 1.0)

    def after() -> Flow[str]:
        yield from pause(0)
        return "free"

    async def both_tasks() -> str:
        driver = AsyncDriver(AsyncAnswering(None))
        await cancelled(driver.run(exclusive("key", inner())))
        return await asyncio.wait_for(driver.run(exclusive("key", after())), 1.0)

    assert asyncio.run(both_tasks()) == "free"


def test_a_task_cancelled_while_it_waits_for_the_key_leaves_no_flow_behind() -> None:
    def holding() -> Flow[None]:
        yield from pause(0.05)

    def never_begun() -> Flow[None]:
        yield from pause(0)

    async def scene() -> bool:
        driver = AsyncDriver(AsyncAnswering(None))
        first = asyncio.ensure_future(driver.run(exclusive("key", holding())))
        await asyncio.sleep(0)
        second = never_begun()
        await cancelled(driver.run(exclusive("key", second)))
        await first
        return second.gi_frame is None  # type: ignore[attr-defined]

    assert asyncio.run(scene())


def test_a_transport_that_gives_no_response_is_named() -> None:
    class Wrong(Answering):
        def send(self, request: Request, timeout: float) -> Response:
            return "200"  # type: ignore[return-value]

    with pytest.raises(TypeError, match="str"):
        BlockingDriver(Wrong(Response(200))).run(send(REQUEST, 1.0))


class Waiting:
    """A credential that waits for a person, who never comes."""

    def __init__(self) -> None:
        self.came = threading.Event()
        self.gave_up = False
        self.is_daemon: bool | None = None

    def get_token(self, *scopes: str) -> AccessToken:
        self.is_daemon = threading.current_thread().daemon
        self.came.wait(5.0)
        return AccessToken("token", 1)

    def give_up(self) -> None:
        self.gave_up = True
        self.came.set()


class Stubborn(Waiting):
    """The same, and it cannot be interrupted."""

    give_up = None  # type: ignore[assignment]


def test_a_cancelled_sign_in_is_given_up() -> None:
    credential = Waiting()
    asyncio.run(cancelled(AsyncDriver(AsyncAnswering(None)).run(get_token(credential, "scope"))))
    assert credential.gave_up


def test_a_cancelled_sign_in_does_not_hold_the_program_up() -> None:
    credential, began = Stubborn(), time.monotonic()
    asyncio.run(cancelled(AsyncDriver(AsyncAnswering(None)).run(get_token(credential, "scope"))))
    assert time.monotonic() - began < 2.0
    assert credential.is_daemon
    credential.came.set()


def test_a_blocking_credential_sees_the_context_of_the_task() -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name")

    class Named:
        def get_token(self, *scopes: str) -> AccessToken:
            return AccessToken(name.get(), 1)

    async def scene() -> str:
        name.set("mine")
        return (await AsyncDriver(AsyncAnswering(None)).run(get_token(Named(), "scope"))).token

    assert asyncio.run(scene()) == "mine"


def test_the_asynchronous_client_waits_by_the_clock_that_it_is_given() -> None:
    slept: list[float] = []
    clock = Clock(monotonic=time.monotonic, wall=time.time, sleep=slept.append)
    asyncio.run(AsyncDriver(AsyncAnswering(None), clock).run(pause(57)))
    assert slept == [57]
