"""Sending requests to an ASGI application in this process: no port, no TLS, and the same answers as over both.

The application runs on an event loop in a thread of its own, whichever of the two transports asks: so one application
serves blocking and asynchronous clients at once, and what it keeps for its loop (locks, queues, connections) stays on
one. It is treated as a server treats it: an exchange that takes too long is given up by the client alone, and the
application is told `http.disconnect`; whatever it was doing it does to its end.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from functools import cache
from typing import Final, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from partnercenter.client.conversation import AnswerLostError, RequestNotSentError, TransportError
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Request, Response

AsgiReceive: TypeAlias = Callable[[], Awaitable[dict[str, object]]]
AsgiSend: TypeAlias = Callable[[Mapping[str, object]], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[dict[str, object], AsgiReceive, AsgiSend], Awaitable[None]]
"""An application of ASGI 3, as Starlette, FastAPI, Django and the local Partner Center are."""

CLIENT: Final = ("127.0.0.1", 0)
"""The address that the application sees: this machine, and no port."""


@cache
def application_loop() -> asyncio.AbstractEventLoop:
    """The event loop on which applications run unless another one is given: one for the process, in a daemon thread."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="partnercenter ASGI", daemon=True).start()
    return loop


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(after_in_child=application_loop.cache_clear)  # threads do not survive it


class AsgiTransport:
    """For PartnerCenter: sends every request to `app`.

    app: any ASGI 3 application. It gets no lifespan events.
    loop: a running event loop for it, in another thread; None: `application_loop()`.
    """

    def __init__(self, app: AsgiApp, *, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._app = app
        self._loop = loop

    def send(self, request: Request, timeout: float) -> Response:
        """The answer of the application. Raises AnswerLostError if it fails, hangs up or takes too long."""
        loop = self._loop or application_loop()
        exchange = _begin(self._app, loop, request)
        try:
            return exchange.answer.result(timeout)
        except TimeoutError:
            pass
        finally:
            exchange.hang_up(loop)
        raise AnswerLostError(_TOO_LONG)

    def close(self) -> None:
        """Do nothing: the application belongs to whoever made it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({type(self._app).__name__})"


class AsyncAsgiTransport:
    """As AsgiTransport, for AsyncPartnerCenter on any event loop."""

    def __init__(self, app: AsgiApp, *, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._app = app
        self._loop = loop

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - part of the protocol
        """As `AsgiTransport.send`."""
        loop = self._loop or application_loop()
        exchange = _begin(self._app, loop, request)
        try:
            async with asyncio.timeout(timeout):
                return await asyncio.wrap_future(exchange.answer)
        except TimeoutError:
            pass
        finally:
            exchange.hang_up(loop)
        raise AnswerLostError(_TOO_LONG)

    async def aclose(self) -> None:
        """Do nothing: the application belongs to whoever made it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({type(self._app).__name__})"


_TOO_LONG = "the answer took too long"
_CUT = "the connection ended before the whole answer"
_PORTS = {"http": 80, "https": 443}

# An event loop keeps no task alive that nobody else does.
_RUNNING: set[asyncio.Task[None]] = set()


def _begin(app: AsgiApp, loop: asyncio.AbstractEventLoop, request: Request) -> _Exchange:
    exchange = _Exchange(request)

    def start() -> None:
        task = loop.create_task(exchange.run(app))
        _RUNNING.add(task)
        task.add_done_callback(_RUNNING.discard)

    try:
        # A context of its own: over a network nothing would come along either.
        loop.call_soon_threadsafe(start, context=contextvars.Context())
    except RuntimeError:
        raise RequestNotSentError("the event loop of the application is closed") from None
    return exchange


class _Exchange:
    """One request on its way through an application, and its answer."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._body_is_due = True
        self._gone = asyncio.Event()
        self._start: Mapping[str, object] = {}
        self._chunks: list[bytes] = []
        self.answer: Future[Response] = Future()
        self.answer.set_running_or_notify_cancel()  # whoever waits may leave; the exchange goes on

    async def run(self, app: AsgiApp) -> None:
        """Run the application until it returns; the answer is there as soon as its last part is."""
        failure: TransportError = AnswerLostError(_CUT)
        try:
            await app(_scope(self._request), self._receive, self._send)
        except OSError as error:
            failure = AnswerLostError(f"the connection was dropped ({type(error).__name__})")
        except Exception as error:  # a server would log it and hang up; its message may quote the request
            failure = AnswerLostError(f"the application failed ({type(error).__name__} {_place(error)})")
        finally:
            if not self.answer.done():
                self.answer.set_exception(failure)

    def hang_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """Tell the application, if it asks, that nobody waits any more. For other threads."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._gone.set)

    async def _receive(self) -> dict[str, object]:
        if self._body_is_due:
            self._body_is_due = False
            return {"type": "http.request", "body": self._request.body, "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Mapping[str, object]) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif message["type"] == "http.response.body":
            self._chunks.append(_bytes(message.get("body", b"")))
            if not message.get("more_body", False):
                self._end()

    def _end(self) -> None:
        if self.answer.done():
            return
        response = _response(self._start, b"".join(self._chunks))
        if _is_cut(self._request, response):
            self.answer.set_exception(AnswerLostError(_CUT))
        else:
            self.answer.set_result(response)


def _scope(request: Request) -> dict[str, object]:
    """The connection scope of ASGI 3 (HTTP, spec version 2.3) for `request`, whose target is a whole URL."""
    url = urlsplit(request.target)
    path = url.path or "/"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme or "http",
        "path": unquote(path),
        "raw_path": path.encode("latin-1"),
        "query_string": url.query.encode("latin-1"),
        "root_path": "",
        "headers": _lines(request, url),
        "client": CLIENT,
        "server": (url.hostname or "localhost", url.port or _PORTS.get(url.scheme, 80)),
        "extensions": {},
    }


def _lines(request: Request, url: SplitResult) -> list[tuple[bytes, bytes]]:
    """The header lines that would travel: with Host (RFC 9112 §3.2), and the length of a body (RFC 9110 §8.6)."""
    lines = [*request.headers]
    if request.headers.get("Host") is None:
        lines.insert(0, ("Host", url.netloc or "localhost"))
    if request.body or request.method in ("POST", "PUT", "PATCH"):
        lines.append((headers.CONTENT_LENGTH, str(len(request.body))))
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines]


def _response(start: Mapping[str, object], body: bytes) -> Response:
    status, lines = start.get("status"), start.get("headers", ())
    if not isinstance(status, int) or not isinstance(lines, (list, tuple)):
        raise TypeError("The application began its answer with no http.response.start.")
    return Response(status, Headers((_text(name), _text(value)) for name, value in lines), body)


def _is_cut(request: Request, response: Response) -> bool:
    """Whether fewer bytes came than were announced (RFC 9112 §8)."""
    length = response.headers.get(headers.CONTENT_LENGTH) or ""
    bodiless = request.method == "HEAD" or response.status in (204, 304)
    return length.isdigit() and not bodiless and len(response.body) < int(length)


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else b""


def _text(value: object) -> str:
    return _bytes(value).decode("latin-1")


def _place(error: BaseException) -> str:
    """Where `error` was raised, without a value of anything."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
