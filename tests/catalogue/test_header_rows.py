"""Rows H01 to H32 of the catalogue of bad inputs: header lines and routes, in process."""

from __future__ import annotations

import asyncio
import logging

import pytest

from partnercenter.service.asgi import Service
from partnercenter.wire import json_text
from partnercenter.wire.guid import read_guid
from tests.service import conftest as stage_fixtures
from tests.service.stage import CORRELATION, GUID, SECOND, Answer, Desk, ask, ask_async, page_body, token

desk, service = stage_fixtures.desk, stage_fixtures.service

PROFILE = "/v1/profiles/billing"
Lines = list[tuple[str, str]]


def bare(service: Service, lines: Lines, *, method: str = "GET", target: str = PROFILE, body: bytes = b"") -> Answer:
    """One request with these lines and no others."""
    if body:
        lines = [*lines, ("Content-Length", str(len(body)))]
    return asyncio.run(ask_async(service, method, target, lines, body=body))


# PUTs

TAKEN: dict[str, Lines] = {
    "H01-no-content-type": [],
    "H03-quoted-utf-8": [("Content-Type", 'application/json; charset="UTF-8"')],
    "H03-utf-8": [("Content-Type", "application/json; charset=utf-8")],
    "H07-no-accept": [],
    "H13-no-request-id": [],
    "H15-upper-case-request-id": [("MS-RequestId", GUID.upper())],
    "H18-no-contract-version": [],
    "H18-documented-contract-version": [("MS-Contract-Version", "v1")],
    "H18-other-contract-version": [("MS-Contract-Version", "v99")],
    "H23-modified-since": [("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")],
    "H23-modified-since-malformed": [("If-Unmodified-Since", "yesterday")],
}


@pytest.mark.parametrize("lines", TAKEN.values(), ids=TAKEN.keys())
def test_a_put_with_these_lines_is_taken(service: Service, desk: Desk, lines: Lines) -> None:
    assert ask(service, "PUT", lines=lines, body=page_body(TaxId="12-345679")).status == 200
    assert len(desk.audit()) == 1


REFUSED: dict[str, tuple[int, Lines]] = {
    "H02-text": (415, [("Content-Type", "text/plain")]),
    "H02-form": (415, [("Content-Type", "application/x-www-form-urlencoded")]),
    "H02-xml": (415, [("Content-Type", "application/xml")]),
    "H03-utf-16": (415, [("Content-Type", "application/json; charset=utf-16")]),
    "H04-two-content-types": (400, [("Content-Type", "application/json"), ("Content-Type", "text/plain")]),
    "H04-two-equal-content-types": (400, [("Content-Type", "application/json"), ("Content-Type", "application/json")]),
    "H05-gzip": (415, [("Content-Encoding", "gzip")]),
    "H05-br": (415, [("Content-Encoding", "br")]),
    "H05-zstd": (415, [("Content-Encoding", "zstd")]),
    "H05-list": (415, [("Content-Encoding", "identity, gzip")]),
    "H06-html": (406, [("Accept", "text/html")]),
    "H06-quality-zero": (406, [("Accept", "application/json;q=0")]),
    "H08-two-tokens": (400, [("Authorization", "Bearer x")]),
    "H14-no-guid": (400, [("MS-RequestId", "none")]),
    "H14-one-digit-too-few": (400, [("MS-RequestId", GUID[:-1])]),
    "H14-moved-hyphens": (400, [("MS-RequestId", "9231559eed-95-41e4-810b-e754ae32dc2f")]),
    "H14-no-hex": (400, [("MS-RequestId", GUID.replace("9", "g"))]),
    "H14-braces": (400, [("MS-RequestId", f"{{{GUID}}}")]),
    "H14-urn": (400, [("MS-RequestId", f"urn:uuid:{GUID}")]),
    "H14-no-hyphens": (400, [("MS-RequestId", GUID.replace("-", ""))]),
    "H14-underscore": (400, [("MS-RequestId", GUID.replace("-", "_"))]),
    "H14-arabic-digit": (400, [("MS-RequestId", GUID[:-1] + "٣".encode().decode("latin-1"))]),
    "H14-1-KiB": (400, [("MS-RequestId", "a" * 1024)]),
    "H14-nul": (400, [("MS-RequestId", GUID[:-1] + "\0")]),
    "H14-empty": (400, [("MS-RequestId", "")]),
    "H14-trailing-line-feed": (400, [("MS-RequestId", GUID + "\n")]),
    "H16-all-zero": (400, [("MS-RequestId", "00000000-0000-0000-0000-000000000000")]),
    "H16-two-request-ids": (400, [("MS-RequestId", GUID), ("MS-RequestId", CORRELATION)]),
    "H16-two-equal-request-ids": (400, [("MS-RequestId", GUID), ("MS-RequestId", GUID)]),
}


