"""`partner.request`: the rest of the Partner Center API, through the pipeline of every call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

from partnercenter.client.any_resource import request_resource
from partnercenter.client.call_options import CallOptions
from partnercenter.client.conversation import AnswerLostError
from partnercenter.client.errors import (
    AnswerNotUnderstoodError,
    BadRequestError,
    ConfigurationError,
    OutcomeUnknownError,
    PartnerCenterError,
    ServiceUnreachableError,
)
from partnercenter.client.settings import ClientSettings
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Headers, Request, Response
from tests.client.scripted import Scripted, Tokens, header, refused

GUID = "9231559e-ed95-41e4-810b-e754ae32dc2f"
JSON = Headers({"Content-Type": "application/json"})
READS = ["GET", "HEAD", "OPTIONS"]
CHANGES = ["POST", "PUT", "PATCH", "DELETE"]


def ask(
    house: Scripted,
    method: str = "GET",
    path: str = "/v1/customers?size=3",
    json: JsonValue = None,
    if_match: str | None = None,
    **options: object,
) -> Response:
    given = cast("CallOptions", options)
    return house.run(request_resource(house.session, method, path, json=json, if_match=if_match, options=given))


def sent(house: Scripted) -> Request:
    (request,) = house.sent
    return request


def test_the_answer_comes_as_it_is() -> None:
    response = Response(200, Headers({"MS-CV": "x"}), b'\xef\xbb\xbf{"totalCount":1}')
    answer = ask(Scripted(response))
    assert answer == response
    assert answer.json() == {"totalCount": 1}


def test_the_request_goes_to_the_service_of_the_client_with_token_and_ids() -> None:
    house = Scripted(Response(200, body=b"{}"), settings=ClientSettings(base_url="https://localhost:8443"))
    ask(house, request_id=GUID, headers={"X-Mine": "1"})
    assert sent(house).target == "https://localhost:8443/v1/customers?size=3"
    assert (header(sent(house), "Authorization") or "").startswith("Bearer ")
    assert (header(sent(house), "MS-RequestId"), header(sent(house), "X-Mine")) == (GUID, "1")


def test_json_is_the_body() -> None:
    house = Scripted(Response(201, body=b"{}"))
    ask(house, "POST", json={"a": [1]})
    assert sent(house).body == b'{"a":[1]}'
    assert (header(sent(house), "Content-Type") or "").startswith("application/json")


def test_without_json_there_is_no_body() -> None:
    house = Scripted(Response(200, body=b"{}"))
    ask(house, "DELETE")
    assert (sent(house).body, header(sent(house), "Content-Type")) == (b"", None)


@pytest.mark.parametrize("tag", ["abc", '"abc"'])
def test_if_match_may_have_its_quotes_or_not(tag: str) -> None:
    house = Scripted(Response(200, body=b"{}"))
    ask(house, "PUT", if_match=tag)
    assert header(sent(house), "If-Match") == '"abc"'


@pytest.mark.parametrize("tag", ["", "*", 'W/"abc"', "a b", '"', "ä", "a\r\nX: y"])
def test_what_is_no_strong_entity_tag_is_refused(tag: str) -> None:
    with pytest.raises(ConfigurationError, match="if_match"):
        ask(Scripted(), "PUT", if_match=tag)


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/v1/customers",
        "//evil.example/v1/customers",
        "customers",
        "/customers",
        "/v1",
        "@evil.example/v1/x",
        "/v1/../admin",
        "/v1/a/%2e%2E/%2e./b",
        "/v1/./a",
        "/v1/a\\b",
        "/v1/a#b",
        "/v1/a b",
        "/v1/ä",
        "/v1/a\r\nX: y",
        "/v1/a\x00",
        "",
        None,
    ],
)
def test_a_path_that_may_lead_elsewhere_is_refused_before_anything_is_sent(path: str) -> None:
    house = Scripted(Response(200, body=b"{}"))
    with pytest.raises(ConfigurationError, match="path"):
        ask(house, path=path)
    assert house.sent == []


@pytest.mark.parametrize("path", ["/v1/", "/v1.0/a..b/c", "/v2/x?y=../z", "/v1/a%20b"])
def test_any_path_of_the_service_is_taken(path: str) -> None:
    assert ask(Scripted(Response(200, body=b"{}")), path=path).status == 200


@pytest.mark.parametrize("method", ["get", "TRACE", "CONNECT", "", "GET\r\nX: y", None])
def test_a_method_that_is_none_of_the_api_is_refused(method: str) -> None:
    with pytest.raises(ConfigurationError, match="method"):
        ask(Scripted(), method)


def test_a_body_that_is_no_json_is_refused_without_its_value() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        ask(Scripted(), "POST", json=cast("JsonValue", {"a": "canary\ud800"}))
    assert "canary" not in repr(refusal.value.__dict__)
    assert refusal.value.__context__ is None


@pytest.mark.parametrize("method", CHANGES)
def test_a_method_that_changes_something_and_ends_in_doubt_is_of_unknown_outcome(method: str) -> None:
    with pytest.raises(OutcomeUnknownError):
        ask(Scripted(AnswerLostError("lost")), method)


@pytest.mark.parametrize("method", READS)
def test_a_method_that_only_reads_is_never_of_unknown_outcome(method: str) -> None:
    with pytest.raises(ServiceUnreachableError):
        ask(Scripted(AnswerLostError("lost")), method)


def test_it_is_repeated_with_the_same_id_and_waits_as_told() -> None:
    house = Scripted(refused(429, Retry_After="7"), AnswerLostError("lost"), Response(200, body=b"{}"))
    ask(house, "POST", json={})
    assert len({header(request, "MS-RequestId") for request in house.sent}) == 1
    assert (len(house.sent), house.pauses[0]) == (3, 7.0)


def test_a_refusal_is_the_error_that_it_always_is() -> None:
    with pytest.raises(BadRequestError) as refusal:
        ask(Scripted(refused(400, 3000)), "POST", json={})
    assert (refusal.value.code, refusal.value.data) == ("3000", ("why",))


def test_a_token_that_is_refused_is_replaced_once() -> None:
    house = Scripted(refused(401), Response(200, body=b"{}"), tokens=Tokens("one", "two"))
    ask(house)
    assert [header(request, "Authorization") for request in house.sent] == ["Bearer one", "Bearer two"]


@pytest.mark.parametrize(
    "answer",
    [
        Response(204),
        Response(202, JSON),
        Response(200, Headers({"Content-Type": "application/pdf"}), b"%PDF"),
        Response(200, body=b"text"),
    ],
)
def test_a_success_may_have_any_content_or_none(answer: Response) -> None:
    assert ask(Scripted(answer)) == answer


def test_json_that_is_damaged_is_asked_for_again() -> None:
    house = Scripted(Response(200, JSON, b'{"a":'), Response(200, JSON, b'{"a":1}'))
    assert ask(house).json() == {"a": 1}


def test_a_redirect_is_not_an_answer() -> None:
    with pytest.raises(AnswerNotUnderstoodError):
        ask(Scripted(Response(302, Headers({"Location": "https://evil.example"}))))


@pytest.mark.parametrize(
    "body",
    [
        {"taxId": "canary"},
        {"customer": [{"profile": {"TAXID": "canary"}}]},
        {"userCredentials": {"password": "canary"}},
        {"refresh_token": "canary", "clientSecret": "canary"},
    ],
)
def test_no_error_shows_the_secrets_of_the_body_even_if_the_service_echoes_them(body: Mapping[str, JsonValue]) -> None:
    echo = Response(400, body=b'{"code":3000,"description":"canary","data":["canary"]}')
    with pytest.raises(PartnerCenterError) as refusal:
        ask(Scripted(echo), "POST", json=dict(body))
    assert "canary" not in f"{refusal.value!r} {refusal.value} {refusal.value.__dict__}"


def test_an_option_that_there_is_none_of_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="jsn"):
        ask(Scripted(), jsn={})
