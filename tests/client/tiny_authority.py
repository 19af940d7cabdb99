"""A token authority of a few lines over real TLS: it answers each token request from a script."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qs

import trustme

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from tests.client.listening import listening, plain, read_request

TENANT = "11111111-2222-4333-8444-555555555555"


def tokens(access: str, refresh: str | None = None, **more: str | int) -> JsonObject:
    given: JsonObject = {"token_type": "Bearer", "access_token": access, "expires_in": 3599, **more}
    return given | ({"refresh_token": refresh} if refresh else {})


def aadsts(number: int, error: str = "invalid_grant", text: str = "It is so.") -> JsonObject:
    description = f"AADSTS{number}: {text}\r\nTrace ID: 0-1\r\nCorrelation ID: 0-2\r\nTimestamp: 2026"
    return {"error": error, "error_codes": [number], "error_description": description, "correlation_id": "0-2"}


class TinyAuthority:
    """`asked`: the form of every POST, in order. `discovery`: status and body if it is to go wrong."""

    def __init__(self, *script: JsonObject | bytes) -> None:
        self.script = list(script)
        self.asked: list[Mapping[str, str]] = []
        self.discovery: bytes | None = None
        self.url = ""
        self.ca_bundle = ""

    def __call__(self, connection: socket.socket) -> None:
        head, _, body = read_request(connection).partition(b"\r\n\r\n")
        if head.startswith(b"GET"):
            connection.sendall(self.discovery or plain(json_text.write(self._endpoints())))
            return
        self.asked.append({name: values[0] for name, values in parse_qs(body.decode()).items()})
        answer = self.script.pop(0)
        if isinstance(answer, bytes):
            connection.sendall(answer)
        else:
            status = "400 Bad Request" if "error" in answer else "200 OK"
            connection.sendall(plain(json_text.write(answer), status, "Content-Type: application/json"))

    def _endpoints(self) -> JsonObject:
        root = f"{self.url}/{TENANT}/oauth2/v2.0"
        return {
            "issuer": f"{self.url}/{TENANT}/v2.0",
            "authorization_endpoint": f"{root}/authorize",
            "token_endpoint": f"{root}/token",
            "device_authorization_endpoint": f"{root}/devicecode",
        }


A = TypeVar("A", bound=TinyAuthority)


def tiny_authority(folder: Path, *script: JsonObject | bytes) -> contextlib.AbstractContextManager[TinyAuthority]:
    """A running authority; its certificate authority is in `ca_bundle`."""
    return serving(TinyAuthority(*script), folder)


@contextlib.contextmanager
def serving(authority: A, folder: Path) -> Iterator[A]:
    """`authority` while it runs; its certificate authority is in `ca_bundle`."""
    certificates = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificates.issue_cert("127.0.0.1").configure_cert(context)
    authority.ca_bundle = str(folder / "authority.pem")
    certificates.cert_pem.write_to_path(authority.ca_bundle)
    with listening(authority, context) as authority.url:
        yield authority
