"""One reading of every body. The row ids are those of the catalogue of bad inputs."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import pytest

from partnercenter.wire import json_text
from partnercenter.wire.json_text import DEEPEST, JsonTextError, JsonValue


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + closing * depth).encode()


REFUSED = {
    "J01-empty": b"",
    "J02-blanks": b" \t\r\n",
    "J03-truncated": b'{"a": "b',
    "J04-trailing-text": b"{}x",
    "J05-two-documents": b"{} {}",
    "J06-comment": b"// no\n{}",
    "J07-trailing-comma": b'{"a": 1,}',
    "J08-single-quotes": b"{'a': 1}",
    "J09-bare-key": b"{a: 1}",
    "J10-nan": b'{"a": NaN}',
    "J11-infinity": b'{"a": Infinity}',
    "J12-minus-infinity": b'{"a": -Infinity}',
    "J13-float-too-large": b'{"a": 1e999}',
    "J13-negative-float-too-large": b'{"a": -1e999}',
    "J14-integer-of-4301-digits": b'{"a": ' + b"9" * 4301 + b"}",
    "J15-leading-zero": b'{"a": 01}',
    "J20-same-member-twice": b'{"a": 1, "a": 1}',
    "J20-same-member-twice-inside": b'{"x": [{"a": 1, "a": 2}]}',
    "J22-same-member-by-escape": b'{"Company": 1, "\\u0043ompany": 2}',
    "J24-lone-high-surrogate": b'{"a": "\\ud83d"}',
    "J25-lone-low-surrogate": b'{"a": "\\ude00"}',
    "J26-reversed-surrogates": b'{"a": "\\ude00\\ud83d"}',
    "J26-surrogate-in-a-name": b'{"\\ud83d": 1}',
    "J28-nul-in-a-value": b'{"a": "x\\u0000y"}',
    "J28-nul-in-a-name": b'{"x\\u0000y": 1}',
    "J28-nul-deep-inside": b'{"a": [{"b": ["\\u0000"]}]}',
    "J30-raw-control-byte": b'{"a": "x\x01y"}',
    "J31-byte-order-mark": b"\xef\xbb\xbf{}",
    "J32-utf-16-le": '{"a": 1}'.encode("utf-16-le"),
    "J32-utf-16-with-mark": '{"a": 1}'.encode("utf-16"),
    "J33-utf-32-be": '{"a": 1}'.encode("utf-32-be"),
    "J34-byte-ff": b'{"a": "\xff"}',
    "J34-overlong": b'{"a": "\xc0\xaf"}',
    "J34-encoded-surrogate": b'{"a": "\xed\xa0\xbd"}',
    "J34-cut-sequence": b'{"a": "\xe2\x82"}',
    "J35-depth-33": nested(DEEPEST + 1),
    "J35-depth-33-of-objects": b'{"a":' * DEEPEST + b"{}" + b"}" * DEEPEST,
    "J36-depth-1000": nested(1_000),
    "J37-depth-100000": nested(100_000),
    "J37-depth-100000-of-objects": b'{"a":' * 100_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_a_text_with_no_reading_or_with_two_is_refused(text: bytes) -> None:
    with pytest.raises(JsonTextError):
        json_text.read_strict(text)


@pytest.mark.parametrize("end", range(len(b'{"a": ["b", 1.5, null, true, "\\u00e9"]}')))
def test_a_text_truncated_at_any_byte_is_refused(end: int) -> None:
    with pytest.raises(JsonTextError):
        json_text.read_strict(b'{"a": ["b", 1.5, null, true, "\\u00e9"]}'[:end])


ACCEPTED: dict[str, tuple[bytes, JsonValue]] = {
    "J27-emoji-by-escape": (b'"\\ud83d\\ude00"', "\U0001f600"),
    "J27-emoji-in-utf-8": ('"\U0001f600"'.encode(), "\U0001f600"),
    "J35-depth-32": (nested(2), [[]]),
    "J43-decomposed-stays-decomposed": ('"e\u0301"'.encode(), "e\u0301"),
    "J44-noncharacter": (b'"\\uffff"', "\uffff"),
    "J44-last-code-point": ('"\U0010ffff"'.encode(), "\U0010ffff"),
    "J45-null-is-not-empty": (b'{"a": null, "b": ""}', {"a": None, "b": ""}),
    "J47-hostile-text": (b'"<script>\'); DROP TABLE"', "<script>'); DROP TABLE"),
    "J38-top-level-array": (b"[]", []),
    "blanks-around": (b" \r\n{} \t", {}),
}


@pytest.mark.parametrize(("text", "value"), ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_text_with_one_reading_is_read(text: bytes, value: JsonValue) -> None:
    assert json_text.read_strict(text) == value


def test_the_deepest_text_allowed_is_read() -> None:
    assert isinstance(json_text.read_strict(nested(DEEPEST)), list)


def test_members_keep_their_order() -> None:
    value = json_text.read_strict(b'{"b": 1, "a": 2, "c": 3}')
    assert isinstance(value, dict)
    assert list(value) == ["b", "a", "c"]


@pytest.mark.parametrize("text", [t for t in REFUSED.values() if t], ids=[i for i, t in REFUSED.items() if t])
def test_the_reason_of_a_refusal_quotes_nothing_of_the_text(text: bytes) -> None:
    secret = b'{"TaxId": "98-7654321", "x": ' + text
    with pytest.raises(JsonTextError) as refused:
        json_text.read_strict(secret)
    assert "98-7654321" not in "".join(traceback.format_exception(refused.value))


@pytest.mark.parametrize("digits", [20, 30, 400, 4300], ids=lambda n: f"{n}-digits")
def test_an_integer_that_was_read_can_be_written_again_or_is_refused_at_once(digits: int) -> None:
    try:
        value = json_text.read_strict(b'{"a": ' + b"9" * digits + b"}")
    except JsonTextError:
        return
    assert json_text.write(value) == b'{"a":' + b"9" * digits + b"}"


def test_writing_is_compact_and_keeps_the_order() -> None:
    assert json_text.write({"b": [1, None], "a": "é"}) == '{"b":[1,null],"a":"é"}'.encode()


def test_sorted_writing_makes_equal_values_equal_bytes() -> None:
    one = json_text.write_sorted({"a": {"x": 1, "y": 2}, "b": 3})
    other = json_text.write_sorted({"b": 3, "a": {"y": 2, "x": 1}})
    assert one == other


@pytest.mark.parametrize("text", [b"{}", b"\xef\xbb\xbf{}"], ids=["bare", "with-byte-order-mark"])
def test_the_lenient_reading_takes_a_byte_order_mark_or_none(text: bytes) -> None:
    assert json_text.read_lenient(text) == {}


UNREADABLE = {
    "empty": b"",
    "html": b"<html>",
    "truncated": b'{"a": "',
    "not-utf-8": b'"\xff"',
    "lone-surrogate": b'"\\ud83d"',
    "very-deep": nested(100_000),
    "number-too-large": b"1e999",
    "two-marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_the_lenient_reading_raises_its_own_error_and_no_other(text: bytes) -> None:
    with pytest.raises(JsonTextError):
        json_text.read_lenient(text)


@pytest.mark.parametrize("value", ["98-7654321\ud83d", {"98-7654321\ud83d": 1}, [{"a": "98-7654321\udc00"}]])
@pytest.mark.parametrize("writing", [json_text.write, json_text.write_sorted])
def test_half_a_character_cannot_be_written_and_is_not_quoted(
    writing: Callable[[JsonValue], bytes], value: JsonValue
) -> None:
    with pytest.raises(JsonTextError) as refused:
        writing(value)
    assert "98-7654321" not in str(refused.value)
    assert (refused.value.__cause__, refused.value.__context__) == (None, None)
