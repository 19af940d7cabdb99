"""HTTP by hand over a real socket, for what HTTP libraries do not let one send."""

from __future__ import annotations

import json
import re
import socket
import time

import msal

from tests.running_service import SCOPES, RunningService


def access_token(service: RunningService, *, second: bool = False) -> str:
    """A user's token from the authority, through unmodified MSAL."""
    prefix = "PARTNERCENTER_SECOND_" if second else "PARTNERCENTER_"
    found = service.variables
    app = msal.ConfidentialClientApplication(
        found["PARTNERCENTER_CLIENT_ID"],
        client_credential=found["PARTNERCENTER_CLIENT_SECRET"],
        authority=f"{found['PARTNERCENTER_AUTHORITY']}/{found[prefix + 'TENANT_ID']}",
        instance_discovery=False,
        http_client=trusting_session(service),
    )
    result = app.acquire_token_by_refresh_token(found[prefix + "REFRESH_TOKEN"], scopes=SCOPES)
    return str(result["access_token"])


def trusting_session(service: RunningService) -> object:
    """A requests session that trusts the local CA, whatever the environment of the test run says."""
    import requests

    session = requests.Session()
    session.trust_env = False
    session.verify = service.variables["PARTNERCENTER_CA_BUNDLE"]
    return session


class Line:
    """One TLS connection: bytes out, bytes in."""

    def __init__(self, service: RunningService) -> None:
        plain = socket.create_connection(("127.0.0.1", service.port), timeout=10)
        self._socket = service.tls().wrap_socket(plain, server_hostname="localhost")

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def read_until_quiet(self, quiet_seconds: float = 0.3, most_seconds: float = 10) -> bytes:
        """What comes until nothing came for a while, or the other side closed."""
        self._socket.settimeout(quiet_seconds)
        received, end = b"", time.monotonic() + most_seconds
        while time.monotonic() < end:
            try:
                chunk = self._socket.recv(65536)
            except TimeoutError:
                if received:
                    return received
                continue
            if not chunk:
                return received
            received += chunk
        return received

    def is_closed(self) -> bool:
        """Whether the other side has closed."""
        self._socket.settimeout(2)
        try:
            return self._socket.recv(1) == b""
        except TimeoutError:
            return False

    def close(self) -> None:
        self._socket.close()


def exchange(service: RunningService, data: bytes) -> bytes:
    """Send bytes on a line of their own; what came back."""
    line = Line(service)
    try:
        line.send(data)
        return line.read_until_quiet()
    finally:
        line.close()


def request(method: str, path: str, token: str, *lines: str, body: bytes = b"") -> bytes:
    """A request as bytes, with the headers that every one needs."""
    head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def parse(answer: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, header lines (lower-case names) and body of the last response in `answer`."""
    final = answer.rsplit(b"HTTP/1.1 100 Continue\r\n\r\n", 1)[-1]
    head, _, body = final.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(re.split(r":\s*", line, maxsplit=1) for line in lines)
    return int(status.split(" ")[1]), {name.lower(): value for name, value in headers.items()}, body


def current_profile(service: RunningService, token: str) -> dict[str, object]:
    _, _, body = parse(exchange(service, request("GET", "/v1/profiles/billing", token)))
    profile: dict[str, object] = json.loads(body)
    return profile


def current_tag(service: RunningService, token: str) -> str:
    attributes = current_profile(service, token)["attributes"]
    assert isinstance(attributes, dict)
    return str(attributes["etag"])
