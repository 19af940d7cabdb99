"""The log of requests: what stands in it, and that no secret ever does."""

from __future__ import annotations

import logging

import pytest

from partnercenter.client.any_resource import request_resource
from partnercenter.client.call_options import CallOptions
from partnercenter.client.conversation import AnswerLostError, Flow
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.operations import get_profile, mpn_query, replace_profile
from partnercenter.client.profile_kinds import BILLING, MPN
from partnercenter.client.request_log import SHOWN
from partnercenter.client.settings import ClientSettings
from partnercenter.wire.messages import Headers, Response
from tests.client.scripted import TAX_ID, TOKEN, Scripted, ok, profile, refused

ID, CORRELATION = "9231559e-ed95-41e4-810b-e754ae32dc2f", "cb9f3209-d020-4bf9-871c-e1f1c75348f8"
OPTIONS: CallOptions = {"request_id": ID, "correlation_id": CORRELATION}
ECHO = Headers({"ETag": f'"{TOKEN}"', "MS-CV": TAX_ID, "Set-Cookie": "canary", "Location": "canary", "X-Any": "canary"})


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)  # of every library
    caplog.set_level(logging.DEBUG, "partnercenter")  # whose level the command line sets in its process
    return caplog


def test_a_request_is_told_with_method_path_attempt_and_ids(log: pytest.LogCaptureFixture) -> None:
    house = Scripted(ok())
    house.run(get_profile(house.session, BILLING, options=OPTIONS))
    assert log.messages[0] == (
        f"-> GET /v1/profiles/billing, attempt 1; MS-RequestId: {ID}; MS-CorrelationId: {CORRELATION}; "
        "X-Locale: en-US; User-Agent: partnercenter-python"
    )


def test_an_answer_is_told_with_status_time_and_the_lines_that_may_be_seen(log: pytest.LogCaptureFixture) -> None:
    house = Scripted(ok(ETag='"t"', Server="x"), exchange_takes=0.25)
    house.run(get_profile(house.session, BILLING))
    assert log.messages[1] == '<- HTTP 200 to GET /v1/profiles/billing in 250 ms; ETag: "t"; Server: x'


def test_every_attempt_is_told(log: pytest.LogCaptureFixture) -> None:
    house = Scripted(refused(503), AnswerLostError("the answer took too long"), ok())
    house.run(get_profile(house.session, BILLING))
    told = [(record.levelname, record.getMessage()) for record in log.records]
    attempts = [text for level, text in told if level == "DEBUG" and text.startswith("-> ")]
    assert [text.split(";")[0][-9:] for text in attempts] == ["attempt 1", "attempt 2", "attempt 3"]
    assert "<- no answer to GET /v1/profiles/billing in 0 ms: the answer took too long" in log.messages
    assert [level for level, _ in told].count("INFO") == 2  # that the call goes on, as ever


def test_values_of_a_query_are_not_told(log: pytest.LogCaptureFixture) -> None:
    house = Scripted(ok())
    house.run(get_profile(house.session, MPN, mpn_query("4391507")))
    assert "4391507" not in log.text
    assert "GET /v1/profiles/mpn?mpnId=..., attempt 1" in log.text


def test_lines_of_the_caller_are_not_told_not_even_one_that_could_be(log: pytest.LogCaptureFixture) -> None:
    house = Scripted(ok())
    options: CallOptions = {"headers": {"X-Api-Key": "canary", "MS-CV": "canary"}}
    house.run(get_profile(house.session, BILLING, options=options))
    assert "canary" not in log.text
    assert "X-Api-Key" not in log.text


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "Set-Cookie", "Location", "WWW-Authenticate"])
def test_what_may_hold_a_secret_is_not_on_the_list(name: str) -> None:
    assert name.lower() not in SHOWN


ENDS = [
    Response(200, ECHO, f'{{"taxId":"{TAX_ID}"}}'.encode()),
    Response(400, ECHO, f'{{"description":"{TAX_ID} {TOKEN}"}}'.encode()),
    Response(401, ECHO, TOKEN.encode()),
    Response(503, ECHO, TOKEN.encode()),
    Response(200, ECHO, TAX_ID.encode()),
    Response(302, ECHO),
    AnswerLostError("lost"),
]


def told_by(house: Scripted, flow: Flow[object]) -> str:
    """What the error says in which `flow` ends, if it does."""
    try:
        house.run(flow)
    except PartnerCenterError as error:
        return f"{error!r} {error}"
    return ""


@pytest.mark.parametrize("end", ENDS)
def test_no_secret_is_told_whatever_an_update_ends_in(
    log: pytest.LogCaptureFixture, end: Response | BaseException
) -> None:
    house = Scripted(end, settings=ClientSettings(most_attempts=2))
    told = told_by(house, replace_profile(house.session, BILLING, profile()))
    assert log.messages[0].startswith("-> PUT /v1/profiles/billing")
    assert "canary" not in log.text + told


@pytest.mark.parametrize("end", ENDS)
def test_no_secret_is_told_of_a_request_of_ones_own(
    log: pytest.LogCaptureFixture, end: Response | BaseException
) -> None:
    house = Scripted(end, settings=ClientSettings(most_attempts=2))
    options: CallOptions = {"headers": {"X-Key": "canary"}}
    path, body = "/v1/customers?email=canary", {"password": TAX_ID}
    flow = request_resource(house.session, "POST", path, json={**body}, if_match=None, options=options)
    told = told_by(house, flow)
    assert log.messages[0].startswith("-> POST /v1/customers?email=...")
    assert "canary" not in log.text + told


def test_a_long_value_is_cut(log: pytest.LogCaptureFixture) -> None:
    house = Scripted(ok(Server="x" * 5000))
    house.run(get_profile(house.session, BILLING))
    assert len(log.messages[1]) < 400


def test_nothing_is_worked_out_while_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    logging.getLogger("partnercenter").setLevel(logging.INFO)
    monkeypatch.setattr("partnercenter.client.request_log.shown", lambda *_: pytest.fail("worked out"))
    try:
        house = Scripted(ok())
        house.run(get_profile(house.session, BILLING))
    finally:
        logging.getLogger("partnercenter").setLevel(logging.NOTSET)
