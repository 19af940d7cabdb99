"""The routes of the API: path and method → endpoint, and what it lets its caller do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import NamedTuple, TypeAlias

from partnercenter.service.endpoints import audit_records, profiles
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.gate.permission import Access
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Request, Response

Endpoint: TypeAlias = Callable[[Exchange], Awaitable[Response]]

_VERSIONS = ("v1", "v1.0")


class Route(NamedTuple):
    """One method of one resource."""

    endpoint: Endpoint
    access: Access


_ROUTES: dict[str, dict[str, Route]] = {
    BILLING.path: {
        "GET": Route(partial(profiles.get, BILLING), Access.READ),
        "PUT": Route(partial(profiles.put, BILLING), Access.WRITE),
    },
    "/auditrecords": {"GET": Route(audit_records.get, Access.READ)},
}


def find(request: Request) -> Route:
    """The route of a request. Refusal with 404 or 405; a path has one spelling and is not normalised."""
    path = request.target.partition("?")[0]
    version, _, resource = path[1:].partition("/")
    methods = _ROUTES.get(f"/{resource}")
    if methods is None or version not in _VERSIONS:
        raise Refusal(Reason.NOT_FOUND)
    # RFC 9110 §9.3.2: HEAD is GET without the body.
    route = methods.get("GET" if request.method == "HEAD" else request.method)
    if route is None:
        allowed = ", ".join(sorted({*methods, "HEAD"}))
        raise Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", allowed)])
    return route
