"""The two requests that are measured, as bytes: a GET, and the PUT of what a GET answered with one member changed."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from itertools import count

from partnercenter.wire.json_text import JsonObject, JsonValue

BILLING = "/v1/profiles/billing"
_TAG, _NUMBER = "@tag@", "@number@"


@dataclass(frozen=True, slots=True)
class PutBody:
    """A profile with two holes: the purchase order number that changes, and the entity tag that must hold."""

    parts: tuple[bytes, bytes, bytes]

    @classmethod
    def of(cls, profile: JsonObject, envelope: str | None = None) -> PutBody:
        """The profile as a client sends it back that keeps every member that it was given.

        envelope: the member around the profile that the server wants, as Kinto does; None = there is none.
        """
        attributes: JsonValue = profile.get("attributes")
        known = dict(attributes) if isinstance(attributes, dict) else {}
        kept = {name: value for name, value in profile.items() if name not in ("purchaseOrderNumber", "attributes")}
        sent = kept | {"purchaseOrderNumber": _NUMBER, "attributes": known | {"etag": _TAG}}
        text = json.dumps({envelope: sent} if envelope else sent, separators=(",", ":"))
        before, _, rest = text.partition(_NUMBER)
        between, _, after = rest.partition(_TAG)
        return cls((before.encode(), between.encode(), after.encode()))

    def filled(self, tag: bytes, number: int) -> bytes:
        """The body. tag: bare, without quotes. number: of any size; six digits are sent."""
        before, between, after = self.parts
        return b"%b%06d%b%b%b" % (before, number % 1_000_000, between, tag, after)


@dataclass(slots=True)
class RequestIds:
    """New GUIDs, cheaply: a random first half, and a counter. No two PUTs of a run have the same one."""

    start: str = field(default_factory=lambda: str(uuid.uuid4())[:24])
    numbers: count[int] = field(default_factory=count)

    def next(self) -> bytes:
        """One that was not given before."""
        return b"%b%012x" % (self.start.encode(), next(self.numbers))


@dataclass(slots=True)
class Caller:
    """One partner's requests. It knows the entity tag of its last answer, so every PUT of it can succeed.

    path: what is asked for. authorization: the value of that header; "" = the server knows none.
    envelope: see PutBody.
    """

    path: str
    authorization: str
    envelope: str | None = None
    tag: bytes = b""
    _ids: RequestIds = field(default_factory=RequestIds)
    _sent: int = 0
    _body: PutBody | None = None

    def learn(self, answer: bytes) -> None:
        """Make the body of the PUTs of what a GET answered."""
        profile = json.loads(answer)
        self._body = PutBody.of(profile[self.envelope] if self.envelope else profile, self.envelope)

    def get(self) -> bytes:
        """A GET."""
        return b"GET %b\r\n\r\n" % self._head()

    def put(self) -> bytes:
        """A PUT with a new request id, the tag of the last answer in header and body, and one member changed."""
        assert self._body is not None
        self._sent += 1
        body = self._body.filled(self.tag, self._sent)
        condition = b'If-Match: "%b"\r\n' % self.tag if self.tag else b""
        return b"PUT %b\r\n%bMS-RequestId: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
            self._head(),
            condition,
            self._ids.next(),
            len(body),
            body,
        )

    def _head(self) -> bytes:
        lines = [f"{self.path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
        if self.authorization:
            lines.append(f"Authorization: {self.authorization}")
        return "\r\n".join(lines).encode()
