"""Signing in on another device (RFC 8628): the endpoint that hands out codes, and the page that takes them."""

from __future__ import annotations

from urllib.parse import urlencode

from partnercenter.service.token_authority.client_authentication import identify
from partnercenter.service.token_authority.device_codes import DEVICE_CODE_LIFETIME, INTERVAL, Device
from partnercenter.service.token_authority.forms import Parameters, read_form, read_query
from partnercenter.service.token_authority.pages import render
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.replies import answer_json
from partnercenter.service.token_authority.resources import read_wanted
from partnercenter.service.token_authority.sealed import Purpose
from partnercenter.service.token_authority.sign_in import Desk, Ticket, read_ticket, show_sign_in, take_step
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Request, Response

DEVICE_LOGIN = "/devicelogin"


def begin_device(realm: Realm, place: Place, request: Request) -> Response:
    """A device code and a user code (RFC 8628 §3.2). Raises Refused for a client that users do not sign in to."""
    form = read_form(request)
    client = identify(realm, request.headers, form)
    application = realm.application_for_users(client.application.id)
    wanted = read_wanted(realm.audience, place.version, form)
    now = realm.now()
    device = Device(application.id, place.tenant_id, wanted, now + DEVICE_CODE_LIFETIME)
    return answer_json(_reply(realm, place.version, *realm.device_codes.issue(device, now)))


def show_device_page(realm: Realm, _: Place, request: Request) -> Response:
    """GET: the page that asks for the user code. One in the query is filled in, never taken (RFC 8628 §5.4)."""
    return _ask_for_user_code(read_query(request).get("user_code") or "")


def continue_device(realm: Realm, _: Place, request: Request) -> Response:
    """POST: from the user code to the sign-in, through its steps, to the end."""
    form = read_form(request)
    return _sign_in(realm, form) if "ticket" in form else _take_user_code(realm, form)


def _reply(realm: Realm, version: Version, device_code: str, user_code: str) -> JsonObject:
    address = realm.base_url + DEVICE_LOGIN
    common: JsonObject = {
        "user_code": user_code,
        "device_code": device_code,
        "message": f"To sign in, open {address} in a browser and enter the code {user_code}.",
    }
    if version is Version.V1:
        return {
            **common,
            "verification_url": address,
            "expires_in": str(DEVICE_CODE_LIFETIME),
            "interval": str(INTERVAL),
        }
    return {
        **common,
        "verification_uri": address,
        "verification_uri_complete": f"{address}?{urlencode({'user_code': user_code})}",
        "expires_in": DEVICE_CODE_LIFETIME,
        "interval": INTERVAL,
    }


def _ask_for_user_code(user_code: str, refused: Refused | None = None) -> Response:
    problem = refused.sentence if refused else None
    status = refused.status if refused else 200
    return render("device.html", status, action=DEVICE_LOGIN, user_code=user_code, problem=problem)


def _take_user_code(realm: Realm, form: Parameters) -> Response:
    user_code = form.get("user_code") or ""
    try:
        device = realm.device_codes.find_by_user_code(user_code, realm.now())
    except Refused as refused:
        return _ask_for_user_code(user_code, refused)
    return show_sign_in(realm, _desk(realm, device), Ticket(Purpose.DEVICE, {"user_code": user_code}))


def _sign_in(realm: Realm, form: Parameters) -> Response:
    ticket = read_ticket(realm, Purpose.DEVICE, form)
    user_code = ticket.parameters.get("user_code", "")
    device = realm.device_codes.find_by_user_code(user_code, realm.now())
    desk = _desk(realm, device)
    try:
        outcome = take_step(realm, ticket, form, device.tenant_id)
    except Refused as refused:
        return show_sign_in(realm, desk, ticket, refused)
    if isinstance(outcome, Ticket):
        return show_sign_in(realm, desk, outcome)
    realm.device_codes.approve(user_code, outcome, realm.now())
    text = f"{desk.application_name} goes on by itself. You may close this page."
    return render("message.html", title="You are signed in", text=text)


def _desk(realm: Realm, device: Device) -> Desk:
    return Desk(DEVICE_LOGIN, realm.application_for_users(device.application_id).name)
