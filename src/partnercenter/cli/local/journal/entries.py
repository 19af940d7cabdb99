"""An entry of the journal of a local service: one request and its answer, as the administration sends it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from partnercenter.wire.json_text import JsonObject

Line = tuple[str, str]


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One request.

    sequence: counted from 1. at: when it came, seconds since the epoch. milliseconds: until it was answered.
    target: as on the request line (RFC 9112 §3.2). headers, response_headers: name and value, in their order.
    body, response_body: "" for none. status: 0 if no answer was sent. operation, fault: "" for none.
    """

    sequence: int
    at: float
    milliseconds: float
    method: str
    target: str
    headers: Sequence[Line] = ()
    body: str = ""
    status: int = 0
    response_headers: Sequence[Line] = ()
    response_body: str = ""
    operation: str = ""
    tenant: str = ""
    fault: str = ""

    @property
    def time(self) -> str:
        """When it came, ISO 8601 in UTC, to the millisecond."""
        return datetime.fromtimestamp(self.at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_entries(answer: JsonObject) -> list[Entry]:
    """The entries of what the administration answered. Raises AnswerNotUnderstoodError if it is none of its answers."""
    from partnercenter import AnswerNotUnderstoodError

    try:
        return msgspec.convert(answer.get("entries"), list[Entry])
    except msgspec.ValidationError as error:
        raise AnswerNotUnderstoodError(
            f"The journal of this service cannot be read: {error}.",
            next_step="Use the `partnercenter` that the service was started with.",
        ) from None


def find(lines: Sequence[Line], name: str) -> str:
    """The value of the first line called `name`, in lower case; "" if there is none."""
    return next((value for given, value in lines if given.lower() == name), "")
