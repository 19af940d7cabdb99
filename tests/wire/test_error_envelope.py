"""The error envelope and the dialects beside it."""

from __future__ import annotations

import inspect
import time

import pytest

from partnercenter.wire.error_envelope import LONGEST_DESCRIPTION, ErrorCode, ErrorEnvelope, read_error

ENVELOPE = ErrorEnvelope("2055", "Etag is no longer valid", ("one", "two"), "PartnerAPI")

READ = {
    "envelope": (b'{"code":2055,"description":"D","data":["x"],"source":"S"}', ("2055", "D", ("x",), "S")),
    "envelope-in-pascal-case": (b'{"Code":2055,"Description":"D","Data":[],"Source":"S"}', ("2055", "D", (), "S")),
    "envelope-with-mark": (b'\xef\xbb\xbf{"code":1,"description":"D"}', ("1", "D", (), "")),
    "code-as-text": (b'{"code":"2055","description":"D"}', ("2055", "D", (), "")),
    "code-as-word": (b'{"code":"InternalError"}', ("InternalError", "", (), "")),
    "gateway": (b'{"statusCode":429,"message":"Rate limit"}', ("429", "Rate limit", (), "")),
    "odata": (b'{"error":{"code":"Forbidden","message":"M"}}', ("Forbidden", "M", (), "")),
    "oauth": (b'{"error":"invalid_grant"}', ("", "", (), "")),
    "data-of-objects": (b'{"code":1,"data":[{"a":1},2,null]}', ("1", "", ('{"a":1}', "2", ""), "")),
    "data-no-array": (b'{"code":1,"data":"x"}', ("1", "", (), "")),
    "nulls": (b'{"code":null,"description":null,"data":null,"source":null}', ("", "", (), "")),
    "empty": (b"", ("", "", (), "")),
    "plain-text": (b"Service\r\n  Unavailable", ("", "Service Unavailable", (), "")),
    "html": (b"<html><body><h1>502</h1>Bad  Gateway</body></html>", ("", "502 Bad Gateway", (), "")),
    "array": (b"[1,2]", ("", "", (), "")),
    "not-utf-8": (b"\xff\xfe", ("", "\ufffd\ufffd", (), "")),
}


@pytest.mark.parametrize(("body", "expected"), READ.values(), ids=READ.keys())
def test_every_dialect_is_read(body: bytes, expected: tuple[str, str, tuple[str, ...], str]) -> None:
    read = read_error(body)
    assert (read.code, read.description, read.data, read.source) == expected


HARD = {
    "very-deep": b"[" * 100_000,
    "very-deep-data": b'{"code":' + b"[" * 900 + b"]" * 900 + b"}",
    "huge-integer": b'{"code":' + b"9" * 40 + b"}",
    "number-too-large": b'{"code":1e999}',
    "lone-surrogate": b'{"code":"\\ud83d"}',
    "error-is-null": b'{"error":null}',
    "error-is-array": b'{"error":[1]}',
    "names-differ-in-case": b'{"code":1,"Code":2}',
}


@pytest.mark.parametrize("body", HARD.values(), ids=HARD.keys())
def test_an_error_is_always_readable(body: bytes) -> None:
    assert len(read_error(body).description) <= LONGEST_DESCRIPTION


def test_x16_a_long_body_that_is_no_markup_is_read_in_linear_time() -> None:
    start = time.process_time()
    read_error(b"<" * 65_536)
    assert time.process_time() - start < 1


def test_what_the_service_writes_reads_back_the_same() -> None:
    assert read_error(ENVELOPE.to_wire()) == ENVELOPE


def test_the_code_is_written_as_an_integer_in_the_documented_order() -> None:
    written = ErrorEnvelope("2055", "D", ("x",), "S").to_wire()
    assert written == b'{"code":2055,"description":"D","data":["x"],"source":"S"}'


def test_a_description_is_cut_at_its_longest() -> None:
    assert len(read_error(ErrorEnvelope("1", "x" * 5000).to_wire()).description) == LONGEST_DESCRIPTION


def test_every_code_is_described_in_the_table() -> None:
    table = inspect.cleandoc(ErrorCode.__doc__ or "")  # Python 3.13 cleans it already
    assert [code for code in ErrorCode if f"\n{int(code)} " not in table] == []
