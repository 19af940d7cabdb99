"""The service as a whole, in process: request in, answer out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NoReturn

import pytest

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.wire import json_text
from partnercenter.wire.guid import read_guid
from partnercenter.wire.json_text import JsonValue
from tests.service.stage import (
    CORRELATION,
    FIRST,
    GUID,
    NOW,
    SECOND,
    Answer,
    Desk,
    ask,
    ask_async,
    page_body,
    token,
)

PROFILE = "/v1/profiles/billing"
IDS = [("MS-RequestId", GUID), ("MS-CorrelationId", CORRELATION)]


def second() -> str:
    return token(tid=SECOND, oid=seed.SECOND_BILLING_ADMIN.id)


# The seed's page


def test_the_published_put_is_answered_to_the_letter(service: Service, desk: Desk) -> None:
    lines = [("Accept", "application/json"), *IDS, ("Expect", "100-continue")]
    answer = ask(service, "PUT", lines=lines, body=page_body(etag=desk.tag()))
    assert (answer.status, answer.body) == (200, json_text.write(page_body(etag=desk.tag())))


def test_the_answer_to_a_put_has_the_published_headers(service: Service) -> None:
    answer = ask(service, "PUT", lines=IDS, body=page_body())
    told = {name: answer.headers.get(name) for name in ("Content-Type", "MS-RequestId", "MS-CorrelationId")}
    assert told == {
        "Content-Type": "application/json; charset=utf-8",
        "MS-RequestId": GUID,
        "MS-CorrelationId": CORRELATION,
    }


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_the_tag_in_the_header_is_the_quoted_tag_of_the_body(service: Service, method: str) -> None:
    answer = ask(service, method, body={"companyName": "x"} if method == "PUT" else b"")
    attributes = answer.json()["attributes"]
    assert isinstance(attributes, dict)
    assert answer.headers.get("ETag") == f'"{attributes["etag"]}"'


def test_the_tag_of_a_put_is_the_tag_of_the_next_get(service: Service) -> None:
    put = ask(service, "PUT", body=page_body())
    assert ask(service, "GET").headers.get("ETag") == put.headers.get("ETag")


def test_d01_a_get_is_camel_case_without_nulls_and_with_the_profile_type(service: Service, desk: Desk) -> None:
    assert ask(service, "GET").json() == {
        "companyName": "TEST_TEST_BugBash1",
        "address": {
            "country": "US",
            "city": "Redmond",
            "state": "WA",
            "addressLine1": "1 Microsoft Way",
            "addressLine2": "",
            "postalCode": "98052",
        },
        "primaryContact": {"firstName": "Test", "lastName": "Customer", "phoneNumber": ""},
        "purchaseOrderNumber": "9888",
        "taxId": "12-345678",
        "billingCurrency": "USD",
        "profileType": "BillingProfile",
        "links": {"self": {"uri": "/profiles/billing", "method": "GET", "headers": []}},
        "attributes": {"etag": desk.tag(), "objectType": "BillingProfile"},
    }


def test_d01_a_get_after_a_pascal_case_put_is_camel_case(service: Service) -> None:
    ask(service, "PUT", body=page_body())
    assert "companyName" in ask(service, "GET").json()


@pytest.mark.parametrize("target", ["/v1/profiles/billing", "/v1.0/profiles/billing"])
def test_d23_both_versions_are_served(service: Service, target: str) -> None:
    assert ask(service, "GET", target).status == 200


def test_h24_head_is_get_without_the_body(service: Service) -> None:
    head, get = ask(service, "HEAD"), ask(service, "GET")
    assert (head.status, head.body, head.headers.get("Content-Length")) == (200, b"", str(len(get.body)))


# Headers of every answer

REFUSED: dict[str, tuple[Callable[[Service], Answer], int, int]] = {
    "framing": (lambda s: ask(s, "PUT", lines=[("Host", "a"), ("Host", "b")]), 400, 800002),
    "content-length": (lambda s: ask(s, "PUT", lines=[("Content-Length", "x")]), 400, 800002),
    "size": (lambda s: ask(s, "PUT", lines=[("Content-Length", "65537")]), 413, 800002),
    "size-undeclared": (
        lambda s: ask(s, "PUT", lines=[("Transfer-Encoding", "chunked")], chunks=[b" " * 65536, b" "]),
        413,
        800002,
    ),
    "get-with-body": (lambda s: ask(s, "GET", body=b"x"), 400, 800002),
    "route": (lambda s: ask(s, "GET", "/v1/nothing"), 404, 1000),
    "method": (lambda s: ask(s, "DELETE"), 405, 900127),
    "no-token": (lambda s: ask(s, "GET", lines=[], bearer=" "), 401, 400),
    "bad-token": (lambda s: ask(s, "GET", bearer="x.y.z"), 401, 400),
    "retired-audience": (lambda s: ask(s, "GET", bearer=token(aud="https://graph.windows.net")), 401, 900420),
    "no-mfa": (lambda s: ask(s, "GET", bearer=token(amr=["pwd"])), 401, 900421),
    "app-only": (lambda s: ask(s, "GET", bearer=token(idtyp="app", scp="")), 403, 900329),
    "role": (lambda s: ask(s, "PUT", bearer=token(wids=[])), 403, 900150),
    "accept": (lambda s: ask(s, "GET", lines=[("Accept", "text/html")]), 406, 800002),
    "media-type": (lambda s: ask(s, "PUT", lines=[("Content-Type", "text/plain")], body=b"x"), 415, 800002),
    "request-id": (lambda s: ask(s, "PUT", lines=[("MS-RequestId", "x")], body=page_body()), 400, 800002),
    "if-match-form": (lambda s: ask(s, "PUT", lines=[("If-Match", '"a')], body=page_body()), 400, 800002),
    "if-match": (lambda s: ask(s, "PUT", lines=[("If-Match", '"old"')], body=page_body()), 412, 2055),
    "json": (lambda s: ask(s, "PUT", body=b"{"), 400, 800002),
    "no-body": (lambda s: ask(s, "PUT"), 400, 800002),
    "shape": (lambda s: ask(s, "PUT", body={"taxId": 1}), 400, 3000),
    "body-tag": (lambda s: ask(s, "PUT", body=page_body(etag="old")), 400, 2055),
    "rules": (lambda s: ask(s, "PUT", body={"billingDay": 99}), 400, 3000),
    "expectation": (lambda s: ask(s, "PUT", lines=[("Expect", "x")]), 417, 800002),
    "cut-body": (lambda s: ask(s, "PUT", lines=[("Content-Length", "9")], chunks=[]), 408, 800002),
}


@pytest.mark.parametrize(("send", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refusal_has_its_status_and_code(
    service: Service, send: Callable[[Service], Answer], status: int, code: int
) -> None:
    answer = send(service)
    assert (answer.status, answer.code()) == (status, code)


@pytest.mark.parametrize("send", [row[0] for row in REFUSED.values()], ids=REFUSED.keys())
def test_a_refusal_is_the_envelope_with_both_ids_and_its_length(
    service: Service, send: Callable[[Service], Answer]
) -> None:
    answer = send(service)
    assert list(answer.json()) == ["code", "description", "data", "source"]
    assert all(read_guid(answer.headers.get(name) or "") for name in ("MS-RequestId", "MS-CorrelationId"))
    assert answer.headers.get("Content-Length") == str(len(answer.body))


@pytest.mark.parametrize("send", [row[0] for row in REFUSED.values()], ids=REFUSED.keys())
def test_a_refusal_changes_nothing(service: Service, desk: Desk, send: Callable[[Service], Answer]) -> None:
    before = desk.world_hash()
    send(service)
    assert desk.world_hash() == before


@pytest.mark.parametrize("send", [row[0] for row in REFUSED.values()], ids=REFUSED.keys())
def test_no_header_stands_twice_in_a_refusal(service: Service, send: Callable[[Service], Answer]) -> None:
    names = [name for name, _ in send(service).headers]
    assert len(names) == len(set(names))


def test_h12_without_an_authorization_header_the_token_is_missing(service: Service) -> None:
    answer = asyncio.run(ask_async(service, "GET", PROFILE))
    assert (answer.status, answer.code()) == (401, 800001)


def test_h11_a_token_in_the_query_is_no_token(service: Service) -> None:
    answer = asyncio.run(ask_async(service, "GET", f"{PROFILE}?access_token={token()}"))
    assert answer.code() == 800001


def test_i21_ids_of_a_get_are_echoed(service: Service) -> None:
    answer = ask(service, "GET", lines=IDS)
    assert (answer.headers.get("MS-RequestId"), answer.headers.get("MS-CorrelationId")) == (GUID, CORRELATION)


def test_ids_of_a_refusal_are_echoed(service: Service) -> None:
    answer = ask(service, "GET", "/v1/nothing", lines=IDS)
    assert (answer.headers.get("MS-RequestId"), answer.headers.get("MS-CorrelationId")) == (GUID, CORRELATION)


def test_i21_a_request_id_that_is_no_guid_refuses_no_get(service: Service) -> None:
    assert ask(service, "GET", lines=[("MS-RequestId", "x")]).status == 200


def test_h25_the_refusal_of_a_method_names_the_allowed_ones(service: Service) -> None:
    assert ask(service, "PATCH").headers.get("Allow") == "GET, HEAD, OPTIONS, PUT"


# The order of checks: of two things that are wrong, which one is told

BAD_TOKEN = "x.y.z"
STALE = ("If-Match", '"old"')
ORDER: dict[str, tuple[Callable[[Service], Answer], int]] = {
    "framing-before-size": (
        lambda s: ask(s, "PUT", lines=[("Host", "a"), ("Host", "b"), ("Content-Length", "65537")]),
        400,
    ),
    "size-before-route": (lambda s: ask(s, "PUT", "/v1/nothing", lines=[("Content-Length", "65537")]), 413),
    "route-before-method": (lambda s: ask(s, "BREW", "/v1/nothing"), 404),
    "method-before-authentication": (lambda s: ask(s, "DELETE", bearer=BAD_TOKEN), 405),
    "authentication-before-permission": (lambda s: ask(s, "PUT", bearer=token(wids=[], exp=1)), 401),
    "permission-before-media-type": (
        lambda s: ask(s, "PUT", bearer=token(wids=[]), lines=[("Content-Type", "text/plain")]),
        403,
    ),
    "media-type-before-accept": (
        lambda s: ask(s, "PUT", lines=[("Content-Type", "text/plain"), ("Accept", "text/html")]),
        415,
    ),
    "accept-before-request-id": (
        lambda s: ask(s, "PUT", lines=[("Accept", "text/html"), ("MS-RequestId", "x")]),
        406,
    ),
    "request-id-before-if-match": (lambda s: ask(s, "PUT", lines=[("MS-RequestId", "x"), STALE]), 400),
    "C29-method-before-if-match": (lambda s: ask(s, "POST", lines=[STALE]), 405),
    "C29-authentication-before-if-match": (lambda s: ask(s, "PUT", bearer=BAD_TOKEN, lines=[STALE]), 401),
    "C29-permission-before-if-match": (lambda s: ask(s, "PUT", bearer=token(wids=[]), lines=[STALE]), 403),
    "C29-media-type-before-if-match": (
        lambda s: ask(s, "PUT", lines=[("Content-Type", "text/plain"), STALE]),
        415,
    ),
    "C30-if-match-before-json": (lambda s: ask(s, "PUT", lines=[STALE], body=b"{"), 412),
}


@pytest.mark.parametrize(("send", "status"), ORDER.values(), ids=ORDER.keys())
def test_d19_of_two_faults_the_earlier_check_is_told(
    service: Service, send: Callable[[Service], Answer], status: int
) -> None:
    assert send(service).status == status


# Replay


def test_i01_a_replay_has_the_same_body_and_tag(service: Service) -> None:
    first, again = (ask(service, "PUT", lines=IDS, body=page_body()) for _ in range(2))
    assert (again.body, again.headers.get("ETag")) == (first.body, first.headers.get("ETag"))


def test_i01_a_replay_through_the_other_version_of_the_path_is_one(service: Service, desk: Desk) -> None:
    ask(service, "PUT", lines=IDS, body=page_body())
    ask(service, "PUT", "/v1.0/profiles/billing", lines=IDS, body=page_body())
    assert len(desk.audit()) == 1


def test_i08_a_replay_with_an_expired_token_is_401(service: Service) -> None:
    ask(service, "PUT", lines=IDS, body=page_body())
    assert ask(service, "PUT", lines=IDS, body=page_body(), bearer=token(exp=int(NOW) - 100)).status == 401


def test_i24_another_correlation_id_makes_no_other_request(service: Service) -> None:
    ask(service, "PUT", lines=IDS, body=page_body())
    other = [("MS-RequestId", GUID), ("MS-CorrelationId", GUID)]
    answer = ask(service, "PUT", lines=other, body=page_body())
    assert (answer.status, answer.headers.get("MS-CorrelationId")) == (200, GUID)


def test_h15_a_replay_may_write_its_id_in_upper_case(service: Service, desk: Desk) -> None:
    ask(service, "PUT", lines=IDS, body=page_body())
    ask(service, "PUT", lines=[("MS-RequestId", GUID.upper())], body=page_body())
    assert len(desk.audit()) == 1


# Expect: 100-continue

WAITS = ("Expect", "100-continue")
SPARED: dict[str, tuple[dict[str, str], list[tuple[str, str]], int]] = {
    "F41-bad-token": ({"bearer": BAD_TOKEN}, [], 401),
    "F41-stale-if-match": ({}, [STALE], 412),
    "F41-too-large": ({}, [("Content-Length", "65537")], 413),
    "F41-media-type": ({}, [("Content-Type", "text/plain")], 415),
    "F41-request-id": ({}, [("MS-RequestId", "x")], 400),
    "F41-route": ({"target": "/v1/nothing"}, [], 404),
}


@pytest.mark.parametrize(("how", "lines", "status"), SPARED.values(), ids=SPARED.keys())
def test_f41_a_body_that_would_be_refused_anyway_is_never_asked_for(
    service: Service, how: dict[str, str], lines: list[tuple[str, str]], status: int
) -> None:
    target, bearer = how.get("target", PROFILE), how.get("bearer")
    answer = ask(service, "PUT", target, bearer=bearer, lines=[WAITS, *lines], body=page_body())
    assert (answer.status, answer.asked_for_body, answer.headers.get("Connection")) == (status, 0, "close")


def test_f40_a_body_that_may_pass_is_asked_for(service: Service, desk: Desk) -> None:
    lines = [WAITS, ("If-Match", f'"{desk.tag()}"')]
    answer = ask(service, "PUT", lines=lines, body=page_body())
    assert (answer.status, answer.asked_for_body, answer.headers.get("Connection")) == (200, 1, None)


def test_i02_a_replay_that_waits_with_its_body_is_asked_for_it(service: Service, desk: Desk) -> None:
    lines = [WAITS, *IDS, ("If-Match", f'"{desk.tag()}"')]
    first = ask(service, "PUT", lines=lines, body=page_body())
    assert ask(service, "PUT", lines=lines, body=page_body()).body == first.body


def test_a_refused_body_that_is_on_its_way_is_read_to_its_end(service: Service) -> None:
    answer = ask(service, "PUT", bearer=BAD_TOKEN, lines=[("Content-Length", "3")], chunks=[b"a", b"b", b"c"])
    assert (answer.status, answer.asked_for_body, answer.headers.get("Connection")) == (401, 3, "close")


def test_p16_a_refusal_does_not_wait_for_a_body_that_never_comes(service: Service) -> None:
    answered = asyncio.Event()

    async def never() -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(_: object) -> None:
        answered.set()

    async def refuse() -> None:
        lines = [(b"content-length", b"3"), (b"authorization", b"Bearer x")]
        scope = {"type": "http", "method": "PUT", "raw_path": PROFILE.encode(), "query_string": b"", "headers": lines}
        asking = asyncio.create_task(service(scope, never, send))
        await asyncio.wait([asking, asyncio.create_task(answered.wait())], timeout=0.2, return_when="FIRST_COMPLETED")
        asking.cancel()

    asyncio.run(refuse())
    assert answered.is_set()


# Two tenants


def test_t01_each_tenant_sees_its_own_profile(service: Service) -> None:
    assert ask(service, "GET", bearer=second()).json()["companyName"] == "Zweiter Partner GmbH"


def test_t01_a_put_of_one_tenant_is_not_seen_by_the_other(service: Service) -> None:
    before = ask(service, "GET", bearer=second()).body
    ask(service, "PUT", body=page_body(CompanyName="canary"))
    assert ask(service, "GET", bearer=second()).body == before


@pytest.mark.parametrize("lines", [[("X-Tenant-Id", SECOND)], [("MS-PartnerCenter-Application", SECOND)]])
def test_t02_a_header_cannot_choose_the_tenant(service: Service, lines: list[tuple[str, str]]) -> None:
    assert ask(service, "GET", f"{PROFILE}?tenantId={SECOND}", lines=lines).json()["billingCurrency"] == "USD"


def test_t04_the_tag_of_one_tenant_does_not_hold_for_the_other(service: Service) -> None:
    tag = ask(service, "GET").headers.get("ETag") or ""
    assert ask(service, "PUT", bearer=second(), lines=[("If-Match", tag)], body={"taxId": "98-7654321"}).status == 412


def test_t04_the_request_id_of_one_tenant_is_free_for_the_other(service: Service) -> None:
    ask(service, "PUT", lines=IDS, body={"taxId": "98-7654321"})
    answer = ask(service, "PUT", bearer=second(), lines=IDS, body={"taxId": "98-7654322"})
    assert (answer.status, b"canary" in answer.body) == (200, False)


def test_t09_the_audit_of_one_tenant_is_not_seen_by_the_other(service: Service) -> None:
    ask(service, "PUT", body=page_body())
    assert ask(service, "GET", "/v1/auditrecords", bearer=second()).json()["items"] == []


def test_d24_an_update_is_listed_in_the_audit_of_its_tenant(service: Service) -> None:
    ask(service, "PUT", lines=IDS, body=page_body())
    items = ask(service, "GET", "/v1/auditrecords").json()["items"]
    assert isinstance(items, list)
    (item,) = items
    assert isinstance(item, dict)
    assert (item["partnerId"], item["originalCorrelationId"]) == (FIRST, CORRELATION)


# What is not the API


def test_what_is_no_path_of_the_api_is_answered_by_the_token_authority(service: Service) -> None:
    answer = asyncio.run(ask_async(service, "GET", f"/{FIRST}/v2.0/.well-known/openid-configuration"))
    assert (answer.status, "issuer" in answer.json()) == (200, True)


def test_another_kind_of_connection_is_not_answered(service: Service) -> None:
    async def never(_: object = None) -> NoReturn:
        raise AssertionError

    asyncio.run(service({"type": "websocket"}, never, never))


@pytest.mark.parametrize(("amr", "status", "told"), [(["pwd", "mfa"], 200, "true"), (["pwd"], 401, "false")])
def test_d16_mfa_is_reported_with_every_answer_to_who_asks(
    service: Service, amr: list[JsonValue], status: int, told: str
) -> None:
    answer = ask(service, "GET", bearer=token(amr=amr), lines=[("ValidateMfa", "true")])
    assert (answer.status, answer.headers.get("isMfaCompliant")) == (status, told)
