"""One connection: uvicorn's httptools protocol, with bounds on what it takes and refusals in the error envelope."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from socket import SO_LINGER, SOL_SOCKET
from typing import TYPE_CHECKING, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from partnercenter.service.asgi import DROP
from partnercenter.service.gate import framing
from partnercenter.service.gate.correlation import identify
from partnercenter.service.languages import tell
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
    from uvicorn.server import ServerState

LARGEST_HEAD = 32 * 1024
LARGEST_TARGET = 8 * 1024
LARGEST_LINE = 8 * 1024
MOST_HEADER_LINES = 64
# RFC 9112 §7.1.1: the extensions of a chunk are to be limited; nobody uses them.
LARGEST_CHUNK_LINE = 256
# What the parser is given at once: a bound is overrun by no more than this.
_PIECE = 4096
# What the parser refuses, by its own word, where that is not a message out of shape.
_REASONS = {"Content-Length overflow": Reason.BODY_TOO_LARGE}


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How many seconds this side waits, and for what.

    head: for the TLS handshake, for the first byte after it, and from the first byte of a head to its end.
    idle: for the next request on a connection that has had one.
    linger: for a client to read its refusal while it still sends.
    drain: at the end, for the requests under way.
    """

    head: float = 10
    idle: int = 15
    linger: float = 1
    drain: float = 5


DEADLINES = Deadlines()


