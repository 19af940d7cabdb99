"""A real service without TLS for bytes written by hand, and what shows that a refused request did nothing."""

from __future__ import annotations

import json
import socket
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from tests.raw_http import parse
from tests.running_service import SCOPES, RunningService, running_service

PATH = b"/v1/profiles/billing"
# Stands where the token goes, so that tables can be written before there is one.
TOKEN = b"{token}"
# Would be taken, and would change the profile.
BODY = b'{"taxId":"98-7654321"}'
SIZE = len(BODY)
LENGTH = b"Content-Length: %d" % SIZE
# Would be taken too, and is as long.
HARMLESS = b"{}".ljust(SIZE)
CHUNKED = b"Transfer-Encoding: chunked"
CHUNKS = b"%x\r\n%b\r\n0\r\n\r\n" % (SIZE, BODY)
NEXT_ID = b"5b0f2dc6-8a4c-4b0e-9d5f-2c7c3f1d9a10"


def put(
    *lines: bytes,
    body: bytes = BODY,
    method: bytes = b"PUT",
    target: bytes = PATH,
    version: bytes = b" HTTP/1.1",
    host: bytes = b"Host: localhost\r\n",
    end: bytes = b"\r\n",
) -> bytes:
    """A PUT whose body is `body`; its length is for `lines` to tell."""
    rest = [b"Authorization: Bearer " + TOKEN, *lines, b"", b""]
    return method + b" " + target + version + end + host + end.join(rest) + body


def get(*lines: bytes, method: bytes = b"GET", **changes: bytes) -> bytes:
    """A GET."""
    return put(*lines, method=method, **{"body": b""} | changes)


# What is sent behind every message: if it is answered, the connection went on. It ends the connection itself.
NEXT = get(b"MS-CorrelationId: " + NEXT_ID, b"Connection: close")


@dataclass(frozen=True)
class Answers:
    """What came back on one connection, up to its end."""

    received: bytes

    @property
    def statuses(self) -> list[int]:
        return [int(part[:3]) for part in self.received.split(b"HTTP/1.1 ")[1:]]

    @property
    def next_ran(self) -> bool:
        return NEXT_ID in self.received

    def first(self) -> tuple[int, dict[str, str], bytes]:
        """Status, header lines and body of the first answer."""
        begin, _, rest = self.received.partition(b"\r\n\r\n")
        length = parse(begin + b"\r\n\r\n")[1].get("content-length", "0")
        return parse(begin + b"\r\n\r\n" + rest[: int(length)])


@dataclass(frozen=True)
class PlainLine:
    """The service and a token of its first tenant's billing admin."""

    service: RunningService
    token: bytes

    def connect(self) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.service.port), timeout=10)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line

    def filled(self, data: bytes) -> bytes:
        return data.replace(TOKEN, self.token)

    def ask(self, *parts: bytes, half_close: bool = False) -> Answers:
        """Send; read until the service ends the connection. TimeoutError if it does not."""
        with self.connect() as line:
            for part in parts:
                line.sendall(self.filled(part))
            if half_close:
                line.shutdown(socket.SHUT_WR)
            return Answers(read_to_end(line))

    def profile(self) -> tuple[str, JsonObject]:
        """Entity tag and profile."""
        _, lines, body = self.ask(get(b"Connection: close")).first()
        return lines["etag"], _object(body)

    def audit(self) -> list[JsonObject]:
        """The audit entries, newest first."""
        items = _object(self.ask(get(b"Connection: close", target=b"/v1/auditrecords")).first()[2])["items"]
        assert isinstance(items, list)
        return [item for item in items if isinstance(item, dict)]

    def world(self) -> object:
        """All that a change would change."""
        return self.profile(), self.audit()


def read_to_end(line: socket.socket) -> bytes:
    received = b""
    while chunk := line.recv(65536):
        received += chunk
    return received


def _object(body: bytes) -> JsonObject:
    found = json_text.read_strict(body)
    assert isinstance(found, dict)
    return found


@contextmanager
def plain_line(folder: Path) -> Iterator[PlainLine]:
    with running_service(folder, "--no-tls") as service:
        yield PlainLine(service, _token(service.variables))


def _token(found: dict[str, str]) -> bytes:
    """A token for the published refresh token; MSAL would refuse an authority without TLS."""
    form = {
        "grant_type": "refresh_token",
        "client_id": found["PARTNERCENTER_CLIENT_ID"],
        "client_secret": found["PARTNERCENTER_CLIENT_SECRET"],
        "refresh_token": found["PARTNERCENTER_REFRESH_TOKEN"],
        "scope": " ".join(SCOPES),
    }
    address = f"{found['PARTNERCENTER_AUTHORITY']}/{found['PARTNERCENTER_TENANT_ID']}/oauth2/v2.0/token"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, urllib.parse.urlencode(form).encode(), timeout=10) as reply:
        return str(json.load(reply)["access_token"]).encode()
