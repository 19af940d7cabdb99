"""One reading of every message: what the HTTP server lets through is checked again, and the body is bounded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import TypeAlias

from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.messages import Request

LARGEST_BODY = 64 * 1024
_DRAINED = 1024 * 1024
BODY_SECONDS = 30.0
_DRAIN_SECONDS = 5.0
_SINGLETONS = (
    headers.AUTHORIZATION,
    headers.CONTENT_LENGTH,
    headers.CONTENT_TYPE,
    headers.EXPECT,
    headers.MS_REQUEST_ID,
    "Host",
)
# Zeros in front of a number are how two readers come to see two of them; a number without them is only too large.
_DIGITS = re.compile(r"[0-9]{1,10}|[1-9][0-9]*", re.ASCII)
_LONGEST_DIGITS = 10
# RFC 9112 §3.2 and RFC 3986 §3.2.2: uri-host [":" port]; empty if the target has no authority.
_HOST = re.compile(r"(?:[\w.~!$&'()*+,;=%-]*|\[[\w.~!$&'()*+,;=:-]+\])(?::[0-9]*)?", re.ASCII)
# RFC 3986 §2.1: a per cent sign that begins no escape; and the NUL, at which some readers end a path.
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})|%00", re.ASCII)
# RFC 9112 §3: method SP request-target SP HTTP-version CRLF, each blank once.
_REQUEST_LINE = re.compile(rb"([A-Z-]+) ([!-~]+) HTTP/([0-9.]+)\r\n")
# RFC 9110 §5.6.2.
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# RFC 6750 §3.1: a token that is sent twice is an invalid request, and the challenge says so.
_CHALLENGES = {headers.AUTHORIZATION: [(headers.WWW_AUTHENTICATE, 'Bearer error="invalid_request"')]}

Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, object]]]


def check_request_line(line: bytes) -> bytes:
    """Refuse a request line that the parser would take, or would refuse without saying why; the method.

    line: with its line end. Raises Refusal.
    """
    parts = _REQUEST_LINE.fullmatch(line)
    # RFC 9110 §15.6.6: 505 for a version that is not spoken. HTTP/0.9 had none, so nobody sends it by that name.
    if parts is None or parts[3] == b"0.9":
        raise Refusal(Reason.MESSAGE_MALFORMED)
    if parts[3] not in (b"1.0", b"1.1"):
        raise Refusal(Reason.VERSION_UNKNOWN)
    return parts[1]


def check_start(version: str, method: bytes, target: bytes, lines: Iterable[tuple[bytes, bytes]]) -> None:
    """Refuse what an application is never told of: tunnels, fragments, transfer codings.

    version: as the parser names it. lines: the header lines, their names in lower case. Raises Refusal.
    """
    # RFC 9110 §9.3.6: what follows a CONNECT is for the other end of a tunnel, never a request to this one.
    if method == b"CONNECT":
        raise Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", "")])
    # RFC 9112 §3.2: no form of target has a fragment; the parser would drop it.
    if b"#" in target:
        raise Refusal(Reason.MESSAGE_MALFORMED)
    values = [value for name, value in lines if name == b"transfer-encoding"]
    # RFC 9112 §6.1: HTTP/1.0 has no transfer codings; an intermediary of that version would not see where it ends.
    if version == "1.0" and values:
        raise Refusal(Reason.MESSAGE_MALFORMED)
    codings = [coding.strip(b" \t").lower() for value in values for coding in value.split(b",")]
    # RFC 9112 §6.1: 501 for a coding that is not understood. What is no list of codings is malformed, as before.
    if all(map(_TOKEN.fullmatch, codings)) and {*codings} - {b"chunked"}:
        raise Refusal(Reason.CODING_UNKNOWN)


def check_head(request: Request, largest: int = LARGEST_BODY) -> None:
    """Refuse header lines that two readers could read in two ways, and a body that is too large by its own word.

    largest: bytes of a body.
    """
    for name in _SINGLETONS:
        if len(request.headers.get_all(name)) > 1:
            raise Refusal(Reason.HEADER_REPEATED, [name], _CHALLENGES.get(name, []))
    if _BAD_ESCAPE.search(request.target) or not _HOST.fullmatch(request.headers.get("Host") or ""):
        raise Refusal(Reason.MESSAGE_MALFORMED)
    _check_length(request, largest)
    if request.method in ("GET", "HEAD") and announces_body(request):
        raise Refusal(Reason.UNEXPECTED_BODY)
    # RFC 9110 §10.1.1: 417 for an expectation that cannot be met.
    if request.headers.get(headers.EXPECT) and not waits_with_body(request):
        raise Refusal(Reason.EXPECTATION)


def _check_length(request: Request, largest: int) -> None:
    length = request.headers.get(headers.CONTENT_LENGTH)
    if length is not None and not _DIGITS.fullmatch(length):
        raise Refusal(Reason.CONTENT_LENGTH)
    # RFC 9112 §6.1: both headers on one message, or another coding than chunked, is how requests are smuggled.
    codings = request.headers.get_all(headers.TRANSFER_ENCODING)
    if codings and (length is not None or [coding.lower() for coding in codings] != ["chunked"]):
        raise Refusal(Reason.MESSAGE_MALFORMED)
    if length is not None and (len(length) > _LONGEST_DIGITS or int(length) > largest):
        raise Refusal(Reason.BODY_TOO_LARGE)


def announces_body(request: Request) -> bool:
    """Whether the header lines say that a body follows (RFC 9112 §6.3)."""
    length = request.headers.get(headers.CONTENT_LENGTH)
    return request.headers.get(headers.TRANSFER_ENCODING) is not None or (length or "").strip("0") != ""


def waits_with_body(request: Request) -> bool:
    """Whether the client holds the body back until it is told to go on."""
    return (request.headers.get(headers.EXPECT) or "").lower() == "100-continue"


class Body:
    """The body of one request, not read before somebody asks for it.

    Asking is what makes the HTTP server say `100 Continue`; a request that is refused on its headers alone
    is therefore answered without it (RFC 9110 §10.1.1).
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False
        self._content = b""

    @property
    def ended(self) -> bool:
        """Whether the whole body was read."""
        return self._ended

    @property
    def content(self) -> bytes:
        """What `read` has read; empty before."""
        return self._content

    async def read(self, largest: int = LARGEST_BODY) -> bytes:
        """The whole body. Refusal if it is larger than `largest`, whatever was declared, or does not come."""
        try:
            async with asyncio.timeout(BODY_SECONDS):
                self._content = await self._collect(largest)
                return self._content
        except TimeoutError:
            raise Refusal(Reason.BODY_TIMEOUT) from None

    async def drain(self) -> None:
        """Read what is left, within reason, so that the client can read its refusal before the line is cut."""
        with suppress(Refusal, TimeoutError):
            async with asyncio.timeout(_DRAIN_SECONDS):
                await self._collect(_DRAINED)

    async def _collect(self, most: int) -> bytes:
        collected = bytearray()
        while not self._ended:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Refusal(Reason.BODY_TIMEOUT)
            chunk = message.get("body", b"")
            collected += chunk if isinstance(chunk, bytes) else b""
            self._ended = not message.get("more_body", False)
            if len(collected) > most:
                raise Refusal(Reason.BODY_TOO_LARGE)
        return bytes(collected)
