"""The transports to an ASGI application in this process: what it is given, and what becomes of what it does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from partnercenter.client.asgi_transport import (
    AsgiApp,
    AsgiReceive,
    AsgiSend,
    AsgiTransport,
    AsyncAsgiTransport,
    application_loop,
)
from partnercenter.client.conversation import AnswerLostError, RequestNotSentError
from partnercenter.wire.messages import Headers, Request, Response

REQUEST = Request("PUT", "https://localhost:8443/v1/a%20b?c=%20d", Headers({"If-Match": '"t"'}), b"{}")
Sending = Callable[..., Response]


def send_blocking(app: AsgiApp, request: Request = REQUEST, timeout: float = 5.0) -> Response:
    return AsgiTransport(app).send(request, timeout)


def send_async(app: AsgiApp, request: Request = REQUEST, timeout: float = 5.0) -> Response:
    return asyncio.run(AsyncAsgiTransport(app).send(request, timeout))


both = pytest.mark.parametrize("sending", [send_blocking, send_async])


def answering(*chunks: bytes, length: int | None = None, status: int = 200) -> AsgiApp:
    async def app(scope: Mapping[str, object], receive: AsgiReceive, send: AsgiSend) -> None:
        lines = [(b"etag", b'"n"')] + ([] if length is None else [(b"content-length", str(length).encode())])
        await send({"type": "http.response.start", "status": status, "headers": lines})
        for number, chunk in enumerate(chunks, 1):
            await send({"type": "http.response.body", "body": chunk, "more_body": number < len(chunks)})

    return app


class Noting:
    """An application that notes what it is given."""

    def __init__(self) -> None:
        self.scope: Mapping[str, object] = {}
        self.messages: list[Mapping[str, object]] = []

    async def __call__(self, scope: Mapping[str, object], receive: AsgiReceive, send: AsgiSend) -> None:
        self.scope = scope
        self.messages.append(await receive())
        await answering(b"")(dict(scope), receive, send)


@both
def test_the_answer_comes_back_as_it_is(sending: Sending) -> None:
    response = sending(answering(b"no", status=412))
    assert (response.status, response.headers.get("ETag"), response.body) == (412, '"n"', b"no")


@both
def test_an_answer_in_parts_comes_back_whole(sending: Sending) -> None:
    assert sending(answering(b"a", b"", b"b", length=2)).body == b"ab"


@both
def test_the_application_gets_every_key_of_the_scope(sending: Sending) -> None:
    app = Noting()
    sending(app)
    lines = [(b"host", b"localhost:8443"), (b"if-match", b'"t"'), (b"content-length", b"2")]
    assert app.scope == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "https",
        "path": "/v1/a b",
        "raw_path": b"/v1/a%20b",
        "query_string": b"c=%20d",
        "root_path": "",
        "headers": lines,
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 8443),
        "extensions": {},
    }


@both
def test_the_application_gets_the_whole_body_at_once(sending: Sending) -> None:
    app = Noting()
    sending(app)
    assert app.messages == [{"type": "http.request", "body": b"{}", "more_body": False}]


def test_a_get_has_no_length_and_the_port_of_its_scheme() -> None:
    app = Noting()
    AsgiTransport(app).send(Request("GET", "https://localhost"), 5.0)
    assert app.scope["headers"] == [(b"host", b"localhost")]
    assert (app.scope["raw_path"], app.scope["server"]) == (b"/", ("localhost", 443))


async def hangs_up(scope: object, receive: object, send: object) -> None:
    raise ConnectionResetError("dropped")


async def fails(scope: object, receive: object, send: object) -> None:
    raise ValueError("canary-secret")


async def says_nothing(scope: object, receive: object, send: object) -> None: ...


async def stops_in_the_middle(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def begins_with_the_end(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
    await send({"type": "http.response.body", "body": b"{}"})


@both
@pytest.mark.parametrize(
    "app", [hangs_up, fails, says_nothing, stops_in_the_middle, begins_with_the_end, answering(b"{", length=2)]
)
def test_an_answer_that_is_not_whole_is_lost_and_tells_no_value(sending: Sending, app: AsgiApp) -> None:
    with pytest.raises(AnswerLostError) as lost:
        sending(app)
    assert "canary" not in str(lost.value)
    assert (lost.value.__cause__, lost.value.__context__) == (None, None)


def test_a_failure_of_the_application_is_told_with_its_place() -> None:
    with pytest.raises(AnswerLostError, match=r"the application failed \(ValueError at fails:\d+\)"):
        send_blocking(fails)


@both
@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 304)])
def test_what_has_no_body_is_not_cut(sending: Sending, method: str, status: int) -> None:
    assert sending(answering(b"", length=9, status=status), Request(method, "https://h/")).status == status


@both
def test_an_answer_that_takes_too_long_is_lost_while_the_application_goes_on_to_its_end(sending: Sending) -> None:
    told, done = threading.Event(), threading.Event()

    async def slow(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
        await receive()
        assert await receive() == {"type": "http.disconnect"}
        told.set()
        await answering(b"{}")({}, receive, send)
        done.set()

    with pytest.raises(AnswerLostError, match="too long"):
        sending(slow, timeout=0.05)
    assert told.wait(5.0)
    assert done.wait(5.0)


@both
def test_after_its_answer_the_application_is_told_of_a_disconnect(sending: Sending) -> None:
    after: list[object] = []
    done = threading.Event()

    async def reads_on(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
        await receive()
        await answering(b"{}")({}, receive, send)
        after.append(await receive())
        done.set()

    assert sending(reads_on).body == b"{}"
    assert done.wait(5.0)
    assert after == [{"type": "http.disconnect"}]


@both
def test_no_context_of_the_caller_comes_along(sending: Sending) -> None:
    variable: ContextVar[str] = ContextVar("of the caller", default="none")
    seen: list[str] = []

    async def app(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
        seen.append(variable.get())
        await answering(b"")({}, receive, send)

    variable.set("mine")
    sending(app)
    assert seen == ["none"]


def test_one_application_serves_both_kinds_and_many_threads_on_one_loop() -> None:
    loops: set[object] = set()

    async def app(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
        loops.add(asyncio.get_running_loop())
        await asyncio.sleep(0)
        await answering(b"{}")({}, receive, send)

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(sending, app) for sending in (send_blocking, send_async) for _ in range(20)]
        assert {answer.result().status for answer in answers} == {200}
    assert loops == {application_loop()}


def test_an_application_may_run_on_a_loop_of_ones_own() -> None:
    seen: list[object] = []

    async def app(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
        seen.append(asyncio.get_running_loop())
        await answering(b"{}")({}, receive, send)

    async def scene() -> bool:
        mine = asyncio.get_running_loop()
        assert (await AsyncAsgiTransport(app, loop=mine).send(REQUEST, 5.0)).status == 200
        return seen == [mine]

    assert asyncio.run(scene())


def test_a_transport_works_on_in_a_forked_process() -> None:
    code = (
        "import os\nfrom partnercenter import AsgiTransport, Request\n"
        "async def app(scope, receive, send):\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
        "transport, request = AsgiTransport(app), Request('GET', 'http://h/')\n"
        "assert transport.send(request, 5.0).status == 200\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(transport.send(request, 5.0).status - 200)\n"
        "assert os.waitpid(child, 0)[1] == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_it_can_be_had_where_there_is_no_fork() -> None:
    code = "import os\ndel os.fork, os.register_at_fork\nfrom partnercenter import AsgiTransport"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_a_loop_that_is_closed_gets_nothing() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    with pytest.raises(RequestNotSentError, match="loop of the application is closed"):
        AsgiTransport(answering(b""), loop=loop).send(REQUEST, 1.0)


def test_a_caller_that_is_cancelled_leaves_the_application_to_its_work() -> None:
    done = threading.Event()

    async def app(scope: object, receive: AsgiReceive, send: AsgiSend) -> None:
        await receive()
        await receive()
        done.set()

    async def scene() -> None:
        sending: Awaitable[Response] = asyncio.create_task(AsyncAsgiTransport(app).send(REQUEST, 5.0))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sending, 0.05)

    asyncio.run(scene())
    assert done.wait(5.0)
