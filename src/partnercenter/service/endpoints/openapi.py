"""`/openapi.json`: the description of the API (OpenAPI 3.1), made from the tables by which it is answered."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version

from partnercenter.service.endpoints.openapi_responses import is_profile, responses
from partnercenter.service.endpoints.openapi_schemas import GUID, TEXT, reference, schemas
from partnercenter.service.endpoints.routes import ROUTES, Route
from partnercenter.service.operations.audit_query import LARGEST_SIZE
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
# Any casing is read; these are the two in which clients write it.
_VETTING_VERSIONS = ("none", "current", "lastFinalized", "None", "Current", "LastFinalized")
_QUERIES: dict[str, dict[str, JsonObject]] = {
    "get_legal_business_profile": {"vettingVersion": {"type": "string", "enum": [*_VETTING_VERSIONS]}},
    "get_mpn_profile": {"mpnId": TEXT},
    "list_audit_records": {
        "startDate": TEXT,
        "endDate": TEXT,
        "filter": TEXT,
        # An empty one was not given (operations/audit_query.py).
        "size": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE}, {"const": ""}]},
    },
}
# Header parameters that one operation alone gives a meaning to.
_LINES: dict[str, dict[str, JsonObject]] = {
    "list_audit_records": {headers.MS_CONTINUATION_TOKEN: TEXT},
    "validate_address": {"MS-PartnerCenter-Client": TEXT},
}


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
    name = route.operation
    schema = _ANSWERS[name.removeprefix("get_").removeprefix("update_") if is_profile(route) else name]
    described: JsonObject = {
        # Two paths can lead to one operation, and ids are unique.
        "operationId": f"{route.operation}{'_again' if path in _SECOND_PATHS else ''}",
        "summary": route.operation.replace("_", " ").capitalize(),
        "description": _who_may(route),
        "parameters": _parameters(path, method, route),
        "responses": responses(method, route, schema),
    }
    if method in ("PUT", "POST"):
        sent = "Address" if method == "POST" else schema
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": reference(sent)}}}
    return described


_SECOND_PATHS = ("/profiles/supportprofile", "/profiles/partnernetworkprofile")


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
    lines = {headers.MS_CORRELATION_ID: TEXT, headers.X_LOCALE: TEXT, headers.VALIDATE_MFA: TEXT}
    lines[headers.MS_REQUEST_ID] = GUID if method == "PUT" else TEXT
    lines |= _LINES.get(route.operation, {})
    if is_profile(route):
        lines |= {headers.IF_MATCH: TEXT, headers.IF_NONE_MATCH: TEXT}
    return found + [{"name": name, "in": "header", "schema": schema} for name, schema in lines.items()]
