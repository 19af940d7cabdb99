"""The authorize endpoint: check who asks, have the user sign in, send a code back (RFC 6749 §4.1)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

from partnercenter.service.token_authority.authorization_request import (
    Ask,
    Asker,
    read_ask,
    read_asker,
    read_way_back,
)
from partnercenter.service.token_authority.authorization_response import WayBack
from partnercenter.service.token_authority.codes import Code
from partnercenter.service.token_authority.directory import SignedIn
from partnercenter.service.token_authority.forms import Parameters, read_form, read_query
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.refused import Refused, Trace
from partnercenter.service.token_authority.sealed import Purpose
from partnercenter.service.token_authority.sign_in import Desk, Ticket, read_ticket, show_sign_in, take_step
from partnercenter.service.token_authority.tokens import id_token
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Request, Response


def begin_authorization(realm: Realm, place: Place, request: Request) -> Response:
    """GET: the sign-in page, or a refusal; as a page (raises Refused) or sent back to the client."""
    parameters = read_query(request)
    asker = read_asker(realm, parameters)
    try:
        read_ask(realm, place, asker, parameters)
    except Refused as refused:
        trace = Trace.of(request, realm.clock())
        return read_way_back(realm, place, asker, parameters).refuse(refused, trace)
    ticket = Ticket(Purpose.AUTHORIZE, dict(parameters))
    return show_sign_in(realm, _desk(place, asker, parameters), ticket)


def continue_authorization(realm: Realm, place: Place, request: Request) -> Response:
    """POST of the sign-in form: the next step, the same step with what was wrong, or the way back."""
    form = read_form(request)
    ticket = read_ticket(realm, Purpose.AUTHORIZE, form)
    # The ticket carries the request as it came: it is read again, so nothing can differ from the first reading.
    parameters = Parameters(ticket.parameters)
    asker = read_asker(realm, parameters)
    ask = read_ask(realm, place, asker, parameters)
    desk = _desk(place, asker, parameters)
    try:
        outcome = take_step(realm, ticket, form, place.tenant_id)
    except Refused as refused:
        return show_sign_in(realm, desk, ticket, refused)
    if isinstance(outcome, Ticket):
        return show_sign_in(realm, desk, outcome)
    return _send_code(realm, place, ask, outcome, read_way_back(realm, place, asker, parameters))


def _desk(place: Place, asker: Asker, parameters: Parameters) -> Desk:
    return Desk(place.path_of("authorize"), asker.application.name, parameters.get("login_hint") or "", leaves=True)


def _send_code(realm: Realm, place: Place, ask: Ask, signed_in: SignedIn, way_back: WayBack) -> Response:
    asker, application = ask.asker, ask.asker.application
    waiting = Code(application.id, asker.redirect_uri, asker.sent, ask.challenge, ask.nonce, ask.wanted, signed_in)
    code = realm.codes.issue(waiting, realm.now())
    answer = {"code": code}
    if ask.with_id_token:
        extra: JsonObject = {"nonce": ask.nonce, "c_hash": _half_hash(code)}
        answer["id_token"] = id_token(realm, place.version, signed_in, application, extra)
    return way_back.send(answer)


def _half_hash(code: str) -> str:
    # OpenID Connect Core §3.3.2.11: the left half of the SHA-256.
    return urlsafe_b64encode(hashlib.sha256(code.encode()).digest()[:16]).rstrip(b"=").decode()
