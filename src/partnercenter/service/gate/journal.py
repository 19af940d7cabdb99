"""The journal: the last requests and their answers, without secrets, in a memory of a bounded size."""

from __future__ import annotations

import hashlib
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import msgspec

from partnercenter.service.caller import Caller
from partnercenter.service.gate.correlation import identify
from partnercenter.service.gate.redaction import Redaction
from partnercenter.wire import headers, json_text
from partnercenter.wire.casing import fold
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Request, Response

MOST_ENTRIES: Final = 1_000
MOST_BYTES: Final = 8 * 1024 * 1024
_OF_AN_ENTRY: Final = 512
"""About what an entry without texts takes."""
SIGN_IN: Final = "sign_in"
"""What the journal calls a request to the token authority, which is none of the operations of the API."""


@dataclass(slots=True)
class Course:
    """What became known of a request on its way.

    operation: "" for what is no operation. caller: None as long as nobody is known to ask. fault: that was played.
    """

    operation: str = ""
    caller: Caller | None = None
    fault: str = ""


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One request and its answer.

    sequence: from 1, never used twice, after a reset neither. at: when it came, seconds since the epoch.
    milliseconds: until it was answered. status: 0 if no answer was sent. tenant, user: ids; "" if nobody was known.
    request_id: in lower case; "" if the client sent none. tagged: it names an entity tag, in a header or its body.
    correlated: it carries a correlation id. whole: its body was read; one that is refused on its headers alone is
        answered before. fingerprint: equal for equal requests of one journal; says nothing else.
    """

    sequence: int
    at: float
    milliseconds: float
    method: str
    target: str
    headers: list[tuple[str, str]]
    body: str
    status: int
    response_headers: list[tuple[str, str]]
    response_body: str
    operation: str
    tenant: str
    application: str
    user: str
    fault: str
    request_id: str
    tagged: bool
    correlated: bool
    whole: bool
    fingerprint: str

    @property
    def answered_at(self) -> float:
        """When the answer was sent, seconds since the epoch."""
        return self.at + self.milliseconds / 1000

    def line(self, name: str) -> str | None:
        """The value of the first line of the answer called `name`, in lower case."""
        return next((value for key, value in self.response_headers if key.lower() == name), None)

    def to_wire(self) -> JsonObject:
        """The entry as JSON, without its fingerprint."""
        document: JsonObject = msgspec.to_builtins(self)
        del document["fingerprint"]
        return document


class Journal:
    """The last entries. Older ones make room, when there are too many or they are too large together.

    For one event loop.
    """

    def __init__(self, most_entries: int = MOST_ENTRIES, most_bytes: int = MOST_BYTES, *, last: int = 0) -> None:
        """Begin empty. last: the sequence before that of the first entry."""
        self._most_entries = most_entries
        self._most_bytes = most_bytes
        self._entries: deque[tuple[Entry, int]] = deque()
        self._bytes = 0
        self._last = last
        # So that nobody finds a short body by trying all that there are.
        self._key = secrets.token_bytes(16)
        self._redaction = Redaction()

    def hide(self, texts: Iterable[str]) -> None:
        """Remove these texts, wherever they stand, from what is recorded from now on."""
        self._redaction = Redaction(texts)

    @property
    def last(self) -> int:
        """The sequence of the entry that was recorded last; 0 before the first one."""
        return self._last

    def entries(self, *, after: int = 0, most: int | None = None) -> list[Entry]:
        """What is kept, the oldest first. after: only what has a higher sequence. most: of the oldest ones."""
        found = [entry for entry, _ in self._entries if entry.sequence > after]
        return found if most is None else found[:most]

    def clear(self) -> None:
        """Forget all entries; sequences go on."""
        self._entries.clear()
        self._bytes = 0

    def record(
        self,
        request: Request,
        content: bytes | None,
        response: Response | None,
        course: Course,
        *,
        began: float,
        ended: float,
    ) -> None:
        """Keep one request and its answer.

        content: its body; None if that was not read. response: None if none was sent.
        began, ended: seconds since the epoch.
        """
        self._last += 1
        entry = self._entry(request, content, response or Response(0), course, (began, ended))
        size = _size(entry)
        self._entries.append((entry, size))
        self._bytes += size
        while len(self._entries) > self._most_entries or self._bytes > self._most_bytes:
            self._bytes -= self._entries.popleft()[1]

    def _entry(
        self, request: Request, read: bytes | None, answered: Response, course: Course, times: tuple[float, float]
    ) -> Entry:
        content = read or b""
        redaction, sign_in, caller = self._redaction, course.operation == SIGN_IN, course.caller
        ids = identify(request.headers)
        began, ended = times
        sent_type = request.headers.get(headers.CONTENT_TYPE) or ""
        answer_type = answered.headers.get(headers.CONTENT_TYPE) or ""
        return Entry(
            sequence=self._last,
            at=began,
            milliseconds=round((ended - began) * 1000, 3),
            method=redaction.text(request.method),
            target=redaction.target(request.target, sign_in=sign_in),
            headers=redaction.lines(request.headers),
            body=redaction.body(content, sent_type, request.target, sign_in=sign_in),
            status=answered.status,
            response_headers=redaction.lines(answered.headers),
            response_body=redaction.body(answered.body, answer_type, request.target, sign_in=sign_in),
            operation=course.operation,
            tenant=caller.tenant_id if caller else "",
            application=caller.application_id if caller else "",
            user=caller.user_id if caller else "",
            fault=course.fault,
            request_id=ids.request_id if ids.sent else "",
            tagged=request.headers.get(headers.IF_MATCH) is not None or _has_tag(content),
            correlated=request.headers.get(headers.MS_CORRELATION_ID) is not None,
            whole=read is not None,
            fingerprint=self._fingerprint(request, content),
        )

    def _fingerprint(self, request: Request, content: bytes) -> str:
        conditions = [*request.headers.get_all(headers.IF_MATCH), "", *request.headers.get_all(headers.IF_NONE_MATCH)]
        digest = hashlib.blake2b(key=self._key, digest_size=16)
        for part in (request.method, request.target, *conditions):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
        digest.update(content)
        return digest.hexdigest()


def _has_tag(content: bytes) -> bool:
    """Whether the body carries an entity tag: `attributes.etag`, in any casing."""
    try:
        attributes = _member(json_text.read_lenient(content), "attributes")
    except json_text.JsonTextError:
        return False
    return bool(_member(attributes, "etag"))


def _member(value: JsonValue, name: str) -> JsonValue:
    if not isinstance(value, dict):
        return None
    return next((inner for key, inner in value.items() if fold(key) == name), None)


def _size(entry: Entry) -> int:
    lines = [*entry.headers, *entry.response_headers]
    texts = (entry.target, entry.body, entry.response_body, *(text for line in lines for text in line))
    return _OF_AN_ENTRY + sum(map(len, texts))
