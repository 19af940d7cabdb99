"""One exchange: the request of an attempt, and what its response says. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from partnercenter.client import errors, redaction
from partnercenter.client.credentials import AccessToken
from partnercenter.client.settings import ClientSettings
from partnercenter.wire import guid, headers, json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.error_envelope import ErrorCode, ErrorEnvelope, read_error
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers, Request, Response
from partnercenter.wire.profiles import BillingProfile
from partnercenter.wire.shapes import ShapeError

BILLING_PROFILE_PATH = "/v1/profiles/billing"
AUDIT_RECORDS_PATH = "/v1/auditrecords"

# RFC 9110 §8.8.3, etagc without obs-text: what may stand between the quotes of an entity tag.
_TAG = re.compile(r"[\x21\x23-\x7e]+")

_REFUSALS: dict[tuple[int, str], type[errors.RefusedError]] = {
    (400, ""): errors.BadRequestError,
    (400, f"{ErrorCode.ENTITY_TAG_NOT_VALID:d}"): errors.PreconditionFailedError,
    (412, ""): errors.PreconditionFailedError,
    (428, ""): errors.PreconditionFailedError,
    (401, ""): errors.UnauthorizedError,
    (401, f"{ErrorCode.MFA_REQUIRED:d}"): errors.MfaRequiredError,
    (401, f"{ErrorCode.AUDIENCE_RETIRED:d}"): errors.AudienceRetiredError,
    (403, ""): errors.ForbiddenError,
    (403, f"{ErrorCode.APP_ONLY_NOT_SUPPORTED:d}"): errors.AppOnlyNotSupportedError,
    (403, f"{ErrorCode.ROLE_NOT_ALLOWED:d}"): errors.RoleNotAllowedError,
    (404, ""): errors.NotFoundError,
    (429, ""): errors.ThrottledError,
}


@dataclass(frozen=True, slots=True)
class Call:
    """What the user asked: the same in every attempt.

    request_id: the idempotency key (Partner Center REST headers, "MS-RequestId").
    body: None for a request without one.
    if_match: the version that may be replaced.
    secrets: texts that no error may show, whatever the service echoes.
    """

    method: str
    path: str
    request_id: str
    correlation_id: str
    body: bytes | None = field(default=None, repr=False)
    if_match: EntityTag | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def changes_something(self) -> bool:
        """Whether carrying the call out leaves a trace (RFC 9110 §9.2.1: GET does not)."""
        return self.method != "GET"


def request_id_or_new(given: str | None) -> str:
    """`given` if it is a GUID, a new one if it is None. Raises ConfigurationError."""
    if given is None:
        return guid.new_guid()
    read = guid.read_guid(given)
    if read is None:
        raise errors.ConfigurationError("request_id is not a GUID; leave it out, or give that of an earlier call.")
    return read


def check_has_tag(profile: BillingProfile) -> None:
    """Raise ConfigurationError if `profile` does not say which version it was read as: lost updates end here."""
    if not profile.attributes.etag:
        raise errors.ConfigurationError(
            "The profile has no entity tag, so the update could overwrite somebody else's change.",
            next_step="Read the profile with get(), change it and update that; or set concurrency to NONE.",
        )


def bare_tag(profile: BillingProfile) -> str:
    """The tag of the version that `profile` was read as, without the quotes that somebody may have put around it."""
    value = profile.attributes.etag or ""
    return _unquoted(value) or value


def entity_tag(profile: BillingProfile) -> EntityTag:
    """`bare_tag` for `If-Match`. Raises ConfigurationError if no header can carry it."""
    bare = bare_tag(profile)
    if not _TAG.fullmatch(bare):
        raise errors.ConfigurationError(
            "attributes.etag cannot stand in If-Match.",
            next_step="Leave the tag as get() returned it, or set concurrency to BODY.",
        )
    return EntityTag(bare)


def update_body(profile: BillingProfile, *, with_tag: bool) -> JsonObject:
    """`profile` as an update sends it, with or without its tag; `profile` itself is left as it is."""
    body, tag = profile.to_wire(), bare_tag(profile)
    attributes = body.get("attributes")
    if isinstance(attributes, dict) and not with_tag:
        body["attributes"] = {name: value for name, value in attributes.items() if name.lower() != "etag"}
    elif isinstance(attributes, dict) and tag:
        body["attributes"] = attributes | {"etag": tag}
    return body


def write_body(body: JsonObject) -> bytes:
    """The bytes of `body`. Raises ConfigurationError if they cannot travel; it names no value."""
    try:
        return json_text.write(body)
    except json_text.JsonTextError as error:
        reason = str(error)
    raise errors.ConfigurationError(
        f"The profile cannot be sent. {reason}", next_step="Correct the text in which half a character stands."
    )


def secrets_of(body: JsonObject) -> tuple[str, ...]:
    """Texts of `body` that no error may show: the tax id, whatever its type and the casing of its name."""
    return tuple(str(value) for name, value in body.items() if name.lower() == "taxid" and value)


def attempt_request(call: Call, token: AccessToken, settings: ClientSettings, user_agent: str) -> Request:
    """The request of one attempt (Partner Center REST headers). Its target is the whole URL."""
    lines = Headers(_lines(call, token, settings, user_agent))
    return Request(call.method, settings.api_url + call.path, lines, call.body or b"")


def _lines(call: Call, token: AccessToken, settings: ClientSettings, user_agent: str) -> Iterator[tuple[str, str]]:
    yield headers.AUTHORIZATION, f"Bearer {token.token}"
    yield headers.ACCEPT, "application/json"
    yield headers.MS_REQUEST_ID, call.request_id
    yield headers.MS_CORRELATION_ID, call.correlation_id
    yield headers.X_LOCALE, settings.locale
    yield "User-Agent", user_agent
    if settings.application_name:
        yield headers.APPLICATION_NAME, settings.application_name
    if call.body is not None:
        yield headers.CONTENT_TYPE, headers.JSON
    if call.if_match is not None:
        yield headers.IF_MATCH, call.if_match.quoted


def read_billing_profile(call: Call, response: Response) -> BillingProfile:
    """The profile in a 2xx response, with the entity tag of the body, or else of the `ETag` header."""
    try:
        profile = BillingProfile.from_wire(_read_json(call, response), strict=False)
    except ShapeError as error:
        reason = str(error)  # names members, never values
    else:
        # A weak tag, which no If-Match can ever match (RFC 9110 §8.8.3.2), is none.
        profile.attributes.etag = profile.attributes.etag or _unquoted(response.headers.get(headers.ETAG) or "")
        return profile
    raise _not_understood(call, f"It is not a billing profile: {reason}")


def read_audit_records(call: Call, response: Response) -> list[AuditRecord]:
    """The `items` of a 2xx response (Partner Center auditing resources)."""
    value = _read_json(call, response)
    members = value if isinstance(value, dict) else {}
    items = next((inner for name, inner in members.items() if name.lower() == "items"), None)
    if not isinstance(items, list):
        raise _not_understood(call, "It has no list of items.")
    try:
        return [AuditRecord.from_wire(item, strict=False) for item in items]
    except ShapeError as error:
        reason = str(error)
    raise _not_understood(call, f"It has an item that is not an audit record: {reason}")


def refusal(call: Call, response: Response, retry_after: float | None, token: AccessToken) -> errors.RefusedError:
    """The error that a 4xx or 5xx response means."""
    envelope = read_error(redaction.hide_in_body(response.body, (token.token, *call.secrets)))
    said = envelope.description or f"The service refused {call.method} {call.path} and gave no reason"
    return _refusal_class(response.status, envelope)(
        said,
        status=response.status,
        code=envelope.code[:64],
        description=envelope.description,
        data=envelope.data,
        source=envelope.source,
        retry_after=retry_after,
        request_id=call.request_id,
        correlation_id=response.headers.get(headers.MS_CORRELATION_ID) or call.correlation_id,
    )


def too_long(call: Call, why: str) -> errors.AnswerNotUnderstoodError:
    """The error that an answer means which was given up because of its length."""
    return _not_understood(call, f"It is too large: {why}.")


def check_success(call: Call, response: Response) -> None:
    """Raise AnswerNotUnderstoodError unless the status is a success. Redirects are not followed: a token is for
    the address that it was meant for, and for no other one.
    """
    if not 200 <= response.status < 300:
        raise _not_understood(call, f"HTTP {response.status} is not an answer of this API.")


def _refusal_class(status: int, envelope: ErrorEnvelope) -> type[errors.RefusedError]:
    other = errors.ServerError if status >= 500 else errors.RefusedError
    return _REFUSALS.get((status, envelope.code)) or _REFUSALS.get((status, "")) or other


def _read_json(call: Call, response: Response) -> JsonValue:
    check_success(call, response)
    try:
        return json_text.read_lenient(response.body)
    except json_text.JsonTextError:
        pass
    raise _not_understood(call, "It is not JSON.")


def _not_understood(call: Call, why: str) -> errors.AnswerNotUnderstoodError:
    return errors.AnswerNotUnderstoodError(
        f"The answer to {call.method} {call.path} is not understood. {why}",
        request_id=call.request_id,
        correlation_id=call.correlation_id,
    )


def _unquoted(text: str) -> str | None:
    """What stands between the quotes of `text`; None if it is not quoted."""
    text = text.strip()
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else None
