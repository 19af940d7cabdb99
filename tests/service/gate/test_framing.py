"""One reading of every message. Row ids are those of the catalogue of bad inputs."""

from __future__ import annotations

import asyncio

import pytest

from partnercenter.service.gate import framing
from partnercenter.service.gate.framing import LARGEST_BODY, Body
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Headers, Request
from tests.service.stage import Line

Lines = list[tuple[str, str]]


def request(*lines: tuple[str, str], method: str = "PUT", target: str = "/v1/profiles/billing") -> Request:
    return Request(method, target, Headers(lines))


REFUSED: dict[str, tuple[Request, Reason]] = {
    "F01-length-and-chunked": (
        request(("Content-Length", "2"), ("Transfer-Encoding", "chunked")),
        Reason.MESSAGE_MALFORMED,
    ),
    "F02-two-lengths": (request(("Content-Length", "1"), ("Content-Length", "2")), Reason.HEADER_REPEATED),
    "F03-two-equal-lengths": (request(("Content-Length", "1"), ("Content-Length", "1")), Reason.HEADER_REPEATED),
    "F03-length-list": (request(("Content-Length", "7, 7")), Reason.CONTENT_LENGTH),
    "F04-plus": (request(("Content-Length", "+7")), Reason.CONTENT_LENGTH),
    "F05-hex": (request(("Content-Length", "0x7")), Reason.CONTENT_LENGTH),
    "F06-underscore": (request(("Content-Length", "0_7")), Reason.CONTENT_LENGTH),
    "F07-minus": (request(("Content-Length", "-1")), Reason.CONTENT_LENGTH),
    "F08-empty": (request(("Content-Length", "")), Reason.CONTENT_LENGTH),
    "F09-letter": (request(("Content-Length", "7z")), Reason.CONTENT_LENGTH),
    "F10-blank": (request(("Content-Length", "1 0")), Reason.CONTENT_LENGTH),
    "F11-thirty-digits": (request(("Content-Length", "9" * 30)), Reason.BODY_TOO_LARGE),
    "F11-more-digits-than-int-takes": (request(("Content-Length", "9" * 5000)), Reason.BODY_TOO_LARGE),
    "F11-zeros-and-too-many-digits": (request(("Content-Length", "0" * 10 + "1")), Reason.CONTENT_LENGTH),
    "F11-leading-zeros": (request(("Content-Length", "0" * 5000 + "1")), Reason.CONTENT_LENGTH),
    "F13-two-codings": (request(("Transfer-Encoding", "gzip, chunked")), Reason.MESSAGE_MALFORMED),
    "F13-identity": (request(("Transfer-Encoding", "identity")), Reason.MESSAGE_MALFORMED),
    "F14-twice": (
        request(("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")),
        Reason.MESSAGE_MALFORMED,
    ),
    "F14-comma": (request(("Transfer-Encoding", ",chunked")), Reason.MESSAGE_MALFORMED),
    "F25-two-hosts": (request(("Host", "a"), ("host", "a")), Reason.HEADER_REPEATED),
    "F25-host-with-a-blank": (request(("Host", "a b")), Reason.MESSAGE_MALFORMED),
    "F25-host-with-a-user": (request(("Host", "a@b")), Reason.MESSAGE_MALFORMED),
    "F25-host-with-a-path": (request(("Host", "a/c")), Reason.MESSAGE_MALFORMED),
    "F25-host-with-a-port-of-letters": (request(("Host", "a:b")), Reason.MESSAGE_MALFORMED),
    "F25-host-with-an-open-bracket": (request(("Host", "[::1")), Reason.MESSAGE_MALFORMED),
    "F34-nul": (request(target="/v1/profiles/billing%00"), Reason.MESSAGE_MALFORMED),
    "F34-no-escape": (request(target="/v1/profiles/billing%zz"), Reason.MESSAGE_MALFORMED),
    "F34-half-an-escape": (request(target="/v1/profiles/billing%4"), Reason.MESSAGE_MALFORMED),
    "F34-no-escape-in-the-query": (request(target="/v1/profiles/billing?x=%"), Reason.MESSAGE_MALFORMED),
    "F37-get-with-body": (request(("Content-Length", "1"), method="GET"), Reason.UNEXPECTED_BODY),
    "F37-head-with-body": (request(("Content-Length", "1"), method="HEAD"), Reason.UNEXPECTED_BODY),
    "F37-get-chunked": (request(("Transfer-Encoding", "chunked"), method="GET"), Reason.UNEXPECTED_BODY),
    "F43-other-expectation": (request(("Expect", "200-ok")), Reason.EXPECTATION),
    "H04-two-content-types": (request(("Content-Type", "a/b"), ("Content-Type", "a/b")), Reason.HEADER_REPEATED),
    "H08-two-tokens": (request(("Authorization", "x"), ("authorization", "x")), Reason.HEADER_REPEATED),
    "H16-two-request-ids": (request(("MS-RequestId", "x"), ("ms-requestid", "x")), Reason.HEADER_REPEATED),
    "J39-declared-too-large": (request(("Content-Length", str(LARGEST_BODY + 1))), Reason.BODY_TOO_LARGE),
}


