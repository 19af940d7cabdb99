"""What the journal tells of a request has no secret in it, wherever somebody put one."""

from __future__ import annotations

import base64

import pytest

from partnercenter.service import seed
from partnercenter.service.double import Double
from partnercenter.service.endpoints.routes import ROUTES
from partnercenter.service.gate.journal import Course, Journal
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Headers, Request, Response
from tests.service.doubled import TOKEN, form, get, last, put, send, sign_in, whole
from tests.service.stage import keys

SECRETS = {
    "password": seed.PASSWORD,
    "client-secret": seed.APP_USER.secret or "",
    "other-client-secret": seed.APP_ONLY.secret or "",
    "refresh-token": seed.FIRST_REFRESH_TOKEN.token,
    "other-refresh-token": seed.SECOND_REFRESH_TOKEN.token,
    "administration": TOKEN,
    "access-token": keys().sign({"iss": "x"}),
}
ENDPOINTS = [
    *((method, f"/v1{path}") for path, methods in ROUTES.items() for method in methods),
    ("POST", "/common/oauth2/v2.0/token"),
    ("POST", "/common/oauth2/token"),
    ("POST", "/common/oauth2/v2.0/devicecode"),
    ("GET", "/common/oauth2/v2.0/authorize"),
    ("POST", "/common/oauth2/v2.0/authorize"),
    ("POST", "/devicelogin"),
    ("GET", "/devicelogin"),
    ("GET", "/"),
    ("GET", "/openapi.json"),
    ("GET", "/nothing"),
]
FIELDS = (
    "client_secret",
    "password",
    "refresh_token",
    "code",
    "scope",
    "redirect_uri",
    "anything",
    "client_id",
    "state",
)


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS.keys())
def test_p18_no_secret_of_the_seed_is_found_wherever_it_was_sent(double: Double, secret: str) -> None:
    bearer = sign_in(double)
    basic = base64.b64encode(f"x:{secret}".encode()).decode()
    for method, path in ENDPOINTS:
        for authorization in (f"Bearer {bearer}", f"Bearer {secret}", f"Basic {basic}", secret):
            lines = [
                ("Authorization", authorization),
                ("Cookie", f"a={secret}"),
                ("X-Api-Key", secret),
                ("Referer", f"https://x/?a={secret}"),
                ("X-Note", f"it is {secret}"),
            ]
            send(double, method, f"{path}?token={secret}&q={secret}&{secret}=1&client_id={secret}", lines)
        if method != "GET":
            lines = [("Authorization", f"Bearer {bearer}")]
            send(double, method, path, lines, {"companyName": secret, "password": secret, secret: [secret]})
            send(double, method, path, lines, f"not json {secret}".encode())
            form(double, path, **dict.fromkeys(FIELDS, secret), **{secret: "1"})
    send(double, "GET", f"/{secret}/oauth2/v2.0/token")
    send(double, "GET", f"/v1/%{ord(secret[0]):02x}{secret[1:]}")
    shown = whole(double)
    assert double.journal.last > 100
    assert secret not in shown
    assert basic not in shown


def test_p18_no_token_that_was_issued_is_found(double: Double) -> None:
    bearer = sign_in(double)
    get(double, bearer)
    assert bearer not in whole(double)
    assert bearer.rpartition(".")[2] not in whole(double)


def test_p18_a_tax_id_is_masked_in_request_and_answer(double: Double) -> None:
    bearer = sign_in(double)
    get(double, bearer)
    put(double, bearer, "1")
    body: JsonObject = {"TAXID": "98-7654321"}
    send(double, "PUT", "/v1/profiles/billing?taxId=98-7654321", [("Authorization", f"Bearer {bearer}")], body)
    shown = whole(double)
    assert "12-345678" not in shown
    assert "98-7654321" not in shown
    assert "*******78" in shown


def test_p18_the_second_factor_and_the_codes_of_a_sign_in_are_not_found(double: Double) -> None:
    form(double, "/devicelogin", user_code="BCDF-GHJK", otp=seed.SECOND_FACTOR, ticket="a-ticket-of-ours")
    scope = "https://api.partnercenter.microsoft.com/.default"
    issued = form(double, "/common/oauth2/v2.0/devicecode", client_id=seed.APP_USER.id, scope=scope).json()
    shown = whole(double)
    for code in (
        "BCDF-GHJK",
        seed.SECOND_FACTOR,
        "a-ticket-of-ours",
        str(issued["device_code"]),
        str(issued["user_code"]),
    ):
        assert code not in shown


