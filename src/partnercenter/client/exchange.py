"""One exchange: the request of an attempt, and what its response says. Values in, values out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar
from urllib.parse import quote

from partnercenter.client import errors, redaction
from partnercenter.client.call import Call
from partnercenter.client.credentials import AccessToken
from partnercenter.client.profile_kinds import ProfileKind
from partnercenter.client.settings import ClientSettings
from partnercenter.wire import headers, json_text
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.error_envelope import ErrorCode, ErrorEnvelope, read_error
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Headers, Request, Response
from partnercenter.wire.profiles import P, Profile
from partnercenter.wire.shapes import Shape, ShapeError

S = TypeVar("S", bound=Shape)

# RFC 9110 §8.8.3, etagc without obs-text: what may stand between the quotes of an entity tag.
_TAG = re.compile(r"[\x21\x23-\x7e]+")

COUNTRY_RULES = "/v1/countryvalidationrules/"

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


def check_is(kind: type, value: object, what: str) -> None:
    """Raise ConfigurationError, which names no value, unless `value` is of the class `kind`. what: begins it."""
    if not isinstance(value, kind):
        raise errors.ConfigurationError(
            f"{what} has to be of the class {kind.__name__}, not {type(value).__name__}.",
            next_step=f"Give an object of the class {kind.__name__}.",
        )


def with_query(path: str, parameters: Mapping[str, str | None]) -> str:
    """`path` with those of `parameters` that have a value as its query (RFC 3986 §3.4)."""
    given = [f"{name}={quote(value, safe='')}" for name, value in parameters.items() if value is not None]
    return f"{path}?{'&'.join(given)}" if given else path


def check_has_tag(profile: Profile) -> None:
    """Raise ConfigurationError if `profile` does not say which version it was read as: lost updates end here."""
    if not profile.attributes.etag:
        raise errors.ConfigurationError(
            "The profile has no entity tag, so the update could overwrite somebody else's change.",
            next_step="Read the profile with get(), change it and update that; or set concurrency to NONE.",
        )


def bare_tag(profile: Profile) -> str:
    """The tag of the version that `profile` was read as, without the quotes that somebody may have put around it."""
    value = profile.attributes.etag or ""
    return _unquoted(value) or value


def entity_tag(profile: Profile) -> EntityTag:
    """`bare_tag` for `If-Match`. Raises ConfigurationError if no header can carry it."""
    bare = bare_tag(profile)
    if not _TAG.fullmatch(bare):
        raise errors.ConfigurationError(
            "attributes.etag cannot stand in If-Match.",
            next_step="Leave the tag as get() returned it, or set concurrency to BODY.",
        )
    return EntityTag(bare)


def known_tag(profile: Profile) -> EntityTag:
    """The tag of the version that the caller has. Raises ConfigurationError if it has none that a header can carry."""
    tag = bare_tag(profile)
    if not _TAG.fullmatch(tag):
        raise errors.ConfigurationError(
            "The profile has no entity tag to compare with.", next_step="Give a profile that get() returned."
        )
    return EntityTag(tag)


def update_body(profile: Profile, *, with_tag: bool) -> JsonObject:
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
        reason, step = str(error), "Correct the text in which half a character stands."
    except TypeError:  # an object of Python's own, which JSON has no word for
        reason, step = "A member has a value that is no JSON.", "Correct the members that profile.validate() names."
    raise errors.ConfigurationError(f"The profile cannot be sent. {reason}", next_step=step)


def secrets_of(body: JsonObject) -> tuple[str, ...]:
    """Texts of `body` that no error may show: the tax id, whatever its type and the casing of its name."""
    return tuple(str(value) for name, value in body.items() if name.lower() == "taxid" and value)


def attempt_request(call: Call, token: AccessToken, settings: ClientSettings, user_agent: str) -> Request:
    """The request of one attempt (Partner Center REST headers). Its target is the whole URL."""
    own = _own_lines(call, token, settings, user_agent)
    if call.further_lines:
        further = {name.lower() for name, _ in call.further_lines}
        own = [line for line in own if line[0].lower() not in further]
    return Request(call.method, settings.api_url + call.path, Headers([*own, *call.further_lines]), call.body or b"")


def _own_lines(call: Call, token: AccessToken, settings: ClientSettings, user_agent: str) -> list[tuple[str, str]]:
    lines = [
        (headers.AUTHORIZATION, f"Bearer {token.token}"),
        (headers.ACCEPT, "application/json"),
        (headers.MS_REQUEST_ID, call.request_id),
        (headers.MS_CORRELATION_ID, call.correlation_id),
        (headers.X_LOCALE, call.locale or settings.locale),
        ("User-Agent", user_agent),
    ]
    if settings.application_name:
        lines.append((headers.APPLICATION_NAME, settings.application_name))
    if call.body is not None:
        lines.append((headers.CONTENT_TYPE, headers.JSON))
    if call.if_match is not None:
        lines.append((headers.IF_MATCH, call.if_match.quoted))
    if call.if_none_match is not None:
        lines.append((headers.IF_NONE_MATCH, call.if_none_match.quoted))
    return lines


def read_profile(kind: ProfileKind[P], call: Call, response: Response) -> P:
    """The profile in a 2xx response, with the entity tag of the body, or else of the `ETag` header."""
    profile = read_shape(kind.shape, kind.name, call, response).remember(response.body)
    # A weak tag, which no If-Match can ever match (RFC 9110 §8.8.3.2), is none.
    profile.attributes.etag = profile.attributes.etag or _unquoted(response.headers.get(headers.ETAG) or "")
    return profile


def read_profile_if_changed(kind: ProfileKind[P], call: Call, response: Response) -> P | None:
    """The profile in a 2xx response; None if the version that the caller has still stands: 304 (RFC 9110 §13.1.2), or
    the same tag once more, for who does not evaluate If-None-Match answers with the whole.
    """
    if response.status == 304:
        return None
    profile = read_profile(kind, call, response)
    is_known = call.if_none_match is not None and bare_tag(profile) == call.if_none_match.value
    return None if is_known else profile


def read_shape(shape: type[S], name: str, call: Call, response: Response) -> S:
    """The object in a 2xx response. name: what it is called if it is not one. Raises AnswerNotUnderstoodError."""
    try:
        return shape.from_wire(read_json(call, response), strict=False)
    except ShapeError as error:
        reason = str(error)  # names members, never values
    raise not_understood(call, f"It is not a {name}: {reason}")


def refusal(call: Call, response: Response, retry_after: float | None, token: AccessToken) -> errors.RefusedError:
    """The error that a 4xx or 5xx response means."""
    envelope = read_error(redaction.hide_in_body(response.body, (token.token, *call.secrets)))
    # The gateway's form has no code but the status once more (HTTP 429); the one published, 400, comes with a 401.
    code = "" if envelope.code == str(response.status) else envelope.code[:64]
    kind = _refusal_class(response.status, envelope)
    said = envelope.description or f"The service refused {call.told} and gave no reason"
    return kind(
        said,
        next_step=_next_step(call, kind, code),
        status=response.status,
        code=code,
        description=envelope.description,
        data=envelope.data,
        source=envelope.source,
        retry_after=retry_after,
        request_id=call.request_id,
        correlation_id=response.headers.get(headers.MS_CORRELATION_ID) or call.correlation_id,
    )


def too_long(call: Call, why: str) -> errors.AnswerNotUnderstoodError:
    """The error that an answer means which was given up because of its length."""
    return not_understood(call, f"It is too large: {why}.")


def check_success(call: Call, response: Response) -> None:
    """Raise AnswerNotUnderstoodError unless the status is a success. Redirects are not followed: a token is for
    the address that it was meant for, and for no other one.
    """
    unchanged = response.status == 304 and call.if_none_match is not None
    if not (unchanged or 200 <= response.status < 300):
        raise not_understood(call, f"HTTP {response.status} is not an answer of this API.")


def _refusal_class(status: int, envelope: ErrorEnvelope) -> type[errors.RefusedError]:
    other = errors.ServerError if status >= 500 else errors.RefusedError
    return _REFUSALS.get((status, envelope.code)) or _REFUSALS.get((status, "")) or other


def _next_step(call: Call, kind: type[errors.RefusedError], code: str) -> str | None:
    """What to do about a question that was refused, which is less than about an update; None: as documented."""
    if kind is errors.BadRequestError and not call.changes_something:
        return "Correct what is named and ask again."
    if kind is errors.NotFoundError and call.path.startswith(COUNTRY_RULES):
        return "Check the country code: there are no rules for this one."
    if kind is errors.NotFoundError and code == f"{ErrorCode.INVALID_PROPERTY:d}":
        return "Check the id: nobody has this one."
    return None


def read_json(call: Call, response: Response) -> JsonValue:
    """The JSON of a 2xx response. Raises AnswerNotUnderstoodError."""
    check_success(call, response)
    try:
        return json_text.read_lenient(response.body)
    except json_text.JsonTextError:
        pass
    raise not_json(call)


def is_readable(call: Call, response: Response) -> bool:
    """Whether `response` is what it says it is; only a success (2xx) has to be JSON for that, and of a call that takes
    any content only one that says so.
    """
    if not 200 <= response.status < 300:
        return True
    says_json = "json" in (response.headers.get(headers.CONTENT_TYPE) or "").lower()
    if call.any_content and not (response.body and says_json):
        return True
    try:
        json_text.read_lenient(response.body)
    except json_text.JsonTextError:
        return False
    return True


def not_json(call: Call) -> errors.AnswerNotUnderstoodError:
    """The error that a 2xx answer means whose body is no JSON."""
    return not_understood(call, "It is not JSON.")


def not_understood(call: Call, why: str) -> errors.AnswerNotUnderstoodError:
    """The error that a 2xx answer means which is not one of this API."""
    return errors.AnswerNotUnderstoodError(
        f"The answer to {call.told} is not understood. {why}",
        request_id=call.request_id,
        correlation_id=call.correlation_id,
    )


def _unquoted(text: str) -> str | None:
    """What stands between the quotes of `text`; None if it is not quoted."""
    text = text.strip()
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else None
