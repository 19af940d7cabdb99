"""Every modelled "no" of the API, and the one table that says which status and code it is answered with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from partnercenter.wire import headers, json_text
from partnercenter.wire.error_envelope import ErrorCode, ErrorEnvelope
from partnercenter.wire.headers import JSON
from partnercenter.wire.messages import Headers, Response
from partnercenter.wire.shapes import Violation

SOURCE = "PartnerCenterLocal"


class Answer(NamedTuple):
    """One row of the table."""

    status: int
    code: ErrorCode | None
    description: str


class Reason(Enum):
    """Why the service says no. The sentence says what to do next and never repeats what was sent."""

    MESSAGE_MALFORMED = Answer(400, ErrorCode.INVALID_REQUEST, "The message is not HTTP/1.1. Correct its framing.")
    HEADER_REPEATED = Answer(400, ErrorCode.INVALID_REQUEST, "A header that may stand once stands twice. Send it once.")
    CONTENT_LENGTH = Answer(400, ErrorCode.INVALID_REQUEST, "Content-Length must be 1 to 10 digits. Correct it.")
    UNEXPECTED_BODY = Answer(400, ErrorCode.INVALID_REQUEST, "A GET takes no body. Send it without one.")
    BODY_UNREADABLE = Answer(400, ErrorCode.INVALID_REQUEST, "The body is not one JSON object. See data for the cause.")
    PROPERTY_INVALID = Answer(400, ErrorCode.INVALID_PROPERTY, "Members have invalid values. See data for each one.")
    INVALID_FOR_COUNTRY = Answer(
        400,
        ErrorCode.INVALID_FOR_COUNTRY,
        "A property has invalid data for the country. See data for each one, and GET /v1/countryvalidationrules.",
    )
    WORD_NOT_KNOWN = Answer(400, ErrorCode.WORD_NOT_KNOWN, "A word is none of those that it can be. See data.")
    QUERY_INVALID = Answer(400, ErrorCode.INVALID_REQUEST, "The query is not understood. See data for each parameter.")
    REQUEST_ID_MISSING = Answer(400, ErrorCode.INVALID_REQUEST, "A change needs an MS-RequestId. Send a fresh GUID.")
    REQUEST_ID_MALFORMED = Answer(
        400, ErrorCode.INVALID_REQUEST, "MS-RequestId must be one GUID (8-4-4-4-12). Send a fresh one."
    )
    REQUEST_ID_REUSED = Answer(
        400, ErrorCode.INVALID_REQUEST, "MS-RequestId was used for another request. Send a fresh one."
    )
    PRECONDITION_MALFORMED = Answer(
        400,
        ErrorCode.INVALID_REQUEST,
        'Conditions must be * or entity tags in double quotes, as in If-Match: "<etag>".',
    )
    BODY_TAG_STALE = Answer(
        400, ErrorCode.ENTITY_TAG_NOT_VALID, "Etag is no longer valid. Read the profile again and repeat the change."
    )
    TOKEN_MISSING = Answer(
        401, ErrorCode.TOKEN_MISSING, "The request has no token. Send Authorization: Bearer <token>."
    )
    TOKEN_NOT_ACCEPTED = Answer(
        401, ErrorCode.ACCESS_DENIED, "Access denied: the token is not accepted. Sign in again."
    )
    REAL_TOKEN = Answer(
        401,
        ErrorCode.ACCESS_DENIED,
        "This is a local Partner Center, and the token is one of a real cloud. Never send it here; sign in at the local"
        " token authority.",
    )
    AUDIENCE_RETIRED = Answer(
        401,
        ErrorCode.AUDIENCE_RETIRED,
        "The audience of the token is no longer supported. Ask for a token for the Partner Center API itself.",
    )
    MFA_REQUIRED = Answer(
        401, ErrorCode.MFA_REQUIRED, "The token has no MFA claim. Sign in again with a second factor."
    )
    APP_ONLY = Answer(
        403,
        ErrorCode.APP_ONLY_NOT_SUPPORTED,
        "The resource does not support app-only authentication. Sign in as a user (App+User).",
    )
    ROLE_NOT_ALLOWED = Answer(
        403, ErrorCode.ROLE_NOT_ALLOWED, "The user's roles do not allow this. Ask for a role that does."
    )
    NOT_FOUND = Answer(404, ErrorCode.NOT_FOUND, "There is no such resource. Check the path.")
    MPN_ID_NOT_FOUND = Answer(
        404, ErrorCode.INVALID_PROPERTY, "Partner Organization with this partner_id could not be found. Check mpnId."
    )
    COUNTRY_NOT_FOUND = Answer(
        404,
        ErrorCode.NOT_FOUND,
        "No validation rules were found for the country/region. Send its ISO 3166-1 alpha-2 code, as in GB.",
    )
    ACCOUNT_NOT_FOUND = Answer(
        404, ErrorCode.NOT_FOUND, "No user, application or tenant has this id. The seed data lists them."
    )
    METHOD_NOT_ALLOWED = Answer(
        405, ErrorCode.NOT_SUPPORTED, "The resource does not support this method. See the Allow header."
    )
    NOT_ACCEPTABLE = Answer(406, ErrorCode.INVALID_REQUEST, "Only application/json is offered. Accept it.")
    BODY_TIMEOUT = Answer(408, ErrorCode.INVALID_REQUEST, "The body did not come to its end. Send the request again.")
    HEAD_TIMEOUT = Answer(408, ErrorCode.INVALID_REQUEST, "The head did not come to its end. Send the request again.")
    PRECONDITION_FAILED = Answer(
        412, ErrorCode.ENTITY_TAG_NOT_VALID, "Etag is no longer valid. Read the profile again and repeat the change."
    )
    BODY_TOO_LARGE = Answer(413, ErrorCode.INVALID_REQUEST, "The body is larger than 64 KiB. Send a smaller one.")
    TARGET_TOO_LONG = Answer(414, ErrorCode.INVALID_REQUEST, "The target is longer than 8 KiB. Send a shorter one.")
    MEDIA_TYPE = Answer(
        415, ErrorCode.INVALID_REQUEST, "Only application/json in UTF-8, not compressed, is understood. Send that."
    )
    EXPECTATION = Answer(417, ErrorCode.INVALID_REQUEST, "Only Expect: 100-continue is understood. Leave others out.")
    PRECONDITION_REQUIRED = Answer(
        428, ErrorCode.INVALID_REQUEST, "A change needs the entity tag that it replaces. Send it as If-Match."
    )
    HEAD_TOO_LARGE = Answer(
        431,
        ErrorCode.INVALID_REQUEST,
        "The head is larger than 32 KiB, or has more than 64 lines or one of more than 8 KiB. Send less.",
    )
    THROTTLED = Answer(429, None, "Rate limit is exceeded. Try again in {seconds} seconds.")
    UNEXPECTED = Answer(500, ErrorCode.UNEXPECTED, "An unexpected error occurred. The server's log has the details.")
    METHOD_UNKNOWN = Answer(
        501, ErrorCode.NOT_SUPPORTED, "The method is not known. Send GET, HEAD, PUT, POST or OPTIONS."
    )
    CODING_UNKNOWN = Answer(
        501, ErrorCode.INVALID_REQUEST, "Only the transfer coding chunked is understood. Send the body in it, or plain."
    )
    VERSION_UNKNOWN = Answer(
        505, ErrorCode.INVALID_REQUEST, "Only versions 1.0 and 1.1 of HTTP are spoken. Send one of them."
    )
    STORAGE_UNAVAILABLE = Answer(
        503,
        ErrorCode.UNEXPECTED,
        "The storage cannot answer, so the outcome is unknown. Repeat with the same MS-RequestId.",
    )
    STOPPING = Answer(
        503,
        ErrorCode.UNEXPECTED,
        "The service stops, so the outcome is unknown. Repeat with the same MS-RequestId once it runs again.",
    )


class Refusal(Exception):  # noqa: N818 - the word of the glossary; a refusal is an answer, not a mishap
    """The service says no, and nothing was changed.

    reason: the row of the table.
    data: one line for each thing that is wrong; no line may hold a value that was sent, but for a word sent to /admin.
    lines: further header lines of the answer.
    facts: what fills the names in braces of the table's sentence.
    """

    def __init__(
        self,
        reason: Reason,
        data: Iterable[object] = (),
        lines: Iterable[tuple[str, str]] = (),
        facts: Mapping[str, str | int] | None = None,
    ) -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.data = tuple(data)
        self.lines = tuple(lines)
        self.facts = facts or {}

    def to_response(self, translate: Callable[[str], str] = str) -> Response:
        """The refusal as it crosses the wire: status and error envelope.

        translate: gives a sentence of the table, or the reason of a violation, in the reader's language.
        """
        status, code, description = self.reason.value
        text = translate(description)
        if code is None:
            # Made by the gateway in front of the real service, which has an envelope of its own.
            body = json_text.write({"statusCode": status, "message": text.format_map(self.facts)})
        else:
            data = (line.tell(translate) if isinstance(line, Violation) else translate(str(line)) for line in self.data)
            body = ErrorEnvelope(str(int(code)), text, tuple(data), SOURCE).to_wire()
        lines = [(headers.CONTENT_TYPE, JSON), (headers.CACHE_CONTROL, "no-store"), *self.lines]
        return Response(status, Headers(lines), body)


def throttled(seconds: int) -> Refusal:
    """The refusal of a tenant that sent too much (Partner Center throttling guidance).

    seconds: after which it may go on; `Retry-After` has them as a whole number, always.
    """
    return Refusal(Reason.THROTTLED, lines=[(headers.RETRY_AFTER, str(seconds))], facts={"seconds": seconds})
