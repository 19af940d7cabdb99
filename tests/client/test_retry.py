"""Which attempts are repeated, after how long, and with what."""

from __future__ import annotations

from itertools import pairwise

import pytest

from partnercenter.client import errors, retry
from partnercenter.client.conversation import AnswerLostError, RequestNotSentError
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.retry import Limits, verdict
from partnercenter.client.settings import ClientSettings
from partnercenter.client.update import update_profile
from partnercenter.wire.messages import Headers, Response
from tests.client.scripted import WALL, Scripted, Tokens, header, ok, profile, refused

LIMITS = Limits(deadline=120.0, most_attempts=8)


def wait(status: int | None, *, attempts: int = 1, elapsed: float = 0.0, after: float | None = None) -> float | None:
    return verdict(status=status, attempts=attempts, elapsed=elapsed, limits=LIMITS, retry_after=after, jitter=1.0)


@pytest.mark.parametrize("status", [None, 408, 429, 500, 502, 503, 504])
def test_this_outcome_is_repeated(status: int | None) -> None:
    assert wait(status) is not None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 417, 422, 428, 501, 505])
def test_this_outcome_is_never_repeated(status: int) -> None:
    assert wait(status, after=1.0) is None


def test_the_backoff_doubles_up_to_eight_seconds() -> None:
    assert [wait(503, attempts=n) for n in range(1, 8)] == [0.5, 1, 2, 4, 8, 8, 8]


def test_jitter_takes_any_part_of_the_backoff() -> None:
    waits = [verdict(status=503, attempts=3, elapsed=0, limits=LIMITS, retry_after=None, jitter=j) for j in (0, 0.25)]
    assert waits == [0, 0.5]


def test_our_own_guesses_end_after_the_last_attempt() -> None:
    assert wait(503, attempts=8) is None


def test_a_wait_that_the_service_asks_for_is_exactly_kept() -> None:
    assert wait(429, attempts=50, after=57.0) == 57.0


@pytest.mark.parametrize("after", [119.0, 1e9, float("inf")])
def test_a_wait_that_does_not_fit_in_the_deadline_ends_the_call_at_once(after: float) -> None:
    assert wait(429, elapsed=2.0, after=after) is None


def test_retry_after_zero_does_not_make_a_busy_loop() -> None:
    assert wait(503, after=0.0) == 0.5


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("57", 57.0),
        (" 57 ", 57.0),
        ("0", 0.0),
        ("1000000000", 1e9),
        ("-5", None),
        ("5.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:59:00 GMT", 0.0),
        ("Fri, 99 Jan 2027 07:59:00 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str, seconds: float | None) -> None:
    assert retry.retry_after(Response(503, Headers({"Retry-After": value})), WALL) == seconds


def test_a_retry_after_date_is_compared_with_the_services_own_clock() -> None:
    lines = {"Retry-After": "Fri, 15 Jan 2027 08:00:30 GMT", "Date": "Fri, 15 Jan 2027 08:00:20 GMT"}
    assert retry.retry_after(Response(503, Headers(lines)), WALL + 10_000) == 10.0


def test_a_repeated_attempt_is_the_same_request_to_the_byte() -> None:
    house = Scripted(AnswerLostError("reset"), refused(503), RequestNotSentError("refused"), ok())
    house.run(update_profile(house.session, BILLING, profile()))
    assert len(house.sent) == 4
    assert all(one == other for one, other in pairwise(house.sent))


def test_pauses_grow_between_attempts() -> None:
    house = Scripted(refused(500), refused(502), refused(504), ok())
    house.run(get_profile(house.session, BILLING))
    assert house.pauses == [0.5, 1.0, 2.0]


def test_a_throttled_call_waits_as_long_as_it_is_told() -> None:
    house = Scripted(refused(429, Retry_After="57"), ok())
    house.run(get_profile(house.session, BILLING))
    assert house.pauses == [57.0]


def test_a_call_that_is_throttled_for_too_long_says_for_how_long() -> None:
    house = Scripted(refused(429, Retry_After="600"))
    with pytest.raises(errors.ThrottledError) as caught:
        house.run(get_profile(house.session, BILLING))
    assert (caught.value.retry_after, house.pauses) == (600.0, [])


def test_the_deadline_ends_the_call() -> None:
    house = Scripted(refused(503), exchange_takes=29.0, settings=ClientSettings(deadline=60.0))
    with pytest.raises(errors.ServerError):
        house.run(get_profile(house.session, BILLING))
    assert house.now <= 60.0 + 29.0


def test_the_last_attempt_may_not_wait_beyond_the_deadline() -> None:
    house = Scripted(refused(503), exchange_takes=29.0, settings=ClientSettings(deadline=31.0))
    with pytest.raises(errors.ServerError):
        house.run(get_profile(house.session, BILLING))
    assert house.timeouts == [30.0, pytest.approx(31.0 - 29.0 - 0.5)]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 412, 428, 501])
