"""Saying no: the refusal that every handler raises, and how it is written as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.wire.guid import new_guid, read_guid
from partnercenter.wire.json_text import JsonObject, write
from partnercenter.wire.messages import Headers, Request, Response


class Refused(Exception):  # noqa: N818  # a refusal is a modelled no, not a failure
    """The authority says no. `word` takes the place of `{0}` in the text and is never a sent value."""

    def __init__(self, reason: Aadsts, word: str = "") -> None:
        super().__init__(reason.name)
        self.reason = reason
        self.word = word

    @property
    def error(self) -> str:
        """The OAuth error word (RFC 6749 §4.1.2.1, §5.2; RFC 8628 §3.5; OpenID Connect Core §3.1.2.6)."""
        return self.reason.value.error

    @property
    def status(self) -> int:
        """The HTTP status of this refusal when it is not sent as a redirect."""
        return self.reason.value.status

    @property
    def sentence(self) -> str:
        """`AADSTS<number>: <what is wrong> <what to do>`."""
        return f"AADSTS{self.reason.value.number}: {self.reason.value.text.replace('{0}', self.word)}"


@dataclass(frozen=True, slots=True)
class Trace:
    """What tells one refusal from another in a log: its own id, the caller's id, and the time (UTC)."""

    trace_id: str
    correlation_id: str
    timestamp: str

    @classmethod
    def of(cls, request: Request, now: float) -> Trace:
        """A new trace; the correlation id is the request's `client-request-id` if that is a GUID."""
        sent = request.headers.get("client-request-id")
        timestamp = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        return cls(new_guid(), (sent and read_guid(sent)) or new_guid(), timestamp)

    def describe(self, refused: Refused) -> str:
        """The `error_description`, in the form in which Entra writes it."""
        return (
            f"{refused.sentence} Trace ID: {self.trace_id} "
            f"Correlation ID: {self.correlation_id} Timestamp: {self.timestamp}"
        )


def refuse_with_json(refused: Refused, trace: Trace) -> Response:
    """The error reply of the token and device code endpoints (RFC 6749 §5.2, with Entra's members)."""
    body: JsonObject = {
        "error": refused.error,
        "error_description": trace.describe(refused),
        "error_codes": [refused.reason.value.number],
        "timestamp": trace.timestamp,
        "trace_id": trace.trace_id,
        "correlation_id": trace.correlation_id,
    }
    headers = Headers({"Content-Type": "application/json; charset=utf-8"})
    if refused.status == 401:
        headers = headers.with_line("WWW-Authenticate", 'Basic realm="token authority", charset="UTF-8"')
    if refused.status == 405:
        headers = headers.with_line("Allow", refused.word)
    return Response(refused.status, headers, write(body))
