"""How a planned fault happens to one request."""

from __future__ import annotations

import codecs
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypeAlias

from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.gate.framing import Body
from partnercenter.service.refusals import SOURCE, Refusal, throttled
from partnercenter.wire import headers
from partnercenter.wire.error_envelope import ErrorCode, ErrorEnvelope
from partnercenter.wire.messages import Headers, Response

_PAGE = b"<html><head><title>Bad gateway</title></head><body><h1>The gateway has no answer</h1></body></html>\r\n"


class ConnectionDroppedError(Exception):
    """The connection ends here without an answer. reset: at once, with a reset of TCP."""

    def __init__(self, *, reset: bool) -> None:
        super().__init__("planned")
        self.reset = reset


_Answer: TypeAlias = Callable[[], Awaitable[Response]]
Wait: TypeAlias = Callable[[float], Awaitable[object]]
"""Lets so many seconds pass."""


async def play(fault: Fault, body: Body, answer: _Answer, wait: Wait) -> Response:
    """What the client gets instead of `answer()`, which is asked only where the fault lets the request through.

    wait: lets the time of a slow answer pass. Raises Refusal, as `answer` may, and ConnectionDroppedError.
    """
    if fault.fault is FaultKind.SLOW:
        await wait(fault.seconds)
        return await answer()
    return await _PLAYS[fault.fault](fault, body, answer)


async def _throttle(fault: Fault, _: Body, __: _Answer) -> Response:
    raise throttled(math.ceil(fault.seconds))


async def _fail(fault: Fault, _: Body, __: _Answer) -> Response:
    envelope = ErrorEnvelope(f"{ErrorCode.UNEXPECTED:d}", "A planned fault. Nothing was done.", (), SOURCE)
    return Response(fault.status, Headers({headers.CONTENT_TYPE: headers.JSON}), envelope.to_wire())


async def _show_page(fault: Fault, _: Body, __: _Answer) -> Response:
    return Response(fault.status, Headers({headers.CONTENT_TYPE: "text/html"}), _PAGE)


async def _reset(_: Fault, __: Body, ___: _Answer) -> Response:
    raise ConnectionDroppedError(reset=True)


async def _drop_before(_: Fault, body: Body, __: _Answer) -> Response:
    await body.read()
    raise ConnectionDroppedError(reset=False)


async def _drop_after(_: Fault, __: Body, answer: _Answer) -> Response:
    with suppress(Refusal):
        await answer()
    raise ConnectionDroppedError(reset=False)


async def _truncate(_: Fault, __: Body, answer: _Answer) -> Response:
    response = await answer()
    return replace(response, body=response.body[: len(response.body) // 2])


async def _mark(_: Fault, __: Body, answer: _Answer) -> Response:
    response = await answer()
    marked = response.status >= 300 or response.body.startswith(codecs.BOM_UTF8)
    return response if marked else replace(response, body=codecs.BOM_UTF8 + response.body)


_PLAYS: dict[FaultKind, Callable[[Fault, Body, _Answer], Awaitable[Response]]] = {
    FaultKind.THROTTLED: _throttle,
    FaultKind.STATUS: _fail,
    FaultKind.GATEWAY_HTML: _show_page,
    FaultKind.RESET: _reset,
    FaultKind.NO_ANSWER_BEFORE_COMMIT: _drop_before,
    FaultKind.NO_ANSWER_AFTER_COMMIT: _drop_after,
    FaultKind.TRUNCATED: _truncate,
    FaultKind.BOM: _mark,
}
