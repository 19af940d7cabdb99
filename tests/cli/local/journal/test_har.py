"""The journal as an HTTP Archive."""

from __future__ import annotations

import jsonschema_rs
import pytest

from partnercenter.cli.local.journal.entries import Entry
from partnercenter.cli.local.journal.har import archive
from partnercenter.wire.json_text import JsonObject
from tests.cli.local.journal.har_schema import SCHEMA

URL = "https://localhost:8443"
GET = Entry(1, 1_800_000_000.25, 1.5, "GET", "/v1/profiles/mpn?mpnId=1&x=", status=200)
PUT = Entry(
    2,
    1_800_000_001.0,
    2.5,
    "PUT",
    "/v1/profiles/billing",
    headers=[("Content-Type", "application/json"), ("MS-RequestId", "id")],
    body='{"companyName":"Ä"}',
    status=412,
    response_headers=[("Content-Type", "application/json; charset=utf-8")],
    response_body='{"code":2055}',
    operation="update_billing_profile",
    tenant="t",
    fault="slow",
)
LOST = Entry(3, 0.0, 0.0, "PUT", "/v1/profiles/billing", body="{}")
STRANGE = Entry(4, 0.0, 0.0, "BREW", "https://else.example/?a=1", status=799, response_headers=[("Location", "/x")])


def _entry(entry: Entry) -> JsonObject:
    log = archive([entry], URL)["log"]
    assert isinstance(log, dict)
    assert isinstance(log["entries"], list)
    [found] = log["entries"]
    assert isinstance(found, dict)
    return found


def _part(entry: Entry, name: str) -> JsonObject:
    part = _entry(entry)[name]
    assert isinstance(part, dict)
    return part


@pytest.mark.parametrize("entries", [[], [GET], [PUT], [LOST], [STRANGE], [GET, PUT, LOST]])
def test_an_archive_is_valid(entries: list[Entry]) -> None:
    validator = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
    assert [error.message for error in validator.iter_errors(archive(entries, URL))] == []


def test_the_schema_of_the_tests_refuses_what_is_none() -> None:
    broken = archive([GET], URL)
    assert isinstance(broken["log"], dict)
    broken["log"]["version"] = "1.1"
    assert not jsonschema_rs.Draft202012Validator(SCHEMA).is_valid(broken)


def test_a_request_has_its_whole_url_and_its_query() -> None:
    request = _part(GET, "request")
    assert request["url"] == "https://localhost:8443/v1/profiles/mpn?mpnId=1&x="
    assert request["queryString"] == [{"name": "mpnId", "value": "1"}, {"name": "x", "value": ""}]


def test_a_target_that_is_a_url_stays_one() -> None:
    assert _part(STRANGE, "request")["url"] == "https://else.example/?a=1"


def test_a_body_has_its_type_and_its_size_in_bytes() -> None:
    request = _part(PUT, "request")
    assert request["postData"] == {"mimeType": "application/json", "text": '{"companyName":"Ä"}'}
    assert request["bodySize"] == 20


def test_no_body_is_no_post_data() -> None:
    request = _part(GET, "request")
    assert ("postData" in request, request["bodySize"]) == (False, 0)


def test_an_answer_has_status_phrase_headers_and_content() -> None:
    response = _part(PUT, "response")
    assert (response["status"], response["statusText"]) == (412, "Precondition Failed")
    content = {"size": 13, "mimeType": "application/json; charset=utf-8", "text": '{"code":2055}'}
    assert response["content"] == content


def test_no_answer_is_status_0() -> None:
    assert _part(LOST, "response")["status"] == 0


def test_what_only_a_local_service_knows_begins_with_an_underscore() -> None:
    entry = _entry(PUT)
    known = [entry[name] for name in ("_sequence", "_operation", "_tenant", "_fault")]
    assert known == [2, "update_billing_profile", "t", "slow"]


def test_times_are_iso_8601_and_milliseconds() -> None:
    entry = _entry(GET)
    assert (entry["startedDateTime"], entry["time"]) == ("2027-01-15T08:00:00.250Z", 1.5)
