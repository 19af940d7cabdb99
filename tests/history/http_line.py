"""The client's end of a connection that is kept: bytes out, one answer in. No more HTTP than this needs."""

from __future__ import annotations

import asyncio
import re
import zlib
from typing import NamedTuple

_STATUS = slice(9, 12)
_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)", re.IGNORECASE)
_TAG = re.compile(rb'\r\netag: "([^"]*)"', re.IGNORECASE)
_CODE = re.compile(rb'"code":([0-9]+)')


class LostAnswerError(Exception):
    """The answer did not come: nobody knows what became of the request."""


class NotSentError(Exception):
    """There is no connection: the request was not sent."""


class Answer(NamedTuple):
    """What is kept of an answer."""

    status: int
    code: int
    tag: str
    digest: int


class HttpLine:
    """A connection to one port of loopback, opened when it is needed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def exchange(self, request: bytes, *, seconds: float) -> Answer:
        """Send and wait for the answer at most so long. Raises NotSentError, LostAnswerError."""
        reader = await self._send(request)
        try:
            async with asyncio.timeout(seconds):
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1]) if length else 0)
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            raise LostAnswerError from error
        if b"onnection: close" in head:
            self.close()
        return _answer(head, body)

    async def drop(self, request: bytes, *, seconds: float) -> None:
        """Send, and close without reading after so long. Raises NotSentError."""
        await self._send(request)
        await asyncio.sleep(seconds)
        self.close()

    def close(self) -> None:
        """Close at once; what was sent stays sent."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None

    async def _send(self, request: bytes) -> asyncio.StreamReader:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.close()
            try:
                self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError as error:
                raise NotSentError from error
        self._writer.write(request)
        return self._reader


def _answer(head: bytes, body: bytes) -> Answer:
    status = int(head[_STATUS])
    if status == 200:
        tag = _TAG.search(head)
        return Answer(status, 0, tag[1].decode() if tag else "", zlib.crc32(body))
    code = _CODE.search(body)
    return Answer(status, int(code[1]) if code else 0, "", 0)