@pytest.mark.parametrize(("status", "lines"), REFUSED.values(), ids=REFUSED.keys())
def test_a_put_with_these_lines_is_refused(service: Service, desk: Desk, status: int, lines: Lines) -> None:
    before = desk.world_hash()
    answer = ask(service, "PUT", lines=lines, body=page_body(TaxId="12-345679"))
    assert (answer.status, answer.code(), desk.world_hash()) == (status, 800002, before)


def test_h05_the_refusal_says_what_would_be_taken_and_nothing_is_read(service: Service) -> None:
    answer = ask(service, "PUT", lines=[("Content-Encoding", "gzip"), ("Expect", "100-continue")], body=page_body())
    assert (answer.headers.get("Accept-Encoding"), answer.asked_for_body) == ("identity", 0)


def test_h08_two_tokens_are_challenged_as_an_invalid_request(service: Service) -> None:
    answer = ask(service, "GET", lines=[("Authorization", f"Bearer {token()}")])
    assert 'error="invalid_request"' in (answer.headers.get("WWW-Authenticate") or "")


def test_h13_a_put_without_a_request_id_is_given_one(service: Service) -> None:
    first, second = (ask(service, "PUT", body=page_body()).headers.get("MS-RequestId") or "" for _ in range(2))
    assert read_guid(first)
    assert first != second


def test_h13_a_put_without_a_request_id_is_no_replay(service: Service, desk: Desk) -> None:
    for _ in range(2):
        ask(service, "PUT", body=page_body())
    assert len(desk.audit()) == 2


def test_h15_upper_and_lower_case_are_one_request_id(service: Service, desk: Desk) -> None:
    for request_id in (GUID, GUID.upper()):
        ask(service, "PUT", lines=[("MS-RequestId", request_id)], body=page_body())
    assert len(desk.audit()) == 1


# GETs on which a line has no influence

IGNORED: dict[str, Lines] = {
    "H07-anything": [("Accept", "*/*")],
    "H07-any-application": [("Accept", "application/*")],
    "H18-other-contract-version": [("MS-Contract-Version", "v99")],
    "H19-path-as-locale": [("X-Locale", "../../etc/passwd")],
    "H19-10-KiB-of-locale": [("X-Locale", "x" * 10240)],
    "H20-forwarded-for": [("X-Forwarded-For", "10.0.0.1")],
    "H20-forwarded-proto": [("X-Forwarded-Proto", "gopher")],
    "H20-forwarded-host": [("X-Forwarded-Host", "evil.example")],
    "H20-forwarded": [("Forwarded", "host=evil.example;proto=http")],
    "H20-original-url": [("X-Original-URL", "/v1/auditrecords")],
    "H20-rewrite-url": [("X-Rewrite-URL", "/v1/auditrecords")],
    "H21-method-override": [("X-HTTP-Method-Override", "PUT")],
    "H21-method": [("X-HTTP-Method", "DELETE")],
    "H22-range": [("Range", "bytes=0-1")],
    "H22-range-if": [("Range", "bytes=0-1"), ("If-Range", "Thu, 01 Jan 1970 00:00:00 GMT")],
    "H23-modified-since": [("If-Modified-Since", "Fri, 01 Jan 2999 00:00:00 GMT")],
    "H23-unmodified-since": [("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")],
    "H30-cookie": [("Cookie", "sid=x")],
    "H31-origin": [("Origin", "https://evil.example")],
    "H32-gzip": [("Accept-Encoding", "gzip, br;q=1.0, *")],
}


