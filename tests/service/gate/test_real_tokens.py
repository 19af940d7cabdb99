"""A token of a real cloud that is sent here by mistake."""

from __future__ import annotations

import base64
import logging

import pytest

from partnercenter.service.double import Double
from partnercenter.service.gate.real_tokens import is_real
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonValue
from tests.service.doubled import get


def unsigned(claims: JsonValue) -> str:
    """A text that has the form of a token."""
    parts: tuple[JsonValue, JsonValue] = ({"alg": "RS256", "typ": "JWT"}, claims)
    return ".".join([*(base64.urlsafe_b64encode(json_text.write(p)).rstrip(b"=").decode() for p in parts), "c2lnbmVk"])


REAL = {
    "v1": "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/",
    "v2": "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
    "government": "https://login.microsoftonline.us/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
    "china": "https://sts.chinacloudapi.cn/72f988bf-86f1-41af-91ab-2d7cd011db47/",
}


@pytest.mark.parametrize("issuer", REAL.values(), ids=REAL.keys())
def test_whoever_sends_it_is_told_where_he_is(double: Double, issuer: str) -> None:
    answer = get(double, unsigned({"iss": issuer}))
    assert (answer.status, answer.code()) == (401, 400)
    assert "This is a local Partner Center" in str(answer.json()["description"])


def test_p18_nothing_of_it_is_kept(double: Double, caplog: pytest.LogCaptureFixture) -> None:
    token = unsigned({"iss": REAL["v2"], "upn": "somebody@contoso.com"})
    with caplog.at_level(logging.DEBUG):
        answer = get(double, token)
    kept = json_text.write([entry.to_wire() for entry in double.journal.entries()]).decode() + caplog.text
    for part in token.split("."):
        assert part not in kept + answer.body.decode()


NO_REAL_TOKENS: dict[str, str] = {
    "nothing": "",
    "no-token": "a.b.c",
    "no-json": f"a.{base64.urlsafe_b64encode(b'no json').decode()}.c",
    "no-object": unsigned([1]),
    "no-issuer": unsigned({}),
    "a-number": unsigned({"iss": 1}),
    "ours": unsigned({"iss": "https://localhost:8443/global/x/"}),
    "another-host": unsigned({"iss": "https://sts.windows.net.example/x/"}),
    "not-a-url": unsigned({"iss": "https://[x"}),
}


@pytest.mark.parametrize("token", NO_REAL_TOKENS.values(), ids=NO_REAL_TOKENS.keys())
def test_anything_else_is_an_ordinary_bad_token(token: str) -> None:
    assert not is_real(token)
