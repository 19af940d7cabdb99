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
from partnercenter.service.gate.fault_play import ConnectionDroppedError, Wait, play
from partnercenter.service.gate.faults import FaultPlan
from partnercenter.service.gate.framing import Body, Receive
from partnercenter.service.gate.journal import SIGN_IN, Course, Journal
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
    clock: seconds since the epoch. wait: lets seconds pass.
    admin, journal: None unless the administration was switched on.
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
    wait: Wait
    admin: Admin | None
    journal: Journal | None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI 3); other kinds of connection are not offered."""
        if scope["type"] != "http":
            return
        request = _request(scope)
        body, course = Body(receive), Course()
        began = self.clock() if self.journal is not None else 0.0
        try:
            response = await self._answer(request, body, _peer(scope), course)
        except ConnectionDroppedError as dropped:
            self._record(request, body, None, course, began)
            _drop(scope, dropped)
            return
        self._record(request, body, response, course, began)
        await _reply(request, body, response, send)

    def _record(self, request: Request, body: Body, response: Response | None, course: Course, began: float) -> None:
        # Who reads the journal does not want to read that it was read.
        if self.journal is not None and not request.target.startswith(admin.PREFIX):
            read = body.content if body.ended or not framing.announces_body(request) else None
            self.journal.record(request, read, response, course, began=began, ended=self.clock())

    async def _answer(self, request: Request, body: Body, peer: str, course: Course) -> Response:
        ids = identify(request.headers)
        try:
            response = await self._pass_gate(request, body, ids, peer, course)
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

    async def _pass_gate(self, request: Request, body: Body, ids: Ids, peer: str, course: Course) -> Response:
        if self.admin is not None and request.target.startswith(admin.PREFIX):
            return await self.admin.answer(request, body, peer)
        framing.check_head(request)
        if self.authority.answers(request.target):
            course.operation = SIGN_IN
            return self.authority.answer(Request(request.method, request.target, request.headers, await body.read()))
        if request.target.partition("?")[0] == openapi.TARGET:
            return openapi.answer(request)
        route = routes.find(request)
        course.operation = route.operation
        if self.faults.is_empty:
            return await self._ask_endpoint(route, request, body, ids, course)
        fault = self.faults.next(route.operation, partial(self._names_of_tenant, request))
        answer = partial(self._ask_endpoint, route, request, body, ids, course)
        if fault is None:
            return await answer()
        if self.journal is not None:
            course.fault, course.caller = fault.fault.value, self._known_caller(request)
        return await play(fault, body, answer, self.wait)

    def _known_caller(self, request: Request) -> Caller | None:
        """Who sends a request that may never come to be authenticated."""
        try:
            return self.authentication.caller(request.headers)
        except Refusal:
            return None

    def _names_of_tenant(self, request: Request) -> list[str]:
        caller = self._known_caller(request)
        tenant = self.authentication.accounts.directory.find_tenant(caller.tenant_id) if caller else None
        return [tenant.id, tenant.domain] if tenant else []

    async def _ask_endpoint(self, route: Route, request: Request, body: Body, ids: Ids, course: Course) -> Response:
        caller = course.caller = self.authentication.caller(request.headers)
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