class EnvelopeProtocol(HttpToolsProtocol):
    """The protocol that refuses what is no HTTP, too much or too late, in the error envelope like every other no."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, object],
        _loop: asyncio.AbstractEventLoop | None = None,
        deadlines: Deadlines = DEADLINES,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.timeout_keep_alive = deadlines.idle
        self._deadlines = deadlines
        self._deadline: asyncio.TimerHandle | None = None
        self._in_head = True
        # The request line while it comes; None once it was checked. The method, if it is one.
        self._request_line: bytearray | None = bytearray()
        self._method_asked = b""
        self._upgrade_asked = False
        # Bytes that are no content: of the head, or of chunk framing and trailers since the last byte of content.
        self._overhead = 0
        # Of content in chunks: the line that says how long the next chunk is, while it comes; what is left of a chunk.
        self._chunked = False
        self._chunk_line: bytearray | None = None
        self._chunk_left = 0
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._refusal: Refusal | None = None

    # What comes in

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Wait for the first byte, but not for ever."""
        super().connection_made(transport)
        self._set_deadline(self._deadlines.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget what was waited for."""
        self._unset_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Give the parser one piece after the other, for as long as this connection is to be read at all."""
        self._unset_keepalive_if_required()
        position = 0
        # RFC 9112 §9.6: nothing after the last request of a connection is processed.
        while position < len(data) and not (self._refusal or self.transport.is_closing()):
            position += self._take(self._piece(data, position))

    def eof_received(self) -> bool:  # type: ignore[override]  # as in asyncio
        """Answer whoever has asked all, and ended its half of the line to say so (RFC 9112 §9.6).

        A request that was cut off is not run. TLS cannot keep one half open (asyncio's `can_write_eof`).
        """
        asked = [cycle for cycle in self._unanswered if not cycle.more_body]
        if not (asked and self.transport.can_write_eof()):
            return False
        self._unset_deadline()
        # A refusal that waits for its turn closes the connection itself.
        asked[-1].keep_alive = self._refusal is not None
        return True

    def _piece(self, data: bytes, start: int) -> bytes:
        """The next piece: one line, of a head or between chunks, so that each is counted from its first byte."""
        if self._chunk_left:
            return data[start : start + min(_PIECE, self._chunk_left)]
        end = start + _PIECE
        line_end = data.find(b"\n", start, end) if self._in_head or self._chunked else -1
        return data[start : line_end + 1 if line_end >= 0 else end]

    def _take(self, piece: bytes) -> int:
        """Count and parse; how many bytes were taken."""
        if self._in_head and not self._overhead:
            self._set_deadline(self._deadlines.head)
        try:
            return self._parse(piece)
        except Refusal as refusal:
            self._refuse(refusal)
        return len(piece)

    def _parse(self, piece: bytes) -> int:
        """Give the parser a piece; how many bytes it took. Refusal if they are too many or no HTTP."""
        self._overhead += len(piece)
        if self._overhead > LARGEST_HEAD:
            raise Refusal(Reason.HEAD_TOO_LARGE)
        if self._chunk_line is not None:
            self._chunk_line += piece
            if len(self._chunk_line.rstrip(b"\r\n")) > LARGEST_CHUNK_LINE:
                raise Refusal(Reason.MESSAGE_MALFORMED)
        if self._in_head and self._request_line is not None:
            self._read_request_line(self._request_line, piece)
        try:
            self.parser.feed_data(piece)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade()
            return cast("int", upgrade.args[0])
        except httptools.HttpParserInvalidMethodError:
            raise Refusal(Reason.METHOD_UNKNOWN if self._method_asked else Reason.MESSAGE_MALFORMED) from None
        except httptools.HttpParserError as error:
            cause = error.__context__
            by_word = Refusal(_REASONS.get(str(error), Reason.MESSAGE_MALFORMED))
            raise cause if isinstance(cause, Refusal) else by_word from None
        return len(piece)

    def _read_request_line(self, line: bytearray, piece: bytes) -> None:
        line += piece
        if not line.strip(b"\r\n"):
            # RFC 9112 §2.2: empty lines before a request are ignored.
            line.clear()
        elif line.endswith(b"\n"):
            self._method_asked = framing.check_request_line(bytes(line))
            self._request_line = None

    def _ignore_upgrade(self) -> None:
        """RFC 9110 §7.8: a server may ignore Upgrade. The parser would skip the body, so it reads the head anew."""
        if self._upgrade_asked:
            head = self._head_without_upgrade()
            self.parser, self._overhead = _new_parser(self), 0
            self._parse(head)

    def _head_without_upgrade(self) -> bytes:
        version = self.parser.get_http_version().encode()
        request_line = b"%s %s HTTP/%s" % (self.parser.get_method(), self.url, version)
        lines = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join([request_line, *lines, b"", b""])

    # What the parser says

    def on_message_begin(self) -> None:
        """Begin with a head."""
        super().on_message_begin()
        self._upgrade_asked = False

    def on_url(self, url: bytes) -> None:
        """Refuse a long target before more of it is kept (RFC 9112 §3)."""
        super().on_url(url)
        if len(self.url) > LARGEST_TARGET:
            raise Refusal(Reason.TARGET_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header line, within bounds; drop a trailer: it must not pass for a header (RFC 9110 §6.5.1)."""
        if not self._in_head:
            return
        if len(self.headers) == MOST_HEADER_LINES or len(name) + len(value) > LARGEST_LINE:
            raise Refusal(Reason.HEAD_TOO_LARGE)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin with the request; from here on its body has its own deadline (gate/framing.py)."""
        method, version = self.parser.get_method(), self.parser.get_http_version()
        names = {name for name, _ in self.headers}
        framing.check_start(version, method, self.url, self.headers)
        self._upgrade_asked = self.parser.should_upgrade()
        if self._upgrade_asked:
            return
        if version == "1.0":
            # RFC 9110 §10.1.1: an expectation of HTTP/1.0 is ignored; its client would not know what 100 means.
            self.headers[:] = [line for line in self.headers if line[0] != b"expect"]
            self.expect_100_continue = False
        super().on_headers_complete()
        self._unset_deadline()
        self._in_head, self._overhead = False, 0
        self._chunked = b"transfer-encoding" in names
        self._chunk_line = bytearray() if self._chunked else None
        self._unanswered.append(self.cycle)
        self.cycle.scope["extensions"] = {DROP: {"drop": partial(self._drop, self.cycle)}}

    def on_chunk_header(self) -> None:
        """Know how much content follows: the parser has found the line good, up to its end."""
        size = bytes(self._chunk_line or b"0").partition(b";")[0]
        self._chunk_left, self._chunk_line = int(size, 16), None

    def on_chunk_complete(self) -> None:
        """Expect the line of the next chunk."""
        self._chunk_line, self._overhead = bytearray(), 0

    def on_body(self, body: bytes) -> None:
        """Content is bounded by who reads it."""
        self._overhead = 0
        self._chunk_left -= len(body) if self._chunked else 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Expect the next head."""
        if self._upgrade_asked:
            return
        self._in_head, self._overhead = True, 0
        self._chunked, self._chunk_line = False, None
        self._request_line, self._method_asked = bytearray(), b""
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with the next request, or with the refusal that had to wait for its turn (RFC 9112 §9.3.2)."""
        self._unanswered.popleft()
        super().on_response_complete()
        if self._refusal and not self._unanswered:
            self._write_refusal(self._refusal, Headers())

    # Deadlines

    def _set_deadline(self, seconds: float) -> None:
        self._unset_deadline()
        self._deadline = self.loop.call_later(seconds, self._on_deadline)

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()

    def _on_deadline(self) -> None:
        if self._refusal or not self._overhead:
            self.transport.close()
        elif self.flow.read_paused:
            # It is this side that does not read.
            self._set_deadline(self._deadlines.head)
        else:
            self._refuse(Refusal(Reason.HEAD_TIMEOUT))

    # Refusals, and the end

    def _refuse(self, refusal: Refusal) -> None:
        """Read no further; answer in turn, and close."""
        self._refusal = refusal
        self._unset_deadline()
        if self._in_head:
            if not self._unanswered:
                self._write_refusal(refusal, Headers())
        elif self._unanswered:
            self._refuse_under_way(self._unanswered.pop(), refusal)
        else:
            self.transport.close()

    def _refuse_under_way(self, cycle: RequestResponseCycle, refusal: Refusal) -> None:
        """Refuse a request whose head was good. If others go before it, the refusal waits for them."""
        if self._unanswered:
            self.pipeline.popleft()
            return
        cycle.disconnected = True
        cycle.message_event.set()
        if cycle.response_started:
            self.transport.close()
        else:
            lines = cast("list[tuple[bytes, bytes]]", cycle.scope["headers"])
            self._write_refusal(refusal, Headers((n.decode("latin-1"), v.decode("latin-1")) for n, v in lines))

    def _write_refusal(self, refusal: Refusal, request_lines: Headers) -> None:
        if self.transport.is_closing():
            return
        self._unset_keepalive_if_required()
        response = identify(request_lines).stamp(tell(refusal, request_lines))
        date = [(name.decode(), value.decode()) for name, value in self.server_state.default_headers]
        length = (headers.CONTENT_LENGTH, str(len(response.body)))
        lines = [*date, *response.headers, length, (headers.CONNECTION, "close")]
        head = "".join(f"{name.lower()}: {value}\r\n" for name, value in lines)
        status = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n"
        self.transport.write(f"{status}{head}\r\n".encode("latin-1") + response.body)
        self._close_gently()

    def _close_gently(self) -> None:
        """RFC 9112 §9.6: to close while the client still sends would reset the line and lose the answer."""
        self.flow.resume_reading()
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self._set_deadline(self._deadlines.linger)

    def _drop(self, cycle: RequestResponseCycle, *, reset: bool) -> None:
        """End the connection without an answer, as a planned fault wants it."""
        cycle.disconnected = True
        if reset:
            # RFC 9293 §3.10.7: what closes without lingering sends RST instead of FIN.
            self.transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def shutdown(self) -> None:
        """End this connection when its last answer is out; one without a request is cut at once.

        A TLS goodbye waits for the other side's, and a client that keeps an idle connection never reads it.
        """
        if self._unanswered or self.transport.get_write_buffer_size():
            super().shutdown()
        else:
            self.transport.abort()

    def give_up(self) -> None:
        """End this connection now: the request under way is answered 503 if its answer has not begun."""
        if self._unanswered:
            under_way = self._unanswered.popleft()
            self._unanswered.clear()
            self._refuse_under_way(under_way, Refusal(Reason.STOPPING))
        self.transport.close()


def _new_parser(protocol: HttpToolsProtocol) -> httptools.HttpRequestParser:
    """A parser as uvicorn makes it."""
    parser = httptools.HttpRequestParser(protocol)
    parser.set_dangerous_leniencies(lenient_data_after_close=True)
    return parser
