"""JSON in UTF-8, and nothing else. Row ids are those of the catalogue of bad inputs."""

from __future__ import annotations

import contextlib

import pytest

from partnercenter.service.endpoints import content
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Headers

TAKES_JSON = {
    "H07-no-header": [],
    "H07-empty": [""],
    "H07-anything": ["*/*"],
    "H07-any-application": ["application/*"],
    "seed": ["application/json"],
    "upper-case": ["Application/JSON"],
    "with-charset": ["application/json; charset=utf-8"],
    "one-of-a-list": ["text/html, application/json;q=0.1"],
    "second-line": ["text/html", "application/json"],
    "low-quality": ["application/json;q=0.001"],
    "curl-and-browsers": ["text/html,application/xhtml+xml,*/*;q=0.8"],
}


@pytest.mark.parametrize("values", TAKES_JSON.values(), ids=TAKES_JSON.keys())
def test_a_client_that_takes_json_is_served(values: list[str]) -> None:
    content.require_json_accepted(Headers(("Accept", value) for value in values))


TAKES_NO_JSON = {
    "H06-html": ["text/html"],
    "H06-quality-zero": ["application/json;q=0"],
    "H06-quality-zero-with-a-fraction": ["application/json;q=0.0"],
    "H06-quality-zero-with-three-digits": ["application/json; q=0.000"],
    "H06-json-refused-and-all-else-taken": ["application/json;q=0, */*"],
    "H06-other-json": ["application/problem+json"],
    "H06-list": ["text/html, application/xml"],
    "H06-malformed": ["json"],
}


@pytest.mark.parametrize("values", TAKES_NO_JSON.values(), ids=TAKES_NO_JSON.keys())
def test_a_client_that_takes_no_json_is_refused(values: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        content.require_json_accepted(Headers(("Accept", value) for value in values))
    assert refused.value.reason is Reason.NOT_ACCEPTABLE


SENDS_JSON: dict[str, list[tuple[str, str]]] = {
    "H01-no-content-type": [],
    "plain": [("Content-Type", "application/json")],
    "H03-utf-8": [("Content-Type", "application/json; charset=utf-8")],
    "H03-quoted": [("Content-Type", 'application/json; charset="UTF-8"')],
    "upper-case": [("Content-Type", "APPLICATION/JSON;CHARSET=UTF-8")],
    "other-parameter": [("Content-Type", "application/json; odata.metadata=minimal")],
    "identity": [("Content-Encoding", "identity")],
    "identity-upper-case": [("Content-Encoding", "Identity")],
}


@pytest.mark.parametrize("lines", SENDS_JSON.values(), ids=SENDS_JSON.keys())
def test_a_body_that_says_that_it_is_json_is_taken(lines: list[tuple[str, str]]) -> None:
    content.require_json_sent(Headers(lines))


SENDS_NO_JSON: dict[str, list[tuple[str, str]]] = {
    "H02-text": [("Content-Type", "text/plain")],
    "H02-form": [("Content-Type", "application/x-www-form-urlencoded")],
    "H02-xml": [("Content-Type", "application/xml")],
    "H02-empty": [("Content-Type", "")],
    "H02-garbage": [("Content-Type", ";;;=")],
    "H02-json-patch": [("Content-Type", "application/json-patch+json")],
    "H02-two-in-one": [("Content-Type", "text/plain, application/json")],
    "H02-not-ascii": [("Content-Type", "\xff\xfe/\x80")],
    "H02-encoded-word": [("Content-Type", "=?utf-8?q?x?=")],
    "H03-utf-16": [("Content-Type", "application/json; charset=utf-16")],
    "H03-latin-1": [("Content-Type", "application/json; charset=iso-8859-1")],
    "H03-charset-not-ascii": [("Content-Type", "application/json; charset=\xff")],
    "H05-gzip": [("Content-Encoding", "gzip")],
    "H05-list": [("Content-Encoding", "identity, gzip")],
    "H05-two-lines": [("Content-Encoding", "identity"), ("Content-Encoding", "gzip")],
}


@pytest.mark.parametrize("lines", SENDS_NO_JSON.values(), ids=SENDS_NO_JSON.keys())
def test_a_body_that_says_that_it_is_something_else_is_refused(lines: list[tuple[str, str]]) -> None:
    with pytest.raises(Refusal) as refused:
        content.require_json_sent(Headers(lines))
    assert refused.value.reason is Reason.MEDIA_TYPE


def test_h05_the_refusal_of_a_compressed_body_says_what_would_be_taken() -> None:
    with pytest.raises(Refusal) as refused:
        content.require_json_sent(Headers({"Content-Encoding": "gzip"}))
    assert ("Accept-Encoding", "identity") in refused.value.lines


def test_c34_no_cache_keeps_an_answer() -> None:
    headers = content.json_response(b"{}").headers
    assert (headers.get("Cache-Control"), headers.get("Vary")) == ("private, no-store", "Authorization")


def test_further_lines_are_in_the_response() -> None:
    assert content.json_response(b"{}", ("ETag", '"x"')).headers.get("ETag") == '"x"'


@pytest.mark.parametrize(
    "value", ["application/json; charset*=x''%ff%fe", "application/json; charset*0*=a; charset*1=\xe9"]
)
def test_a_parameter_that_http_does_not_know_is_no_charset(value: str) -> None:
    content.require_json_sent(Headers({"Content-Type": value}))


@pytest.mark.parametrize("value", ["\x852", ";\xe4*", ";b\xf9e*\xb3*", "application/json; charset*=\"1'\\"], ids=ascii)
def test_a_content_type_that_cannot_be_read_is_refused_or_taken_but_breaks_nothing(value: str) -> None:
    with contextlib.suppress(Refusal):
        content.require_json_sent(Headers({"Content-Type": value}))
