"""One reading of every message: what the HTTP server lets through is checked again, and the body is bounded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
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
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)

Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, object]]]


def check_head(request: Request) -> None:
    """Refuse header lines that two readers could read in two ways, and a body that is too large by its own word."""
    for name in _SINGLETONS:
        if len(request.headers.get_all(name)) > 1:
            raise Refusal(Reason.HEADER_REPEATED, [name])
    _check_length(request)
    if request.method in ("GET", "HEAD") and announces_body(request):
        raise Refusal(Reason.UNEXPECTED_BODY)
    # RFC 9110 §10.1.1: 417 for an expectation that cannot be met.
    if request.headers.get(
        headers.EXPECT,
    ) not in (None, "") and not waits_with_body(request):
        raise Refusal(Reason.EXPECTATION)


def _check_length(request: Request) -> None:
    length = request.headers.get(headers.CONTENT_LENGTH)
    if length is not None and not _DIGITS.fullmatch(length):
        raise Refusal(Reason.CONTENT_LENGTH)
    # RFC 9112 §6.1: both headers on one message, or another coding than chunked, is how requests are smuggled.
    codings = request.headers.get_all(headers.TRANSFER_ENCODING)
    if codings and (length is not None or [coding.lower() for coding in codings] != ["chunked"]):
        raise Refusal(Reason.MESSAGE_MALFORMED)
    if length is not None and int(length) > LARGEST_BODY:
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

    @property
    def ended(self) -> bool:
        """Whether the whole body was read."""
        return self._ended

    async def read(self) -> bytes:
        """The whole body. Refusal if it is larger than LARGEST_BODY, whatever was declared, or does not come."""
        try:
            return await asyncio.wait_for(self._collect(LARGEST_BODY), BODY_SECONDS)
        except TimeoutError:
            raise Refusal(Reason.BODY_TIMEOUT) from None

    async def drain(self) -> None:
        """Read what is left, within reason, so that the client can read its refusal before the line is cut."""
        with suppress(Refusal, TimeoutError):
            await asyncio.wait_for(self._collect(_DRAINED), _DRAIN_SECONDS)

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
