"""The service as an ASGI application: the way every request takes through the rooms."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from partnercenter.service.endpoints import routes
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.gate import framing
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.gate.correlation import Ids, identify
from partnercenter.service.gate.framing import Body, Receive
from partnercenter.service.gate.permission import Permission
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import Storage, StorageUnavailableError
from partnercenter.service.token_authority import TokenAuthority
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Request, Response

Scope: TypeAlias = Mapping[str, object]
Send: TypeAlias = Callable[[dict[str, object]], Awaitable[None]]

_log = logging.getLogger("partnercenter.service")


@dataclass(frozen=True, slots=True)
class Service:
    """A local Partner Center: the API and its token authority, as one ASGI application.

    replay_seconds: how long the answer to a PUT is remembered for replays.
    clock: seconds since the epoch.
    """

    storage: Storage
    authority: TokenAuthority
    authentication: Authentication
    permission: Permission
    replay_seconds: float
    clock: Callable[[], float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI 3); other kinds of connection are not offered."""
        if scope["type"] != "http":
            return
        request = _request(scope)
        body = Body(receive)
        response = await self._answer(request, body)
        await _reply(request, body, response, send)

    async def _answer(self, request: Request, body: Body) -> Response:
        ids = identify(request.headers)
        try:
            response = await self._pass_gate(request, body, ids)
        except Refusal as refusal:
            response = refusal.to_response()
        except StorageUnavailableError as error:
            _log.error("storage: %s (%s)", error, ids.request_id)
            response = Refusal(Reason.STORAGE_UNAVAILABLE, lines=[(headers.RETRY_AFTER, "1")]).to_response()
        except Exception as error:
            _log_without_values(error, ids)
            response = Refusal(Reason.UNEXPECTED).to_response()
        return ids.stamp(response)

    async def _pass_gate(self, request: Request, body: Body, ids: Ids) -> Response:
        framing.check_head(request)
        if self.authority.answers(request.target):
            return self.authority.answer(Request(request.method, request.target, request.headers, await body.read()))
        route = routes.find(request)
        caller = self.authentication.caller(request.headers)
        mfa = self.permission.report_mfa(request.headers, caller)
        try:
            self.permission.require(caller, route.access)
            exchange = Exchange(request, body, ids, caller, self.storage, self.replay_seconds, self.clock)
            return (await route.endpoint(exchange)).with_lines(mfa)
        except Refusal as refusal:
            return refusal.to_response().with_lines(mfa)


def _request(scope: Scope) -> Request:
    lines = cast("Iterable[tuple[bytes, bytes]]", scope["headers"])
    # RFC 9110 §5.5: what is not ASCII in a field value is opaque; latin-1 keeps every byte.
    decoded = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in lines)
    target = cast("bytes", scope["raw_path"]).decode("latin-1")
    query = cast("bytes", scope["query_string"]).decode("latin-1")
    return Request(cast("str", scope["method"]), f"{target}?{query}" if query else target, decoded)


async def _reply(request: Request, body: Body, response: Response, send: Send) -> None:
    # RFC 9110 §8.6: the Content-Length of a 304 would be that of the 200, so it has none.
    length = [] if response.status == 304 else [(headers.CONTENT_LENGTH, str(len(response.body)))]
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
