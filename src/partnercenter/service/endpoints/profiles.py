"""GET and PUT of a profile."""

from __future__ import annotations

from partnercenter.service.behaviour import Behaviour, Doubtful
from partnercenter.service.endpoints import content
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.gate import framing
from partnercenter.service.operations.get_profile import GetProfile, NotModified, get_profile
from partnercenter.service.operations.profile_document import links_of
from partnercenter.service.operations.profile_kinds import MPN, ProfileKind
from partnercenter.service.operations.update_profile import (
    ProfileAnswer,
    UpdateHead,
    UpdateProfile,
    require_headers_pass,
    update_profile,
)
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import Snapshot
from partnercenter.wire import headers, json_text
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Headers, Response
from partnercenter.wire.precondition import (
    IfNoneMatch,
    MalformedPreconditionError,
    Precondition,
    parse_if_match,
    parse_if_none_match,
)
from partnercenter.wire.profiles import MpnProfile, P, ResourceAttributes

_VETTING_VERSIONS = ("none", "current", "lastfinalized")


async def get(kind: ProfileKind[P], exchange: Exchange) -> Response:
    """Answer GET: the profile as it stands, or 304 if the client has it."""
    content.require_json_accepted(exchange.request.headers)
    conditions = _conditions(exchange.request.headers, exchange.behaviour)
    answer = await exchange.storage.read(get_profile, GetProfile(kind, exchange.caller, *conditions))
    if isinstance(answer, NotModified):
        return content.not_modified((headers.ETAG, answer.tag.quoted))
    return _response(answer)


async def get_legal_business(kind: ProfileKind[P], exchange: Exchange) -> Response:
    """Answer GET with `vettingVersion`. Nobody is vetted here, so the version finalized last is the current one."""
    version = exchange.query("vettingVersion")
    if version is not None and version.lower() not in _VETTING_VERSIONS:
        raise Refusal(Reason.WORD_NOT_KNOWN, ["vettingVersion can be none, current or lastFinalized"])
    return await get(kind, exchange)


async def get_mpn(exchange: Exchange) -> Response:
    """Answer GET with `mpnId`: the caller's own profile, or that of another partner, of whom only the id is told."""
    asked = exchange.query("mpnId")
    own = await exchange.storage.read(_own_mpn_id, GetProfile(MPN, exchange.caller))
    if asked is None or own == asked:
        return await get(MPN, exchange)
    content.require_json_accepted(exchange.request.headers)
    if asked not in exchange.mpn_ids:
        raise Refusal(Reason.MPN_ID_NOT_FOUND)
    found = MpnProfile(
        mpn_id=asked,
        profile_type=MPN.profile_type,
        links=links_of(MPN),
        attributes=ResourceAttributes(object_type=MPN.object_type),
    )
    return content.json_response(json_text.write(found.to_wire()))


async def put(kind: ProfileKind[P], exchange: Exchange) -> Response:
    """Answer PUT: the headers become the command's head, the body is read only if they let it pass."""
    lines = exchange.request.headers
    content.require_json_sent(lines)
    content.require_json_accepted(lines)
    head = _head(kind, exchange)
    if framing.waits_with_body(exchange.request):
        await exchange.storage.read(require_headers_pass, head)
    command = UpdateProfile.read(head, await exchange.body.read())
    return _response(await exchange.storage.transact(update_profile, command))


def _head(kind: ProfileKind[P], exchange: Exchange) -> UpdateHead[P]:
    request_id = exchange.ids.replayable
    if request_id is None and exchange.behaviour.missing_request_id is Doubtful.REFUSE:
        raise Refusal(Reason.REQUEST_ID_MISSING)
    if_match, if_none_match = _conditions(exchange.request.headers, exchange.behaviour)
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
        behaviour=exchange.behaviour,
    )


def _conditions(lines: Headers, behaviour: Behaviour) -> tuple[Precondition | None, IfNoneMatch | None]:
    bare = behaviour.bare_tags is Doubtful.ACCEPT
    try:
        if_match = parse_if_match(lines.get_all(headers.IF_MATCH), bare=bare)
        return if_match, parse_if_none_match(lines.get_all(headers.IF_NONE_MATCH), bare=bare)
    except MalformedPreconditionError as error:
        raise Refusal(Reason.PRECONDITION_MALFORMED, [error]) from None


def _own_mpn_id(snapshot: Snapshot, command: GetProfile[MpnProfile]) -> JsonValue:
    own = snapshot.profile(command.caller.tenant_id, MPN.name)
    return None if own is None else own.document.get("mpnId")


def _response(answer: ProfileAnswer) -> Response:
    return content.json_response(answer.body, (headers.ETAG, answer.tag.quoted))
