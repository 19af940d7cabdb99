"""The two ids that every exchange carries: `MS-RequestId` is the idempotency key, `MS-CorrelationId` is for logs."""

from __future__ import annotations

from dataclasses import dataclass

from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.guid import new_guid, read_guid
from partnercenter.wire.messages import Headers, Response


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one exchange, as they are echoed.

    request_id: in lower case, or a fresh one if the client sent none or one that is no GUID.
    correlation_id: likewise; it never decides anything.
    sent: the client sent a request id that is a GUID: a replay of it can be recognised.
    malformed: it sent one that is none.
    """

    request_id: str
    correlation_id: str
    sent: bool
    malformed: bool

    @property
    def replayable(self) -> str | None:
        """The request id under which the answer is remembered. Refusal if the client sent one that is no GUID."""
        if self.malformed:
            raise Refusal(Reason.REQUEST_ID_MALFORMED)
        return self.request_id if self.sent else None

    def stamp(self, response: Response) -> Response:
        """The response with both ids echoed."""
        return response.with_lines(
            [(headers.MS_CORRELATION_ID, self.correlation_id), (headers.MS_REQUEST_ID, self.request_id)]
        )


def identify(lines: Headers) -> Ids:
    """The ids of a request; made where the client sent none (Partner Center REST headers)."""
    raw = lines.get(headers.MS_REQUEST_ID)
    request_id = read_guid(raw or "")
    correlation_id = read_guid(lines.get(headers.MS_CORRELATION_ID) or "")
    return Ids(
        request_id=request_id or new_guid(),
        correlation_id=correlation_id or new_guid(),
        sent=request_id is not None,
        malformed=raw is not None and request_id is None,
    )
