"""How clients in the process reach the double: without a port, and in virtual time."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field

from partnercenter.client.asgi_transport import AsgiApp, AsgiReceive, AsgiSend, AsgiTransport, AsyncAsgiTransport
from partnercenter.client.conversation import AnswerLostError
from partnercenter.service.virtual_clock import VirtualClock
from partnercenter.wire.messages import Request, Response


@dataclass(slots=True)
class _Patience:
    """How long the client of one exchange waits, in virtual seconds, and what of that a slow answer has used."""

    seconds: float
    used: float = field(default=0.0)

    @property
    def is_over(self) -> bool:
        return self.used >= self.seconds


_patience: ContextVar[_Patience | None] = ContextVar("partnercenter double: patience", default=None)


def pass_time(clock: VirtualClock, seconds: float) -> None:
    """What the planned fault `slow` waits with: `clock` is set ahead, no further than the client would wait."""
    patience = _patience.get()
    if patience is not None:
        patience.used += seconds
        seconds = min(seconds, patience.seconds)
    clock.advance(seconds)


class InProcess:
    """The transport of a PartnerCenter. app: the double."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    def send(self, request: Request, timeout: float) -> Response:
        """The answer. Raises AnswerLostError, also where a slow one took longer than `timeout` virtual seconds."""
        patience = _Patience(timeout)
        response = AsgiTransport(_timed(self._app, patience)).send(request, timeout)
        return _in_time(response, patience)

    def close(self) -> None:
        """Do nothing: the double goes on."""


class AsyncInProcess:
    """The transport of an AsyncPartnerCenter on any event loop of asyncio. app: the double."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - part of the protocol
        """As `InProcess.send`."""
        patience = _Patience(timeout)
        response = await AsyncAsgiTransport(_timed(self._app, patience)).send(request, timeout)
        return _in_time(response, patience)

    async def aclose(self) -> None:
        """Do nothing: the double goes on."""


def _timed(app: AsgiApp, patience: _Patience) -> AsgiApp:
    async def timed(scope: dict[str, object], receive: AsgiReceive, send: AsgiSend) -> None:
        _patience.set(patience)  # an exchange has a context of its own
        await app(scope, receive, send)

    return timed


def _in_time(response: Response, patience: _Patience) -> Response:
    if patience.is_over:
        raise AnswerLostError("the answer took too long")
    return response
