"""Every path and method has an answer, and every answer has its headers."""

from __future__ import annotations

import pytest

from partnercenter.service.token_authority import Accounts, TokenAuthority
from partnercenter.wire.messages import Headers, Request
from tests.service.token_authority.people import BASE_URL, DIRECTORY
from tests.service.token_authority.visitor import FORM, Visitor, aadsts, members

_TOKEN = "/common/oauth2/v2.0/token"


@pytest.mark.parametrize(
    "target",
    [
        *("/common", "/common/", "/common/oauth2/v2.0/token/", "//common/oauth2/token", "common/oauth2/token", "*", ""),
        *("/common/oauth2/v3.0/token", "/devicelogin/", "http://[", "/caf\u00e9", "/%63ommon/x", "/\ud800?\ud800"),
    ],
)
def test_another_path_is_not_found(visitor: Visitor, target: str) -> None:
    assert visitor.get(target).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post", ""])
def test_the_token_endpoint_takes_post_only(visitor: Visitor, method: str) -> None:
    response = visitor.authority.answer(Request(method, _TOKEN))
    assert (response.status, response.headers.get("Allow")) == (405, "POST")


def test_a_page_names_the_methods_that_it_takes(visitor: Visitor) -> None:
    response = visitor.authority.answer(Request("DELETE", "/devicelogin"))
    assert (response.status, response.headers.get("Allow")) == (405, "GET, POST, HEAD")
    assert aadsts(response) == 900561


def test_head_is_get_without_the_body(visitor: Visitor) -> None:
    response = visitor.authority.answer(Request("HEAD", "/common/discovery/keys"))
    assert (response.status, response.body) == (200, b"")


def test_a_whole_url_is_a_target_too(visitor: Visitor) -> None:
    assert visitor.get(f"{BASE_URL}/common/discovery/keys").status == 200


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_only_forms_are_read(visitor: Visitor, content_type: str) -> None:
    response = visitor.post(_TOKEN, {"grant_type": "refresh_token"}, {"Content-Type": content_type})
    assert (response.status, aadsts(response)) == (400, 9002313)


def test_a_form_with_a_charset_is_a_form(visitor: Visitor) -> None:
    response = visitor.post(_TOKEN, {"grant_type": "x"}, {"Content-Type": f"{FORM}; charset=utf-8"})
    assert aadsts(response) == 70003


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=%ff", b"&".join(b"p%d=1" % n for n in range(65)), b""])
@pytest.mark.parametrize("path", [_TOKEN, "/common/oauth2/devicecode", "/common/oauth2/authorize", "/devicelogin"])
def test_a_body_that_cannot_be_read_is_refused(visitor: Visitor, path: str, body: bytes) -> None:
    response = visitor.authority.answer(Request("POST", path, Headers({"Content-Type": FORM}), body))
    assert response.status == 400


@pytest.mark.parametrize("path", ["/", _TOKEN, "/nothing", "/common/discovery/keys", "/common/oauth2/authorize"])
def test_no_answer_may_be_stored_or_guessed_at(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers.get("Cache-Control") == "no-store"
    assert headers.get("X-Content-Type-Options") == "nosniff"
    assert headers.get("Content-Type")
    assert headers.get("Access-Control-Allow-Origin") is None


def test_a_failure_of_ours_is_an_answer_and_not_told_in_detail(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken:
        def jwks(self, now: float) -> None:
            raise RuntimeError("hunter2")

    broken = TokenAuthority(BASE_URL, Accounts(DIRECTORY), Broken())  # type: ignore[arg-type]  # on purpose
    response = broken.answer(Request("GET", "/common/discovery/keys"))
    assert (response.status, aadsts(response)) == (500, 90033)
    assert members(response)["trace_id"] in caplog.text
    assert "hunter2" not in caplog.text + response.body.decode()