@pytest.mark.parametrize("lines", IGNORED.values(), ids=IGNORED.keys())
def test_a_get_with_these_lines_is_the_get_without(service: Service, lines: Lines) -> None:
    ids = [("MS-RequestId", GUID), ("MS-CorrelationId", CORRELATION)]
    answer, without = (ask(service, "GET", lines=[*more, *ids]) for more in (lines, []))
    assert (answer.status, answer.body) == (200, without.body)
    assert answer.headers == without.headers


QUERIES = {
    "H29-unknown": "?x=1",
    "H29-repeated": f"?tenantId={SECOND}&tenantId={SECOND}",
    "H29-empty": "?",
    "H29-no-pairs": "?&&=&%20",
    "H21-method": "?_method=PUT",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_a_get_with_this_query_is_the_get_without(service: Service, query: str) -> None:
    assert ask(service, "GET", PROFILE + query).body == ask(service, "GET").body


@pytest.mark.parametrize(
    "sent", ["none", "x" * 1024, f"{{{CORRELATION}}}", "'; drop", "\x80"], ids=[f"H17-{n}" for n in range(5)]
)
def test_a_malformed_correlation_id_is_replaced_and_never_told(
    service: Service, sent: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = ask(service, "PUT", lines=[("MS-CorrelationId", sent)], body=page_body())
    assert read_guid(answer.headers.get("MS-CorrelationId") or "")
    assert sent not in (answer.headers.get("MS-CorrelationId"), answer.headers.get("MS-RequestId"))
    assert sent not in caplog.text


def test_h17_a_malformed_correlation_id_is_not_in_the_audit(service: Service, desk: Desk) -> None:
    answer = ask(service, "PUT", lines=[("MS-CorrelationId", "canary")], body=page_body())
    (entry,) = desk.audit()
    assert "canary" not in json_text.write(entry).decode()
    assert entry["originalCorrelationId"] == answer.headers.get("MS-CorrelationId")


# Who asks

BEARERS: dict[str, tuple[str, int | None]] = {
    "H10-alone": ("Bearer", 400),
    "H10-alone-with-a-blank": ("Bearer ", 400),
    "H10-two-words": ("Bearer a b", 400),
    "H10-comma": ("Bearer a,b", 400),
    "H10-token-and-word": ("Bearer {token} b", 400),
    "H10-basic": ("Basic YTpi", 800001),
    "H10-token-alone": ("{token}", 800001),
    "H12-empty": ("", 800001),
}


@pytest.mark.parametrize(("value", "code"), BEARERS.values(), ids=BEARERS.keys())
def test_what_is_no_token_is_refused_and_challenged(service: Service, value: str, code: int) -> None:
    answer = bare(service, [("Authorization", value.replace("{token}", token()))])
    challenge = answer.headers.get("WWW-Authenticate") or ""
    assert (answer.status, answer.code(), challenge.startswith("Bearer ")) == (401, code, True)
    assert ('error="invalid_token"' in challenge) == (code == 400)


def test_h10_a_tab_is_no_blank(service: Service) -> None:
    answer = bare(service, [("Authorization", f"Bearer\t{token()}")])
    assert (answer.status, "Bearer " in (answer.headers.get("WWW-Authenticate") or "")) == (401, True)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"], ids=["H09-lower-case", "H09-upper-case"])
def test_a_scheme_has_no_case(service: Service, scheme: str) -> None:
    assert bare(service, [("Authorization", f"{scheme} {token()}")]).status == 200


def test_h12_without_a_token_the_challenge_names_no_error(service: Service) -> None:
    answer = bare(service, [])
    assert (answer.status, answer.code()) == (401, 800001)
    assert "error" not in (answer.headers.get("WWW-Authenticate") or "error")


def test_h11_a_token_in_the_query_is_none_and_is_not_logged(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = bare(service, [], target=f"{PROFILE}?access_token={token()}")
    assert (answer.status, answer.code()) == (401, 800001)
    assert token() not in caplog.text


def test_h11_a_token_in_a_form_is_none(service: Service, desk: Desk) -> None:
    before = desk.world_hash()
    form = [("Content-Type", "application/x-www-form-urlencoded")]
    answer = bare(service, form, method="PUT", body=f"access_token={token()}".encode())
    assert (answer.status, answer.code(), desk.world_hash()) == (401, 800001, before)


def test_h30_a_token_in_a_cookie_is_none(service: Service) -> None:
    answer = bare(service, [("Cookie", f"access_token={token()}; Authorization=Bearer {token()}")])
    assert (answer.status, answer.code()) == (401, 800001)


# Methods and paths

READ_ONLY = "GET, HEAD, OPTIONS"
ALLOWED = "GET, HEAD, OPTIONS, PUT"


def test_h24_head_is_get_without_the_body(service: Service) -> None:
    head, get = (ask(service, method, lines=[("MS-RequestId", GUID)]) for method in ("HEAD", "GET"))
    assert (head.status, head.body) == (200, b"")
    assert head.headers.get("ETag") == get.headers.get("ETag")
    assert head.headers.get("Content-Length") == str(len(get.body))


def test_h24_options_names_the_methods(service: Service) -> None:
    answer = ask(service, "OPTIONS")
    assert (answer.status, answer.body, answer.headers.get("Allow")) == (204, b"", ALLOWED)


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"], ids=["H25-post", "H25-patch", "H25-delete"])
def test_another_method_is_refused_with_those_that_are_allowed(service: Service, desk: Desk, method: str) -> None:
    before = desk.world_hash()
    answer = ask(service, method, body=page_body())
    assert (answer.status, answer.headers.get("Allow"), desk.world_hash()) == (405, ALLOWED, before)


@pytest.mark.parametrize("name", ["mpn", "partnernetworkprofile"], ids=["H26-mpn", "H26-other-name"])
def test_the_mpn_profile_is_read_only(service: Service, name: str) -> None:
    answer = ask(service, "PUT", f"/v1/profiles/{name}", body=page_body())
    assert (answer.status, answer.headers.get("Allow")) == (405, READ_ONLY)


NOWHERE = {
    "H27-other-profile": "/v1/profiles/nothing",
    "H27-other-version": "/v2/profiles/billing",
    "H27-no-profile": "/v1/profiles",
    "H28-other-case": "/v1/profiles/Billing",
    "H28-upper-case": "/V1/profiles/billing",
    "H28-support-in-upper-case": "/v1/profiles/SupportProfile",
}


@pytest.mark.parametrize("target", NOWHERE.values(), ids=NOWHERE.keys())
def test_a_path_that_is_none_is_not_found(service: Service, target: str) -> None:
    answer = ask(service, "GET", target)
    assert (answer.status, answer.code()) == (404, 1000)


def test_h28_both_names_of_the_support_profile_are_one_resource(service: Service) -> None:
    one, other = (ask(service, "GET", f"/v1/profiles/{name}") for name in ("support", "supportprofile"))
    assert (one.status, one.body, one.headers.get("ETag")) == (200, other.body, other.headers.get("ETag"))


# Other origins

PREFLIGHT = [
    ("Origin", "https://evil.example"),
    ("Access-Control-Request-Method", "PUT"),
    ("Access-Control-Request-Headers", "authorization"),
]


def test_h31_a_preflight_is_refused_for_it_has_no_token(service: Service) -> None:
    answer = bare(service, PREFLIGHT, method="OPTIONS")
    assert (answer.status, answer.code()) == (401, 800001)


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("PUT", 200), ("POST", 405)], ids=["H31-get", "H31-put", "H31-refusal"]
)
def test_no_answer_lets_another_origin_read_it(service: Service, method: str, status: int) -> None:
    answer = ask(service, method, lines=PREFLIGHT, body=page_body() if method == "PUT" else b"")
    told = [name for name, _ in answer.headers if name.lower().startswith("access-control-")]
    assert (answer.status, told) == (status, [])


def test_h31_the_preflight_is_told_nothing_either(service: Service) -> None:
    answers = (bare(service, PREFLIGHT, method="OPTIONS"), ask(service, "OPTIONS", lines=PREFLIGHT))
    assert not any(name.lower().startswith("access-control-") for answer in answers for name, _ in answer.headers)


@pytest.mark.parametrize("method", ["GET", "PUT"], ids=["H32-get", "H32-put"])
def test_no_profile_is_compressed(service: Service, method: str) -> None:
    lines = [("Accept-Encoding", "gzip")]
    answer = ask(service, method, lines=lines, body=page_body() if method == "PUT" else b"")
    assert (answer.headers.get("Content-Encoding"), answer.body[:1]) == (None, b"{")
