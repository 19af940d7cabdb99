"""The token authority as one function: a request in, a response out, whatever the request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.accounts import Accounts
from partnercenter.service.token_authority.authorize import begin_authorization, continue_authorization
from partnercenter.service.token_authority.device import (
    DEVICE_LOGIN,
    begin_device,
    continue_device,
    show_device_page,
)
from partnercenter.service.token_authority.discovery import answer_configuration, answer_keys, show_index
from partnercenter.service.token_authority.grants import answer_token
from partnercenter.service.token_authority.keys import SigningKeys
from partnercenter.service.token_authority.pages import render
from partnercenter.service.token_authority.realm import Place, Realm
from partnercenter.service.token_authority.refused import Refused, Trace, refuse_with_json
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.messages import Headers, Request, Response

_log = logging.getLogger(__name__)

_Handler: TypeAlias = Callable[[Realm, Place, Request], Response]


@dataclass(frozen=True, slots=True)
class _Route:
    handlers: Mapping[str, _Handler]
    version: Version = Version.V2
    for_people: bool = False


def _tenant_routes(version: Version) -> dict[str, _Route]:
    authorize = {"GET": begin_authorization, "POST": continue_authorization}
    return {
        f"{version.path}/.well-known/openid-configuration": _Route({"GET": answer_configuration}, version),
        f"/discovery{version.path}/keys": _Route({"GET": answer_keys}, version),
        f"/oauth2{version.path}/authorize": _Route(authorize, version, for_people=True),
        f"/oauth2{version.path}/token": _Route({"POST": answer_token}, version),
        f"/oauth2{version.path}/devicecode": _Route({"POST": begin_device}, version),
    }


_AT_TENANT: Final = _tenant_routes(Version.V1) | _tenant_routes(Version.V2)
_FIXED: Final = {
    "/": _Route({"GET": show_index}, for_people=True),
    DEVICE_LOGIN: _Route({"GET": show_device_page, "POST": continue_device}, for_people=True),
}


class TokenAuthority:
    """The pretend Entra.

    base_url: where clients reach it (`https://localhost:8443`); issuers are made of it.
    accounts: who there is, and which of them are enabled; looked at in every request.
    keys: sign everything that it issues; they may be rotated while it runs.
    cloud: the one that its access tokens are for. clock: Unix seconds.
    pkce_always: confidential clients must use PKCE too, not public ones alone (RFC 7636).
    """

    def __init__(
        self,
        base_url: str,
        accounts: Accounts,
        keys: SigningKeys,
        *,
        cloud: Cloud = Cloud.GLOBAL,
        pkce_always: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._realm = Realm(base_url.rstrip("/"), cloud, accounts, keys, clock, pkce_always)

    def answers(self, target: str) -> bool:
        """Whether `target` is an address of the authority; everything else is the API's to answer or refuse."""
        return _find_route(target) is not None

    def answer(self, request: Request) -> Response:
        """The response to `request`: total, thread-safe, without I/O; 404 for what is not an address of ours."""
        trace = Trace.of(request, self._realm.clock())
        try:
            response = self._answer(request, trace)
        except Exception as error:  # the one place that must answer whatever happens
            # Neither the message nor the values: both may hold what was sent.
            _log.error("token authority failed: %s, trace id %s", type(error).__name__, trace.trace_id)
            response = refuse_with_json(Refused(Aadsts.UNEXPECTED), trace)
        return _finished(request, response)

    def _answer(self, request: Request, trace: Trace) -> Response:
        found = _find_route(request.target)
        if found is None:
            return _not_found(self._realm)
        route, segment = found
        try:
            handler = _choose_handler(route, request.method)
            return handler(self._realm, self._realm.place(segment, route.version), request)
        except Refused as refused:
            return _refuse(route, refused, trace)


def _find_route(target: str) -> tuple[_Route, str] | None:
    """The route of `target`, and the path segment that names the tenant; None if there is none."""
    try:
        path = urlsplit(target).path if target.isascii() else ""
    except ValueError:
        return None
    if path in _FIXED:
        return _FIXED[path], "common"
    _, _, rest = path.partition("/")
    segment, slash, tail = rest.partition("/")
    route = _AT_TENANT.get(slash + tail)
    return (route, segment) if route is not None and path.startswith("/") else None


def _choose_handler(route: _Route, method: str) -> _Handler:
    handler = route.handlers.get("GET" if method == "HEAD" else method)
    if handler is None:
        allowed = [*route.handlers, "HEAD"] if "GET" in route.handlers else [*route.handlers]
        raise Refused(Aadsts.WRONG_METHOD, ", ".join(allowed))
    return handler


def _refuse(route: _Route, refused: Refused, trace: Trace) -> Response:
    if not route.for_people or refused.reason is Aadsts.WRONG_METHOD:
        return refuse_with_json(refused, trace)
    text = trace.describe(refused)
    return render("message.html", refused.status, title="This cannot go on", text=text)


def _not_found(realm: Realm) -> Response:
    text = f"Nothing is here. {realm.base_url}/ lists the addresses of the token authority.\n"
    return Response(404, Headers({"Content-Type": "text/plain; charset=utf-8"}), text.encode())


def _finished(request: Request, response: Response) -> Response:
    # RFC 6749 §5.1: nothing here may be cached, refusals included.
    headers = response.headers.with_line("Cache-Control", "no-store").with_line("X-Content-Type-Options", "nosniff")
    return Response(response.status, headers, b"" if request.method == "HEAD" else response.body)
