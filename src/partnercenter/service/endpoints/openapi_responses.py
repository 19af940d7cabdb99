"""The description of what comes back: statuses, their header lines and their contents."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from http import HTTPStatus

from partnercenter.service.endpoints.openapi_schemas import GUID, TEXT, reference
from partnercenter.service.endpoints.routes import Route
from partnercenter.service.gate.permission import Access
from partnercenter.service.refusals import Reason
from partnercenter.wire import headers
from partnercenter.wire.json_text import JsonObject, JsonValue

_TRUTH: JsonObject = {"type": "string", "enum": ["true", "false"]}
# What is checked before the operation is known, and what may happen to any of them. 413 and 501 are among them: it is
# by its header lines that a body is too large or in a coding that is not understood, wherever none is expected.
_ANYWHERE = {400, 401, 403, 404, 405, 406, 408, 413, 414, 417, 429, 431, 500, 501, 503, 505}
_WITH_BODY = {415}
_CHANGES = {412, 428}
_CONDITIONAL_READS = {412}
# What an answer to a GET always has. That of a PUT has it too, in the casing of the body.
_MEMBERS_OF_A_PROFILE: list[JsonValue] = ["profileType", "links", "attributes"]

_STAMP: JsonObject = {
    headers.MS_REQUEST_ID: {"description": "That of the request, or a fresh one.", "required": True, "schema": GUID},
    headers.MS_CORRELATION_ID: {
        "description": "That of the request, or a fresh one.",
        "required": True,
        "schema": GUID,
    },
}
_IS_MFA_COMPLIANT: JsonObject = {
    headers.IS_MFA_COMPLIANT: {"description": "For a client that asks with ValidateMfa.", "schema": _TRUTH}
}
_CHALLENGE: JsonObject = {"description": "What would be accepted (RFC 6750 §3).", "required": True, "schema": TEXT}
_ALLOW: JsonObject = {"description": "The methods that are.", "required": True, "schema": TEXT}
_RETRY_AFTER: JsonObject = {"description": "Seconds to wait.", "required": True, "schema": {"type": "integer"}}
_LANGUAGE: JsonObject = {"description": "Of the description, as X-Locale asks for it.", "schema": TEXT}
# The header lines that come with a status.
_LINES_OF: dict[int, JsonObject] = {
    401: {headers.WWW_AUTHENTICATE: _CHALLENGE},
    405: {"Allow": _ALLOW},
    429: {headers.RETRY_AFTER: _RETRY_AFTER},
    # A service that stops does not know when it runs again.
    503: {headers.RETRY_AFTER: {**_RETRY_AFTER, "required": False}},
}


def responses(method: str, route: Route, schema: str) -> JsonObject:
    """What may come back, by status. schema: the name of that of a success."""
    lines: JsonObject = {**_STAMP, **_IS_MFA_COMPLIANT}
    answered = reference(schema)
    if is_profile(route):
        lines |= _tag_of(route)
        answered = answered if method == "PUT" else {"allOf": [answered, {"required": _MEMBERS_OF_A_PROFILE}]}
    found: JsonObject = {"200": {"description": "Done.", "headers": lines, "content": _json(answered)}}
    if method == "GET" and is_profile(route):
        found["304"] = {"description": "The client has the current version.", "headers": lines}
    for status in sorted(_statuses(method, route)):
        found[str(status)] = _refusal(status)
    return found


def is_profile(route: Route) -> bool:
    """Whether the resource is a profile, which has an entity tag."""
    return route.operation.endswith("_profile")


def _tag_of(route: Route) -> JsonObject:
    # Of another partner in the network only the id is told, and that has no version.
    always = route.operation != "get_mpn_profile"
    return {headers.ETAG: {"description": "The entity tag of this version.", "required": always, "schema": TEXT}}


def _statuses(method: str, route: Route) -> set[int]:
    statuses = set(_ANYWHERE)
    if method != "GET":
        statuses |= _WITH_BODY
    if route.access is Access.WRITE:
        statuses |= _CHANGES
    elif is_profile(route):
        statuses |= _CONDITIONAL_READS
    return statuses


def _refusal(status: int) -> JsonObject:
    return {
        "description": _sentences().get(status, HTTPStatus(status).phrase),
        "headers": {**_STAMP, **_IS_MFA_COMPLIANT, "Content-Language": _LANGUAGE, **_LINES_OF.get(status, {})},
        "content": _json(reference("GatewayError" if status == 429 else "Error")),
    }


@cache
def _sentences() -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for reason in Reason:
        found[reason.value.status].append(reason.value.description)
    return {status: " ".join(texts) for status, texts in found.items()}


def _json(schema: JsonObject) -> JsonObject:
    return {"application/json": {"schema": schema}}
