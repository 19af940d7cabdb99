"""The published page's own conversation, by hand over a real TLS socket."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests import raw_http
from tests.conformance import seed_page
from tests.raw_http import Line
from tests.running_service import RunningService, running_service


@pytest.fixture(scope="module")
def conversation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[bytes, bytes, str]]:
    """The interim answer, the final answer and the tag that was sent, against a fresh service."""
    with running_service(tmp_path_factory.mktemp("seed")) as service:
        token = raw_http.access_token(service)
        tag = raw_http.current_tag(service, token)
        head, body = seed_page.request(token, tag)
        line = Line(service)
        line.send(head)
        interim = line.read_until_quiet()
        line.send(body)
        final = line.read_until_quiet()
        line.close()
        yield interim, final, tag


def test_the_waiting_client_is_told_to_go_on(conversation: tuple[bytes, bytes, str]) -> None:
    assert conversation[0] == b"HTTP/1.1 100 Continue\r\n\r\n"


def test_the_reply_has_the_members_order_casing_and_nulls_of_the_page(conversation: tuple[bytes, bytes, str]) -> None:
    _, _, body = raw_http.parse(conversation[1])
    printed = seed_page.BODY.replace("<TaxId>", seed_page.TAX_ID).replace("<etag>", '"<etag>"')
    new_tag = json.loads(body)["Attributes"]["Etag"]
    compact_page = json.dumps(json.loads(printed), separators=(",", ":"))
    assert body.decode().replace(new_tag, "<etag>") == compact_page


def test_the_reply_has_a_new_entity_tag_in_header_and_body(conversation: tuple[bytes, bytes, str]) -> None:
    _, headers, body = raw_http.parse(conversation[1])
    new_tag = json.loads(body)["Attributes"]["Etag"]
    assert headers["etag"] == f'"{new_tag}"'
    assert new_tag != conversation[2]


def test_the_reply_has_the_headers_of_the_page(conversation: tuple[bytes, bytes, str]) -> None:
    status, headers, body = raw_http.parse(conversation[1])
    assert status == 200
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["ms-correlationid"] == "cb9f3209-d020-4bf9-871c-e1f1c75348f8"
    assert headers["ms-requestid"] == "9231559e-ed95-41e4-810b-e754ae32dc2f"
    assert headers["content-length"] == str(len(body))
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", headers["date"])


def _stale(service: RunningService) -> bytes:
    token = raw_http.access_token(service)
    return raw_http.request(
        "PUT", "/v1/profiles/billing", token, "Expect: 100-continue", 'If-Match: "stale"', "Content-Length: 10"
    )


def _bad_token(_: RunningService) -> bytes:
    return raw_http.request("PUT", "/v1/profiles/billing", "x", "Expect: 100-continue", "Content-Length: 10")


def _too_large(service: RunningService) -> bytes:
    token = raw_http.access_token(service)
    return raw_http.request("PUT", "/v1/profiles/billing", token, "Expect: 100-continue", "Content-Length: 65537")


def _wrong_type(service: RunningService) -> bytes:
    token = raw_http.access_token(service)
    lines = ("Expect: 100-continue", "Content-Length: 10", "Content-Type: text/plain")
    return raw_http.request("PUT", "/v1/profiles/billing", token, *lines)


@pytest.mark.parametrize(
    ("make", "status"),
    [
        pytest.param(_bad_token, 401, id="F41-bad-token"),
        pytest.param(_stale, 412, id="F41-stale-if-match"),
        pytest.param(_too_large, 413, id="F41-too-large"),
        pytest.param(_wrong_type, 415, id="F41-media-type"),
    ],
)
def test_a_waiting_client_is_refused_without_100_and_the_line_is_closed(
    local_service: RunningService, make: object, status: int
) -> None:
    assert callable(make)
    line = Line(local_service)
    line.send(make(local_service))
    answer = line.read_until_quiet()
    assert answer.startswith(f"HTTP/1.1 {status} ".encode())
    assert line.is_closed()
    line.close()


def test_f38_two_pipelined_requests_get_two_answers_in_order(local_service: RunningService) -> None:
    token = raw_http.access_token(local_service)
    first = raw_http.request("GET", "/v1/profiles/billing", token)
    second = raw_http.request("GET", "/v1/nothing", token)
    answer = raw_http.exchange(local_service, first + second)
    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"404"]


@pytest.mark.parametrize("garbage", [b"GARBAGE\r\n\r\n", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", b"\x00\x01\r\n\r\n"])
def test_bytes_that_are_no_request_are_refused_in_the_error_envelope(
    local_service: RunningService, garbage: bytes
) -> None:
    status, headers, body = raw_http.parse(raw_http.exchange(local_service, garbage))
    assert (status, headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert json.loads(body)["code"] == 800002


def test_a_body_over_the_limit_that_is_sent_all_the_same_is_refused_readably(local_service: RunningService) -> None:
    token = raw_http.access_token(local_service)
    answer = raw_http.exchange(
        local_service, raw_http.request("PUT", "/v1/profiles/billing", token, body=b"x" * 200_000)
    )
    status, headers, _ = raw_http.parse(answer)
    assert (status, headers["connection"]) == (413, "close")


@pytest.mark.parametrize("path", ["/v1/nothing", "/v2/profiles/billing", "/profiles/billing", "//v1/profiles/billing"])
def test_what_is_nowhere_is_refused_in_the_error_envelope(local_service: RunningService, path: str) -> None:
    answer = raw_http.exchange(local_service, raw_http.request("GET", path, "x"))
    status, headers, body = raw_http.parse(answer)
    assert (status, headers["content-type"]) == (404, "application/json; charset=utf-8")
    assert json.loads(body)["code"] == 1000
