"""How a call ends: never "failed" where "unknown" is the truth."""

from __future__ import annotations

import asyncio

import pytest

from partnercenter.client import errors, retry
from partnercenter.client.conversation import AnswerLostError, RequestNotSentError
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.settings import ClientSettings
from partnercenter.client.update import update_profile
from partnercenter.wire.messages import Response
from tests.client.scripted import Scripted, header, ok, profile, refused

NEVER_SENT = RequestNotSentError("connection refused")
LOST = AnswerLostError("connection reset")


def end_of_update(*script: Response | BaseException) -> tuple[Scripted, BaseException]:
    house = Scripted(*script, settings=ClientSettings(most_attempts=3))
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - the tests look at what it is
        house.run(update_profile(house.session, BILLING, profile()))
    return house, caught.value


@pytest.mark.parametrize("doubt", [LOST, refused(408), refused(500), refused(502), refused(503), refused(504)])
def test_an_update_that_may_have_been_carried_out_is_unknown(doubt: Response | BaseException) -> None:
    assert type(end_of_update(doubt)[1]) is errors.OutcomeUnknownError


@pytest.mark.parametrize("last", [NEVER_SENT, refused(412, 2055), refused(400, 3000), refused(401), refused(403)])
def test_one_doubtful_attempt_makes_the_outcome_unknown_whatever_comes_last(last: Response | BaseException) -> None:
    assert type(end_of_update(LOST, last)[1]) is errors.OutcomeUnknownError


@pytest.mark.parametrize("page", [Response(200, body=b"<html>"), Response(302)])
def test_an_update_whose_answer_is_not_understood_is_unknown(page: Response) -> None:
    error = end_of_update(page)[1]
    assert isinstance(error, errors.OutcomeUnknownError)
    assert type(error.last) is errors.AnswerNotUnderstoodError


def test_an_update_that_never_left_is_unreachable_and_not_unknown() -> None:
    assert type(end_of_update(NEVER_SENT)[1]) is errors.ServiceUnreachableError


@pytest.mark.parametrize("status", [400, 412, 429, 501])
def test_a_refusal_without_doubt_is_that_refusal(status: int) -> None:
    assert isinstance(end_of_update(refused(status))[1], errors.RefusedError)


@pytest.mark.parametrize("doubt", [LOST, refused(503)])
def test_doubt_is_forgotten_once_an_attempt_succeeds(doubt: Response | BaseException) -> None:
    house = Scripted(doubt, ok())
    assert house.run(update_profile(house.session, BILLING, profile())).company_name == "TEST_TEST_BugBash1"


@pytest.mark.parametrize(("doubt", "end"), [(LOST, errors.ServiceUnreachableError), (refused(503), errors.ServerError)])
def test_reading_is_never_in_doubt(doubt: Response | BaseException, end: type[Exception]) -> None:
    house = Scripted(doubt, settings=ClientSettings(most_attempts=2))
    with pytest.raises(errors.PartnerCenterError) as caught:
        house.run(get_profile(house.session, BILLING))
    assert type(caught.value) is end


def test_the_unknown_outcome_names_the_request_id_to_repeat_with() -> None:
    house, error = end_of_update(LOST)
    assert isinstance(error, errors.OutcomeUnknownError)
    assert error.request_id == header(house.sent[0], "MS-RequestId")
    assert "request_id=error.request_id" in str(error)


def test_the_unknown_outcome_keeps_the_last_error_as_its_cause() -> None:
    _, error = end_of_update(LOST, refused(412, 2055))
    assert isinstance(error, errors.OutcomeUnknownError)
    assert isinstance(error.last, errors.PreconditionFailedError)
    assert error.__cause__ is error.last


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), asyncio.CancelledError()])
def test_an_interrupted_update_notes_that_it_may_have_been_carried_out(stop: BaseException) -> None:
    house, error = end_of_update(stop)
    assert error is stop
    assert header(house.sent[0], "MS-RequestId") in error.__notes__[0]  # type: ignore[operator]


def test_an_interrupted_read_notes_nothing() -> None:
    stop = KeyboardInterrupt()
    house = Scripted(stop)
    with pytest.raises(KeyboardInterrupt):
        house.run(get_profile(house.session, BILLING))
    assert not hasattr(stop, "__notes__")


@pytest.mark.parametrize(("status", "acted"), [(200, True), (302, True), (408, True), (500, True), (520, True)])
def test_this_status_leaves_open_that_the_service_acted(status: int, acted: bool) -> None:
    assert retry.may_have_acted(status) is acted


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 428, 429, 501])
def test_this_status_says_that_the_service_did_not_act(status: int) -> None:
    assert not retry.may_have_acted(status)
