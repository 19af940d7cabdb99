"""`/openapi.json`: the description of the API (OpenAPI 3.1), made from the tables by which it is answered."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from http import HTTPStatus
from importlib.metadata import version

from partnercenter.service.endpoints.openapi_schemas import reference, schemas
from partnercenter.service.endpoints.routes import ROUTES, Route
from partnercenter.service.gate.permission import Access
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers, json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers, Request, Response

TARGET = "/openapi.json"

# What is asked of an operation in its query, and the schema of its answer; its body has the same one.
_ANSWERS = {
    "billing_profile": "BillingProfile",
    "legal_business_profile": "LegalBusinessProfile",
    "organization_profile": "OrganizationProfile",
    "support_profile": "SupportProfile",
    "mpn_profile": "MpnProfile",
    "list_audit_records": "AuditRecords",
    "get_country_validation_rules": "CountryValidationRules",
    "validate_address": "AddressVerdict",
}
_TEXT: JsonObject = {"type": "string"}
_QUERIES: dict[str, dict[str, JsonObject]] = {
    "get_legal_business_profile": {"vettingVersion": {"type": "string", "enum": ["none", "current", "lastFinalized"]}},
    "get_mpn_profile": {"mpnId": _TEXT},
    "list_audit_records": {
        "startDate": _TEXT,
        "endDate": _TEXT,
        "filter": _TEXT,
        "size": {"type": "integer", "minimum": 1, "maximum": 500},
    },
}
_GUID: JsonObject = {"type": "string", "format": "uuid"}
# RFC 9110 §5.6.7: whatever the server cannot do, it may say with any of these.
_ANYWHERE = {400, 401, 403, 404, 405, 406, 408, 414, 417, 429, 431, 500, 503}
_WITH_BODY = {413, 415}
_CHANGES = {412, 428}
_CONDITIONAL_READS = {412}


def answer(request: Request) -> Response:
    """The description, for everybody: it names no tenant. Refusal for a method that does not read."""
    if request.method not in ("GET", "HEAD"):
        raise Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", "GET, HEAD")])
    return Response(200, Headers({headers.CONTENT_TYPE: headers.JSON}), json_text.write(document()))


@cache
def document() -> JsonObject:
    """The description as a JSON object. Not to be changed: it is kept."""
    paths: JsonObject = {
        f"/v1{path}": {method.lower(): _operation(path, method, route) for method, route in methods.items()}
        for path, methods in ROUTES.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Partner Center account profiles, served locally",
            "version": version("partnercenter"),
            "description": "Member names of a body are read in any casing; an answer to a PUT has the casing of its "
            "body. `/v1.0` is the same as `/v1`. Not affiliated with Microsoft.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _operation(path: str, method: str, route: Route) -> JsonObject:
    schema = (
        _ANSWERS[route.operation.removeprefix("get_").removeprefix("update_")]
        if _is_profile(route)
        else (_ANSWERS[route.operation])
    )
    described: JsonObject = {
        # Two paths can lead to one operation, and ids are unique.
        "operationId": f"{route.operation}{'_again' if path in _SECOND_PATHS else ''}",
        "summary": route.operation.replace("_", " ").capitalize(),
        "description": _who_may(route),
        "parameters": _parameters(path, method, route),
        "responses": _responses(method, route, schema),
    }
    if method in ("PUT", "POST"):
        sent = "Address" if method == "POST" else schema
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference(sent)}}}
    return described


_SECOND_PATHS = ("/profiles/supportprofile", "/profiles/partnernetworkprofile")


def _is_profile(route: Route) -> bool:
    return route.operation.endswith("_profile")


def _who_may(route: Route) -> str:
    tokens = "App+User or App-only" if route.application else "App+User"
    return f"Takes {tokens} tokens; a user needs a role that may {route.access.value}."


def _parameters(path: str, method: str, route: Route) -> list[JsonValue]:
    found: list[JsonValue] = []
    if "{iso2}" in path:
        found.append(
            {"name": "iso2", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Za-z]{2}$"}}
        )
    for name, schema in _QUERIES.get(route.operation, {}).items():
        found.append({"name": name, "in": "query", "schema": schema})
    lines = {headers.MS_CORRELATION_ID: _TEXT, headers.X_LOCALE: _TEXT}
    lines[headers.MS_REQUEST_ID] = _GUID if method == "PUT" else _TEXT
    if _is_profile(route):
        lines |= {headers.IF_MATCH: _TEXT, headers.IF_NONE_MATCH: _TEXT}
    return found + [{"name": name, "in": "header", "schema": schema} for name, schema in lines.items()]


def _responses(method: str, route: Route, schema: str) -> JsonObject:
    success: JsonObject = {"description": "Done.", "content": _json(reference(schema))}
    if _is_profile(route):
        success["headers"] = {headers.ETAG: {"description": "The entity tag of this version.", "schema": _TEXT}}
    found: JsonObject = {"200": success}
    if method == "GET" and _is_profile(route):
        found["304"] = {"description": "The client has the current version."}
    for status in sorted(_statuses(method, route)):
        found[str(status)] = _refusal(status)
    return found


def _statuses(method: str, route: Route) -> set[int]:
    statuses = set(_ANYWHERE)
    if method != "GET":
        statuses |= _WITH_BODY
    if route.access is Access.WRITE:
        statuses |= _CHANGES
    elif _is_profile(route):
        statuses |= _CONDITIONAL_READS
    return statuses


def _refusal(status: int) -> JsonObject:
    described: JsonObject = {"description": _sentences().get(status, HTTPStatus(status).phrase)}
    described["content"] = _json(reference("GatewayError" if status == 429 else "Error"))
    if status in (429, 503):
        described["headers"] = {headers.RETRY_AFTER: {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
    return described


@cache
def _sentences() -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for reason in Reason:
        found[reason.value.status].append(reason.value.description)
    return {status: " ".join(texts) for status, texts in found.items()}


def _json(schema: JsonObject) -> JsonObject:
    return {"application/json": {"schema": schema}}