def test_a_plain_refusal_is_sent_once(status: int) -> None:
    house = Scripted(refused(status))
    with pytest.raises(errors.RefusedError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 1


def test_a_rejected_token_is_replaced_once_and_the_request_id_stays() -> None:
    house = Scripted(refused(401), ok(), tokens=Tokens("old", "new"))
    house.run(update_profile(house.session, BILLING, profile()))
    assert [header(request, "Authorization") for request in house.sent] == ["Bearer old", "Bearer new"]
    assert header(house.sent[0], "MS-RequestId") == header(house.sent[1], "MS-RequestId")
    assert house.pauses == []


def test_a_second_rejection_ends_the_call() -> None:
    house = Scripted(refused(401), tokens=Tokens("old", "new", "newer"))
    with pytest.raises(errors.UnauthorizedError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 2


def test_the_same_token_is_not_sent_again_after_a_401() -> None:
    house = Scripted(refused(401, 900421))
    with pytest.raises(errors.MfaRequiredError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 1


def test_a_service_that_is_not_there_is_asked_four_times() -> None:
    house = Scripted(RequestNotSentError("refused"))
    with pytest.raises(errors.ServiceUnreachableError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 4


@pytest.mark.parametrize("first", [AnswerLostError("reset"), refused(503)])
def test_once_something_was_sent_all_attempts_are_made(first: Response | BaseException) -> None:
    house = Scripted(first, RequestNotSentError("refused"))
    with pytest.raises(errors.ServiceUnreachableError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 8


def test_fewer_attempts_than_four_stay_fewer() -> None:
    house = Scripted(RequestNotSentError("refused"), settings=ClientSettings(most_attempts=2))
    with pytest.raises(errors.ServiceUnreachableError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 2


def test_each_repetition_is_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "partnercenter")
    house = Scripted(RequestNotSentError("refused"), refused(503), refused(429, Retry_After="57"), ok())
    house.run(update_profile(house.session, BILLING, profile()))
    told = [record.getMessage().partition(" (request id ") for record in caplog.records]
    assert [text for text, _, _ in told] == [
        "no answer (refused); trying again in 0.5 s, attempt 2 of 4",
        "HTTP 503; trying again in 1.0 s, attempt 3 of 8",
        "HTTP 429; trying again in 57.0 s, attempt 4 of 8",
    ]
    assert all((header(house.sent[0], "MS-RequestId") or "?") in ids for _, _, ids in told)
    assert "canary" not in caplog.text


def test_a_wait_that_is_not_counted_is_told_as_one_attempt_more(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "partnercenter")
    house = Scripted(refused(429, Retry_After="57"), ok(), settings=ClientSettings(most_attempts=1))
    house.run(get_profile(house.session, BILLING))
    assert "attempt 2 of 2 " in caplog.text


def test_the_sign_in_of_a_person_does_not_use_the_deadline_up() -> None:
    tokens = Tokens("old", "new", takes=1000.0)
    house = Scripted(refused(503), refused(401), refused(503), ok(), tokens=tokens)
    house.run(get_profile(house.session, BILLING))
    assert house.now > 2000.0
    assert house.timeouts == [30.0] * 4


def test_the_deadline_runs_on_after_a_sign_in() -> None:
    settings = ClientSettings(deadline=60.0)
    house = Scripted(
        refused(401), refused(503), exchange_takes=20.0, tokens=Tokens("old", "new", takes=1000.0), settings=settings
    )
    with pytest.raises(errors.ServerError):
        house.run(get_profile(house.session, BILLING))
    assert house.timeouts == [30.0, 30.0, pytest.approx(19.0)]
