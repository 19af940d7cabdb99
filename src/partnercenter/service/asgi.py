"""The service as an ASGI application: the way every request takes through the rooms."""

from __future__ import annotations

import codecs
import logging
from collections.abc import Awaitable, Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, cast

from partnercenter.service.behaviour import Behaviour
from partnercenter.service.caller import Caller
from partnercenter.service.endpoints import admin, openapi, routes
from partnercenter.service.endpoints.admin import Admin
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.endpoints.routes import Route
from partnercenter.service.gate import framing
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.gate.correlation import Ids, identify
from partnercenter.service.gate.fault_play import ConnectionDroppedError, play
from partnercenter.service.gate.faults import FaultPlan
from partnercenter.service.gate.framing import Body, Receive
from partnercenter.service.gate.permission import Permission
from partnercenter.service.gate.throttle import Throttle
from partnercenter.service.languages import tell
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import Storage, StorageUnavailableError
from partnercenter.service.token_authority import TokenAuthority
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Request, Response

Scope: TypeAlias = Mapping[str, object]
Send: TypeAlias = Callable[[dict[str, object]], Awaitable[None]]

DROP = "partnercenter.drop"
"""The extension of the ASGI scope by which a server lets the application end the connection without an answer."""

_log = logging.getLogger("partnercenter.service")


@dataclass(frozen=True, slots=True)
class Service:
    """A local Partner Center: the API and its token authority, as one ASGI application.

    mpn_ids: of all partners.
    replay_seconds: how long the answer to a PUT is remembered for replays.
    clock: seconds since the epoch.
    admin: None unless it was switched on.
    """

    storage: Storage
    authority: TokenAuthority
    authentication: Authentication
    faults: FaultPlan
    permission: Permission
    throttle: Throttle
    behaviour: Behaviour
    mpn_ids: Container[str]
    replay_seconds: float
    clock: Callable[[], float]
    admin: Admin | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI 3); other kinds of connection are not offered."""
        if scope["type"] != "http":
            return
        request = _request(scope)
        body = Body(receive)
        try:
            response = await self._answer(request, body, _peer(scope))
        except ConnectionDroppedError as dropped:
            _drop(scope, dropped)
            return
        await _reply(request, body, response, send)

    async def _answer(self, request: Request, body: Body, peer: str) -> Response:
        ids = identify(request.headers)
        try:
            response = await self._pass_gate(request, body, ids, peer)
        except Refusal as refusal:
            response = tell(refusal, request.headers)
        except ConnectionDroppedError:
            raise
        except StorageUnavailableError as error:
            _log.error("storage: %s (%s)", error, ids.request_id)
            unavailable = Refusal(Reason.STORAGE_UNAVAILABLE, lines=[(headers.RETRY_AFTER, "1")])
            response = tell(unavailable, request.headers)
        except Exception as error:
            _log_without_values(error, ids)
            response = tell(Refusal(Reason.UNEXPECTED), request.headers)
        return ids.stamp(response)

    async def _pass_gate(self, request: Request, body: Body, ids: Ids, peer: str) -> Response:
        framing.check_head(request)
        if self.authority.answers(request.target):
            return self.authority.answer(Request(request.method, request.target, request.headers, await body.read()))
        if self.admin is not None and request.target.startswith(admin.PREFIX):
            return self.admin.answer(request, await body.read(), peer)
        if request.target.partition("?")[0] == openapi.TARGET:
            return openapi.answer(request)
        route = routes.find(request)
        fault = self.faults.next(route.operation)
        answer = partial(self._ask_endpoint, route, request, body, ids)
        return await (answer() if fault is None else play(fault, body, answer))

    async def _ask_endpoint(self, route: Route, request: Request, body: Body, ids: Ids) -> Response:
        caller = self.authentication.caller(request.headers)
        mfa = self.permission.report_mfa(request.headers, caller)
        try:
            self.permission.require(caller, route.access, application=route.application)
            self.throttle.admit(caller.tenant_id)
            response = await route.endpoint(self._exchange(request, body, ids, caller))
            recorded = self._as_recorded(response)
            return recorded.with_lines(mfa) if mfa else recorded
        except Refusal as refusal:
            return tell(refusal, request.headers).with_lines(mfa)

    def _exchange(self, request: Request, body: Body, ids: Ids, caller: Caller) -> Exchange:
        return Exchange(
            request=request,
            body=body,
            ids=ids,
            caller=caller,
            storage=self.storage,
            replay_seconds=self.replay_seconds,
            clock=self.clock,
            behaviour=self.behaviour,
            mpn_ids=self.mpn_ids,
        )

    def _as_recorded(self, response: Response) -> Response:
        """The response with the byte order mark that successes had on the real wire, and refusals never."""
        if not (self.behaviour.bom and response.body):
            return response
        return Response(response.status, response.headers, codecs.BOM_UTF8 + response.body)


def _peer(scope: Scope) -> str:
    """The address that the request comes from; "" if there is none, as in one process."""
    client = scope.get("client")
    return str(client[0]) if isinstance(client, (tuple, list)) and client else ""


def _drop(scope: Scope, dropped: ConnectionDroppedError) -> None:
    """End the connection without an answer; where there is none, tell whoever called."""
    extensions = scope.get("extensions")
    if not isinstance(extensions, dict) or DROP not in extensions:
        raise ConnectionResetError("The connection was dropped, as planned.") from dropped
    extensions[DROP]["drop"](reset=dropped.reset)


def _request(scope: Scope) -> Request:
    lines = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
    # RFC 9110 §5.5: what is not ASCII in a field value is opaque; latin-1 keeps every byte.
    decoded = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines)
    target = cast("bytes", scope["raw_path"]).decode("latin-1")
    query = cast("bytes", scope["query_string"]).decode("latin-1")
    return Request(cast("str", scope["method"]), f"{target}?{query}" if query else target, decoded)


async def _reply(request: Request, body: Body, response: Response, send: Send) -> None:
    # RFC 9110 §8.6: a 204 has no Content-Length, and that of a 304 would be that of the 200.
    length = [] if response.status in (204, 304) else [(headers.CONTENT_LENGTH, str(len(response.body)))]
    lines = [*response.headers, *length]
    unread = framing.announces_body(request) and not body.ended
    if unread:
        # RFC 9110 §10.1.1: the body that was not asked for may still come, so this connection is over.
        lines.append((headers.CONNECTION, "close"))
    encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in lines]
    content = b"" if request.method == "HEAD" else response.body
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": content, "more_body": unread})
    if unread:
        # The answer is out; whoever is still sending gets time to read it, whoever waits is not told to go on.
        if not framing.waits_with_body(request):
            await body.drain()
        await send({"type": "http.response.body", "body": b""})


def _log_without_values(error: Exception, ids: Ids) -> None:
    """Log where it happened, never with which values: the message of an error may hold a token or a tax id."""
    places = []
    trace = error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    _log.error("unexpected %s at %s (%s)", type(error).__name__, " > ".join(places[-4:]), ids.request_id)
