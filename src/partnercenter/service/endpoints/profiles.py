"""GET and PUT of a profile."""

from __future__ import annotations

from partnercenter.service.endpoints import content
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.gate import framing
from partnercenter.service.operations.get_profile import NotModified, get_profile
from partnercenter.service.operations.profile_kinds import P, ProfileKind
from partnercenter.service.operations.update_profile import (
    ProfileAnswer,
    UpdateHead,
    UpdateProfile,
    require_headers_pass,
    update_profile,
)
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Response
from partnercenter.wire.precondition import (
    IfNoneMatch,
    MalformedPreconditionError,
    Precondition,
    parse_if_match,
    parse_if_none_match,
)


async def get(kind: ProfileKind[P], exchange: Exchange) -> Response:
    """Answer GET: the profile as it stands, or 304 if the client has it."""
    content.require_json_accepted(exchange.request.headers)
    conditions = _conditions(exchange.request.headers)
    answer = get_profile(exchange.storage.snapshot(), kind, exchange.caller, *conditions)
    if isinstance(answer, NotModified):
        return content.not_modified((headers.ETAG, answer.tag.quoted))
    return _response(answer)


async def put(kind: ProfileKind[P], exchange: Exchange) -> Response:
    """Answer PUT: the headers become the command's head, the body is read only if they let it pass."""
    lines = exchange.request.headers
    content.require_json_sent(lines)
    content.require_json_accepted(lines)
    head = _head(kind, exchange)
    if framing.waits_with_body(exchange.request):
        require_headers_pass(exchange.storage.snapshot(), head)
    command = UpdateProfile.read(head, await exchange.body.read())
    return _response(await exchange.storage.transact(update_profile, command))


def _head(kind: ProfileKind[P], exchange: Exchange) -> UpdateHead[P]:
    request_id = exchange.ids.replayable
    if_match, if_none_match = _conditions(exchange.request.headers)
    now = exchange.clock()
    return UpdateHead(
        kind=kind,
        caller=exchange.caller,
        request_id=request_id,
        correlation_id=exchange.ids.correlation_id,
        if_match=if_match,
        now=now,
        replay_since=now - exchange.replay_seconds,
        if_none_match=if_none_match,
    )


def _conditions(lines: Headers) -> tuple[Precondition | None, IfNoneMatch | None]:
    try:
        if_match = parse_if_match(lines.get_all(headers.IF_MATCH))
        return if_match, parse_if_none_match(lines.get_all(headers.IF_NONE_MATCH))
    except MalformedPreconditionError as error:
        raise Refusal(Reason.PRECONDITION_MALFORMED, [error]) from None


def _response(answer: ProfileAnswer) -> Response:
    return content.json_response(answer.body, (headers.ETAG, answer.tag.quoted))