@pytest.mark.parametrize(("message", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_a_head_with_two_readings_is_refused(message: Request, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        framing.check_head(message)
    assert refused.value.reason is reason


PASSES = {
    "seed": request(("Accept", "application/json"), ("Content-Length", "613"), ("Expect", "100-continue")),
    "expect-in-upper-case": request(("Expect", "100-CONTINUE")),
    "chunked": request(("Transfer-Encoding", "chunked")),
    "largest-body": request(("Content-Length", str(LARGEST_BODY))),
    "get-with-length-zero": request(("Content-Length", "0"), method="GET"),
    "F25-no-host": request(),
    "F25-empty-host": request(("Host", "")),
    "F25-name-and-port": request(("Host", "api.partnercenter.microsoft.com:443")),
    "F25-ipv6": request(("Host", "[::1]:8443")),
    "F34-escapes": request(target="/v1/profiles/billing?x=%20%c3%a9"),
    "C12-two-if-match": request(("If-Match", '"a"'), ("If-Match", '"b"')),
    "F29-underscores": request(("Content_Length", "z"), ("Content_Length", "z")),
}


@pytest.mark.parametrize("message", PASSES.values(), ids=PASSES.keys())
def test_a_head_with_one_reading_passes(message: Request) -> None:
    framing.check_head(message)


def test_h08_two_tokens_are_challenged_as_an_invalid_request() -> None:
    with pytest.raises(Refusal) as refused:
        framing.check_head(request(("Authorization", "x"), ("Authorization", "x")))
    assert refused.value.lines == (("WWW-Authenticate", 'Bearer error="invalid_request"'),)


CHUNKED_LINE = [(b"transfer-encoding", b"chunked")]
STARTS: dict[str, tuple[str, bytes, bytes, list[tuple[bytes, bytes]], Reason]] = {
    "F15-codings-of-1.0": ("1.0", b"PUT", b"/", CHUNKED_LINE, Reason.MESSAGE_MALFORMED),
    "F31-tunnel": ("1.1", b"CONNECT", b"a:1", [], Reason.METHOD_NOT_ALLOWED),
    "F13-another-coding": ("1.1", b"PUT", b"/", [(b"transfer-encoding", b"gzip, chunked")], Reason.CODING_UNKNOWN),
    "F34-fragment": ("1.1", b"GET", b"/#x", [], Reason.MESSAGE_MALFORMED),
}


@pytest.mark.parametrize(("version", "method", "target", "lines", "reason"), STARTS.values(), ids=STARTS.keys())
def test_a_start_with_two_readings_is_refused(
    version: str, method: bytes, target: bytes, lines: list[tuple[bytes, bytes]], reason: Reason
) -> None:
    with pytest.raises(Refusal) as refused:
        framing.check_start(version, method, target, lines)
    assert refused.value.reason is reason


@pytest.mark.parametrize(("version", "lines"), [("1.0", []), ("1.1", CHUNKED_LINE)])
def test_a_start_with_one_reading_passes(version: str, lines: list[tuple[bytes, bytes]]) -> None:
    framing.check_start(version, b"PUT", b"/v1/profiles/billing", lines)


LINES: dict[str, tuple[bytes, Reason]] = {
    "F30-lower-case": (b"get / HTTP/1.1\r\n", Reason.MESSAGE_MALFORMED),
    "F32-none": (b"GET /\r\n", Reason.MESSAGE_MALFORMED),
    "F32-0.9": (b"GET / HTTP/0.9\r\n", Reason.MESSAGE_MALFORMED),
    "F32-other-protocol": (b"GET / RTSP/1.0\r\n", Reason.MESSAGE_MALFORMED),
    "F32-two-blanks": (b"GET  / HTTP/1.1\r\n", Reason.MESSAGE_MALFORMED),
    "F32-line-feed-alone": (b"GET / HTTP/1.1\n", Reason.MESSAGE_MALFORMED),
    "F32-2.0": (b"GET / HTTP/2.0\r\n", Reason.VERSION_UNKNOWN),
    "F32-1.32": (b"GET / HTTP/1.32\r\n", Reason.VERSION_UNKNOWN),
}


@pytest.mark.parametrize(("line", "reason"), LINES.values(), ids=LINES.keys())
def test_a_request_line_of_another_form_or_version_is_refused(line: bytes, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        framing.check_request_line(line)
    assert refused.value.reason is reason


def test_the_method_of_a_good_request_line_is_told() -> None:
    assert framing.check_request_line(b"BREW /pot HTTP/1.1\r\n") == b"BREW"


@pytest.mark.parametrize("message", [m for m, _ in REFUSED.values()], ids=REFUSED.keys())
def test_whether_a_body_is_announced_can_be_asked_of_a_head_that_was_refused(message: Request) -> None:
    assert framing.announces_body(message) in (True, False)


def read(chunks: list[bytes]) -> bytes:
    return asyncio.run(Body(Line(chunks).receive).read())


def test_a_body_in_parts_is_one_body() -> None:
    assert read([b"a", b"", b"bc"]) == b"abc"


def test_j48_the_largest_body_is_read() -> None:
    assert len(read([b"x" * (LARGEST_BODY - 1), b"x"])) == LARGEST_BODY


def test_j39_an_undeclared_body_that_is_too_large_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        read([b"x" * LARGEST_BODY, b"x"])
    assert refused.value.reason is Reason.BODY_TOO_LARGE


def test_j39_no_more_is_read_of_a_body_than_shows_that_it_is_too_large() -> None:
    line = Line([b"x" * LARGEST_BODY] * 10)
    with pytest.raises(Refusal):
        asyncio.run(Body(line.receive).read())
    assert line.asked == 2


def test_f24_a_body_that_ends_early_is_refused() -> None:
    line = Line([])
    with pytest.raises(Refusal) as refused:
        asyncio.run(Body(line.receive).read())
    assert refused.value.reason is Reason.BODY_TIMEOUT


def test_a_body_has_ended_once_it_was_read() -> None:
    body = Body(Line([b"a"]).receive)
    asyncio.run(body.read())
    assert body.ended


def test_draining_reads_what_is_left() -> None:
    line = Line([b"x" * 1000] * 5)
    asyncio.run(Body(line.receive).drain())
    assert line.chunks == []


def test_draining_gives_up_on_a_body_without_end() -> None:
    line = Line([b"x" * LARGEST_BODY] * 100)
    asyncio.run(Body(line.receive).drain())
    assert len(line.chunks) > 50
