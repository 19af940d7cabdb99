"""Rows F01 to F37 of the catalogue of bad inputs: a message with two readings is refused, over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter.wire import json_text
from tests.catalogue.plain_line import (
    BODY,
    CHUNKED,
    CHUNKS,
    HARMLESS,
    LENGTH,
    NEXT,
    PATH,
    SIZE,
    TOKEN,
    Answers,
    PlainLine,
    get,
    plain_line,
    put,
)

KIB = 1024


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainLine]:
    with plain_line(tmp_path_factory.mktemp("plain")) as found:
        yield found


def length(value: bytes) -> bytes:
    return put(b"Content-Length:" + value)


def coding(value: bytes) -> bytes:
    return put(b"Transfer-Encoding:" + value, body=CHUNKS)


def chunks(body: bytes) -> bytes:
    return put(CHUNKED, body=body)


Row = tuple[int, bytes]

CLOSED: dict[str, Row] = {
    "F01-length-first": (400, put(LENGTH, CHUNKED, body=CHUNKS)),
    "F01-coding-first": (400, put(CHUNKED, LENGTH, body=CHUNKS)),
    "F02-two-lengths": (400, put(LENGTH, b"Content-Length: 3")),
    "F02-the-shorter-first": (400, put(b"Content-Length: 3", LENGTH)),
    "F03-equal-lengths": (400, put(LENGTH, LENGTH)),
    "F03-list": (400, length(b" %d, %d" % (SIZE, SIZE))),
    "F04-plus": (400, length(b" +%d" % SIZE)),
    "F05-hex": (400, length(b" %#x" % SIZE)),
    "F06-underscore": (400, length(b" 2_2")),
    "F07-minus": (400, length(b" -1")),
    "F08-empty": (400, length(b"")),
    "F09-letter": (400, length(b" %dz" % SIZE)),
    "F10-blank": (400, length(b" 2 2")),
    "F11-thirty-digits": (413, length(b" " + b"9" * 30)),
    "F11-leading-zeros": (400, length(b" " + b"0" * 5000 + b"%d" % SIZE)),
    "F12-blank-before-colon": (400, put(b"Content-Length : %d" % SIZE)),
    "F12-tab-before-colon": (400, put(b"Content-Length\t: %d" % SIZE)),
    "F14-twice": (400, put(CHUNKED, CHUNKED, body=CHUNKS)),
    "F14-comma": (400, coding(b" ,chunked")),
    "F14-vertical-tab": (400, coding(b" \x0bchunked")),
    "F14-folded": (400, coding(b"\r\n chunked")),
    "F14-parameter": (400, coding(b" chunked;q=1")),
    "F15-version-1.0": (400, put(CHUNKED, body=CHUNKS, version=b" HTTP/1.0")),
    "F16-hex": (400, chunks(b"0x" + CHUNKS)),
    "F17-underscore": (400, chunks(b"1_6\r\n" + BODY + b"\r\n0\r\n\r\n")),
    "F18-plus": (400, chunks(b"+" + CHUNKS)),
    "F19-empty": (400, chunks(CHUNKS[2:])),
    "F20-line-feed-alone": (400, chunks(CHUNKS.replace(b"\r\n", b"\n", 1))),
    "F20-no-line-end-after-data": (400, chunks(CHUNKS.replace(BODY + b"\r\n", BODY))),
    "F20-more-data-than-announced": (400, chunks(CHUNKS.replace(BODY, BODY + b" "))),
    "F20-line-feed-after-data": (400, chunks(CHUNKS.replace(BODY + b"\r\n", BODY + b"\n"))),
    "F20-line-feeds-at-the-end": (400, chunks(CHUNKS.replace(b"0\r\n\r\n", b"0\n\n"))),
    "F21-seventeen-digits": (400, chunks(b"1" + b"0" * 14 + CHUNKS)),
    "F22-line-feed-in-extension": (400, chunks(CHUNKS.replace(b"\r\n", b";a\nb\r\n", 1))),
    "F22-20-KiB-of-extension": (400, chunks(CHUNKS.replace(b"\r\n", b";" + b"a" * 20 * KIB + b"\r\n", 1))),
    "F22-20-KiB-of-extensions": (400, chunks(CHUNKS.replace(b"\r\n", b";a=b" * 5 * KIB + b"\r\n", 1))),
    "F27-line-feeds": (400, get(end=b"\n")),
    "F27-one-line-feed": (400, get(b"X: y\nY: z")),
    "F27-line-feed-after-the-request-line": (400, get().replace(b"1.1\r\n", b"1.1\n")),
    "F27-carriage-return-in-value": (400, get(b"X: a\rb")),
    "F27-nul-in-value": (400, get(b"X: a\0b")),
    "F27-nul-in-name": (400, get(b"X\0: a")),
    "F27-name-not-ascii": (400, get(b"X\xe9: a")),
    "F28-blank-before-the-first-header": (400, get(host=b" Host: localhost\r\n")),
    "F28-folded": (400, get(b"X: a\r\n b")),
    "F28-folded-with-a-tab": (400, get(b"X: a\r\n\tb")),
    "F28-empty-name": (400, get(b": a")),
    "F28-no-colon": (400, get(b"X")),
    "F30-lower-case-method": (400, get(method=b"get")),
    "F30-no-token-as-method": (400, get(method=b"G@T(")),
    "F31-connect": (405, get(method=b"CONNECT", target=b"localhost:80")),
    "F31-connect-with-a-path": (405, get(method=b"CONNECT")),
    "F32-0.9": (400, get(version=b" HTTP/0.9")),
    "F32-no-version": (400, get(version=b"")),
    "F32-other-protocol": (400, get(version=b" HTTPS/1.1")),
    "F32-protocol-of-streams": (400, get(version=b" RTSP/1.0")),
    "F32-two-blanks": (400, get(version=b"  HTTP/1.1")),
    "F32-lower-case": (400, get(version=b" http/1.1")),
    "F34-blank": (400, get(target=PATH + b" x")),
    "F34-raw-utf-8": (400, get(target=PATH + "é".encode())),
    "F34-control": (400, get(target=PATH + b"\x01")),
    "F34-fragment": (400, get(target=PATH + b"#x")),
    "F36-target": (414, get(target=b"/" + b"a" * 8 * KIB)),
    "F36-header-line": (431, get(b"X: " + b"a" * 8 * KIB)),
    "F36-65-headers": (431, get(*[b"X: y"] * 63)),
    "F36-33-KiB-of-headers": (431, get(*[b"X: " + b"a" * 7 * KIB] * 5)),
    "F37-length": (400, get(LENGTH, body=BODY)),
    "F37-chunks": (400, get(CHUNKED, body=CHUNKS)),
}

OPEN: dict[str, Row] = {
    "F25-two-hosts": (400, get(b"Host: localhost")),
    "F25-host-that-is-none": (400, get(host=b"Host: a b@/c\r\n")),
    "F31-trace": (405, get(method=b"TRACE")),
    "F34-nul": (400, get(target=PATH + b"%00")),
    "F34-no-escape": (400, get(target=PATH + b"%zz")),
    "F35-dots": (404, get(target=b"/v1/profiles/../profiles/billing")),
    "F35-one-dot": (404, get(target=b"/v1/./profiles/billing")),
    "F35-encoded-dots": (404, get(target=b"/v1/profiles/%2e%2e/profiles/billing")),
    "F35-encoded-slash": (404, get(target=b"/v1/profiles%2fbilling")),
    "F35-encoded-letter": (404, get(target=b"/v1/profiles/%62illing")),
    "F35-two-slashes": (404, get(target=b"//v1/profiles/billing")),
    "F35-parameter": (404, get(target=PATH + b";x=1")),
    "F35-trailing-slash": (404, get(target=PATH + b"/")),
    "F35-doubly-encoded": (404, get(target=b"/v1/profiles%252fbilling")),
}

UNIMPLEMENTED: dict[str, Row] = {
    "F13-gzip-chunked": (501, coding(b" gzip, chunked")),
    "F13-identity": (501, coding(b" identity")),
    "F13-xchunked": (501, coding(b" xchunked")),
    "F30-unknown-method": (501, get(method=b"BREW")),
    "F32-1.32": (505, get(version=b" HTTP/1.32")),
    "F32-2.0": (505, get(version=b" HTTP/2.0")),
    "F32-3.0": (505, get(version=b" HTTP/3.0")),
    "F32-preface-of-http-2": (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
}

# What is taken although some server would stumble over it.
TAKEN: dict[str, bytes] = {
    "F22-extension": put(CHUNKED, body=CHUNKS.replace(BODY, HARMLESS).replace(b"\r\n", b";a=b\r\n", 1)),
    "F25-no-host": get(host=b""),
    "F25-empty-host": get(host=b"Host:\r\n"),
    "F26-other-host": get(host=b"Host: evil.example\r\n"),
    "F26-absolute-form-of-another-authority": get(target=b"http://evil.example" + PATH),
    "F29-length": put(LENGTH, b"Content_Length: 1", body=HARMLESS),
    "F29-if-match": put(LENGTH, b'If_Match: "old"', body=HARMLESS),
    "F29-request-id": put(LENGTH, b"MS_RequestId: none", body=HARMLESS),
    "F33-h2c": get(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    "F33-h2c-with-a-body": put(LENGTH, b"Connection: Upgrade", b"Upgrade: h2c", body=HARMLESS),
    "F33-websocket": get(
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ),
    "F35-query-with-dots": get(target=PATH + b"?../x"),
    "F36-header-line-of-8-KiB": get(b"X: " + b"a" * (8 * KIB - 1)),
    "F36-64-headers": get(*[b"X: y"] * 62),
}


def check_refusal(answers: Answers, status: int) -> None:
    """The first answer is this refusal, in the error envelope."""
    answered, lines, body = answers.first()
    envelope = json_text.read_strict(body)
    assert isinstance(envelope, dict)
    assert (answered, list(envelope)) == (status, ["code", "description", "data", "source"])
    assert (lines["content-type"], lines["cache-control"]) == ("application/json; charset=utf-8", "no-store")
    assert "ms-correlationid" in lines


def test_what_the_refused_messages_carry_would_be_taken_in_a_good_one(tmp_path: Path) -> None:
    with plain_line(tmp_path) as line:
        before = line.world()
        assert line.ask(put(CHUNKED, body=CHUNKS) + put(LENGTH) + NEXT).statuses == [200, 200, 200]
        assert line.world() != before


@pytest.mark.parametrize(("status", "data"), CLOSED.values(), ids=CLOSED.keys())
def test_a_message_with_two_readings_is_refused_and_the_connection_ended(
    line: PlainLine, status: int, data: bytes
) -> None:
    before = line.world()
    answers = line.ask(data + NEXT)
    check_refusal(answers, status)
    assert answers.first()[1]["connection"] == "close"
    assert (answers.statuses, answers.next_ran, line.world()) == ([status], False, before)


@pytest.mark.parametrize(("status", "data"), OPEN.values(), ids=OPEN.keys())
def test_a_whole_message_that_means_nothing_here_is_refused_and_the_next_one_answered(
    line: PlainLine, status: int, data: bytes
) -> None:
    before = line.world()
    answers = line.ask(data + NEXT)
    check_refusal(answers, status)
    assert (answers.statuses, answers.next_ran, line.world()) == ([status, 200], True, before)


@pytest.mark.parametrize(("status", "data"), UNIMPLEMENTED.values(), ids=UNIMPLEMENTED.keys())
def test_what_is_not_implemented_is_said_not_to_be_and_the_connection_ended(
    line: PlainLine, status: int, data: bytes
) -> None:
    before = line.world()
    answers = line.ask(data + NEXT)
    check_refusal(answers, status)
    assert (answers.statuses, answers.next_ran, line.world()) == ([status], False, before)


@pytest.mark.parametrize("data", TAKEN.values(), ids=TAKEN.keys())
def test_what_is_odd_and_has_one_reading_is_taken(line: PlainLine, data: bytes) -> None:
    answers = line.ask(data + NEXT)
    assert (answers.statuses, answers.next_ran) == ([200, 200], True)


def test_f21_a_chunk_that_cannot_be_is_refused_before_it_comes(line: PlainLine) -> None:
    assert line.ask(chunks(b"10000000000000000\r\n")).statuses == [400]


TRAILERS = put(CHUNKED, body=CHUNKS.replace(BODY, HARMLESS).removesuffix(b"\r\n"))


def test_f23_a_precondition_in_the_trailers_is_none(line: PlainLine) -> None:
    assert line.ask(TRAILERS + b'If-Match: "old"\r\n\r\n', NEXT).statuses == [200, 200]


def test_f23_a_request_id_in_the_trailers_is_none(line: PlainLine) -> None:
    answers = line.ask(TRAILERS + b"MS-RequestId: 9231559e-ed95-41e4-810b-e754ae32dc2f\r\n\r\n", NEXT)
    assert answers.first()[1]["ms-requestid"] != "9231559e-ed95-41e4-810b-e754ae32dc2f"


def test_f23_a_token_in_the_trailers_is_none(line: PlainLine) -> None:
    bearer = b"Authorization: Bearer " + TOKEN + b"\r\n"
    answers = line.ask(TRAILERS.replace(bearer, b"") + bearer + b"\r\n", NEXT)
    assert (answers.statuses[0], b"800001" in answers.first()[2]) == (401, True)


CUT = {
    "F24-before-the-length": put(b"Content-Length: 100"),
    "F24-before-the-last-chunk": put(CHUNKED, body=CHUNKS.removesuffix(b"0\r\n\r\n")),
    "F24-in-the-last-chunk": put(CHUNKED, body=CHUNKS.removesuffix(b"\r\n")),
    "F24-in-the-head": put(LENGTH)[:100],
}


@pytest.mark.parametrize("data", CUT.values(), ids=CUT.keys())
def test_a_message_that_was_cut_off_has_no_effect(line: PlainLine, data: bytes) -> None:
    before = line.world()
    assert 200 not in line.ask(data, half_close=True).statuses
    assert line.world() == before


def test_f29_a_name_with_an_underscore_is_another_name(line: PlainLine) -> None:
    other = b"9231559e-ed95-41e4-810b-e754ae32dc2f"
    lines = line.ask(get(b"MS_RequestId: " + other, b"MS_CorrelationId: " + other) + NEXT).first()[1]
    assert other.decode() not in (lines["ms-requestid"], lines["ms-correlationid"])


def test_f26_what_the_client_calls_the_service_is_not_repeated(line: PlainLine) -> None:
    answers = line.ask(TAKEN["F26-other-host"] + TAKEN["F26-absolute-form-of-another-authority"] + NEXT)
    assert b"evil" not in answers.received


def test_f31_nothing_is_allowed_for_a_tunnel(line: PlainLine) -> None:
    assert line.ask(CLOSED["F31-connect"][1]).first()[1]["allow"] == ""


def test_f33_nothing_is_upgraded(line: PlainLine) -> None:
    answers = line.ask(TAKEN["F33-h2c"] + TAKEN["F33-websocket"] + NEXT)
    assert (answers.statuses, "upgrade" in answers.first()[1]) == ([200] * 3, False)