def test_of_a_sign_in_it_is_told_who_wanted_what(double: Double) -> None:
    sign_in(double)
    assert f"grant_type=refresh_token&client_id={seed.APP_USER.id}&client_secret=[removed]" in last(double).body
    assert '"token_type":"Bearer"' in last(double).response_body
    assert '"access_token":"[removed]"' in last(double).response_body


def test_what_is_a_secret_by_its_name_alone_is_not_found(double: Double) -> None:
    unknown = "nobody-knows-this"
    named = [("X-Api-Key", unknown), ("Cookie", unknown), ("X-Signature", unknown)]
    body: JsonObject = {"clientSecret": unknown, "a": [{"Password": {"b": unknown}}]}
    for bearer in (unknown, sign_in(double)):
        lines = [("Authorization", f"Bearer {bearer}"), *named]
        send(double, "PUT", f"/v1/profiles/billing?access_token={unknown}", lines, body)
    assert "clientSecret" in last(double).body
    assert unknown not in whole(double)


def test_of_a_token_the_scheme_is_kept_so_that_the_request_can_be_sent_again(double: Double) -> None:
    get(double, sign_in(double))
    assert ("authorization", "Bearer [removed]") in last(double).headers


def test_where_a_list_goes_on_is_no_secret(double: Double) -> None:
    send(double, "GET", "/v1/auditrecords?continuationToken=page2", [("MS-ContinuationToken", "page2")])
    assert "continuationToken=page2" in last(double).target
    assert ("ms-continuationtoken", "page2") in last(double).headers


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Auth", "nobody-knows-this"),
        ("X-Session-Id", "nobody-knows-this"),
        ("X-Forwarded-Access", "Bearer nobody-knows-this"),
        ("X-Note", "see basic bm9ib2R5LWtub3dzLXRoaXM="),
        ("Referer", "https://somebody:nobody-knows-this@host/"),
        ("X-Note", "password=nobody-knows-this"),
    ],
)
def test_p18_a_credential_in_another_line_is_not_found(double: Double, name: str, value: str) -> None:
    send(double, "GET", "/v1/profiles/billing", [(name, value)])
    shown = whole(double)
    assert "nobody-knows-this" not in shown
    assert "bm9ib2R5" not in shown


@pytest.mark.parametrize(
    "target",
    [
        "/v1/profiles/billing;password=nobody-knows-this",
        "/v1/profiles/billing?a=1;clientSecret=nobody-knows-this",
        "/v1/profiles/billing#access_token=nobody-knows-this",
        "/v1/auditrecords?filter=%7B%22password%22%3A%22nobody-knows-this%22%7D",
        "/v1/auditrecords?filter=%5B%7B%22taxId%22%3A%22nobody-knows-this%22%7D%5D",
    ],
)
def test_p18_a_secret_that_is_no_parameter_of_its_own_is_not_found(double: Double, target: str) -> None:
    send(double, "GET", target)
    assert "nobody-knows-this" not in whole(double)


def test_p18_an_object_where_a_sign_in_has_a_text_is_not_kept(double: Double) -> None:
    body: JsonObject = {"client_id": {"password": "nobody-knows-this"}, "scope": [["nobody-knows-this"]]}
    send(double, "POST", "/common/oauth2/v2.0/token", [("Content-Type", "application/json")], body)
    assert "nobody-knows-this" not in whole(double)


def test_the_challenge_of_a_refusal_is_shown(double: Double) -> None:
    get(double, "x")
    assert str(last(double).line("www-authenticate")).startswith('Bearer realm="partnercenter", authorization_uri=')


def test_p18_a_signed_token_is_found_within_other_words(double: Double) -> None:
    bearer = sign_in(double)
    for target in (
        f"/v1/x-{bearer}",
        f"/v1/a.b.{bearer}",
        f"/v1/profiles/billing?a={bearer}.",
        f"/v1/{bearer}{bearer}",
    ):
        send(double, "GET", target)
    assert bearer.split(".")[1] not in whole(double)
    assert "/v1/x-" in double.journal.entries()[1].target


def test_a_long_text_that_is_nearly_a_token_is_searched_once() -> None:
    # Minutes, if the search begins again wherever a token could.
    journal, text = Journal(), json_text.write({"companyName": "eyJ" * 20_000})
    request = Request("PUT", "/v1/profiles/billing", Headers({"Content-Type": "application/json"}))
    journal.record(request, text, Response(200), Course("x"), began=1.0, ended=2.0)
    assert "eyJeyJ" in journal.entries()[0].body
