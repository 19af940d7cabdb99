"""The routes of the API: path and method → endpoint, and what it lets its caller do."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

from partnercenter.service.endpoints import audit_records, profiles, validations
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.gate.permission import Access
from partnercenter.service.operations.profile_kinds import BILLING, LEGAL_BUSINESS, ORGANIZATION, SUPPORT
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Headers, Request, Response

Endpoint: TypeAlias = Callable[[Exchange], Awaitable[Response]]

_VERSIONS = ("v1", "v1.0")
_OF_A_COUNTRY = re.compile(r"/countryvalidationrules/[A-Za-z]{1,3}", re.ASCII)
COUNTRY_RULES = "/countryvalidationrules/{iso2}"


class Route(NamedTuple):
    """One method of one resource.

    operation: its name, the same as in the SDK; fault plans and the description of the API name it.
    application: it takes App-only tokens too (Partner Center authentication; the page of each operation).
    """

    operation: str
    endpoint: Endpoint
    access: Access
    application: bool = False


def _profile(name: str, get: Endpoint, put: Endpoint | None = None, *, application: bool = False) -> dict[str, Route]:
    methods = {"GET": Route(f"get_{name}_profile", get, Access.READ, application)}
    return methods if put is None else methods | {"PUT": Route(f"update_{name}_profile", put, Access.WRITE)}


async def _country_rules(exchange: Exchange) -> Response:
    return await validations.get_country_rules(exchange.request.target.partition("?")[0].rpartition("/")[2], exchange)


_SUPPORT = _profile("support", partial(profiles.get, SUPPORT), partial(profiles.put, SUPPORT))
_MPN = _profile("mpn", profiles.get_mpn)

ROUTES: Mapping[str, Mapping[str, Route]] = {
    "/profiles/billing": _profile("billing", partial(profiles.get, BILLING), partial(profiles.put, BILLING)),
    "/profiles/legalbusiness": _profile(
        "legal_business",
        partial(profiles.get_legal_business, LEGAL_BUSINESS),
        partial(profiles.put, LEGAL_BUSINESS),
        application=True,
    ),
    "/profiles/organization": _profile(
        "organization", partial(profiles.get, ORGANIZATION), partial(profiles.put, ORGANIZATION)
    ),
    "/profiles/support": _SUPPORT,
    # The page that updates it names this path, the one that reads it and every client the other one.
    "/profiles/supportprofile": _SUPPORT,
    "/profiles/mpn": _MPN,
    "/profiles/partnernetworkprofile": _MPN,
    "/auditrecords": {"GET": Route("list_audit_records", audit_records.get, Access.READ, application=True)},
    COUNTRY_RULES: {"GET": Route("get_country_validation_rules", _country_rules, Access.READ, application=True)},
    "/validations/address": {
        "POST": Route("validate_address", validations.validate_address, Access.READ, application=True)
    },
}


def operations() -> list[str]:
    """The names of all operations, which a fault plan can use."""
    return sorted({route.operation for methods in ROUTES.values() for route in methods.values()})


def find(request: Request) -> Route:
    """The route of a request. Refusal with 404 or 405; a path has one spelling and is not normalised."""
    path = request.target.partition("?")[0]
    version, _, resource = path[1:].partition("/")
    methods = ROUTES.get(COUNTRY_RULES if _OF_A_COUNTRY.fullmatch(f"/{resource}") else f"/{resource}")
    if methods is None or version not in _VERSIONS or "{" in path:
        raise Refusal(Reason.NOT_FOUND)
    if request.method == "OPTIONS":
        return Route("options", partial(_options, _allowed(methods)), Access.NONE, application=True)
    # RFC 9110 §9.3.2: HEAD is GET without the body.
    route = methods.get("GET" if request.method == "HEAD" else request.method)
    if route is None:
        raise Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", _allowed(methods))])
    return route


def _allowed(methods: Collection[str]) -> str:
    return ", ".join(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


async def _options(allowed: str, exchange: Exchange) -> Response:
    """What may be asked of a resource (RFC 9110 §9.3.7)."""
    return Response(204, Headers({"Allow": allowed}))
