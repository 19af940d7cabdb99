"""What every call does, whatever it asks: a token, attempts, waits, and what its end means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from partnercenter.client import exchange, raw, request_log, retry
from partnercenter.client.call import Call
from partnercenter.client.conversation import (
    AnswerDamagedError,
    AnswerLostError,
    AnswerTooLongError,
    Clock,
    Flow,
    RequestNotSentError,
    TransportError,
    pause,
    send,
)
from partnercenter.client.credentials import AccessToken
from partnercenter.client.errors import OutcomeUnknownError, PartnerCenterError, ServiceUnreachableError
from partnercenter.client.settings import NOBODY_ANSWERS_HERE, ClientSettings, is_on_this_machine
from partnercenter.client.telemetry import SILENCE, Telemetry
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.wire.messages import Request, Response

T = TypeVar("T")
Outcome: TypeAlias = Response | RequestNotSentError | AnswerLostError


@dataclass(frozen=True, slots=True)
class Session:
    """What the calls of one client share. jitter: gives a random number from 0 to 1. telemetry: is told of each."""

    settings: ClientSettings
    tokens: TokenKeeper
    clock: Clock
    jitter: Callable[[], float]
    user_agent: str = "partnercenter-python"
    telemetry: Telemetry = SILENCE

    @property
    def limits(self) -> retry.Limits:
        """How much one call may cost."""
        return retry.Limits(self.settings.deadline, self.settings.most_attempts)


@dataclass(slots=True)
class _Tally:
    """What has happened in a call so far."""

    started: float
    attempts: int = 0
    token_replaced: bool = False
    was_sent: bool = False
    may_have_acted: bool = False


def ask(session: Session, call: Call, read: Callable[[Call, Response], T]) -> Flow[T]:
    """What `read` makes of the answer to `call`. An update that ends in doubt ends in OutcomeUnknownError."""
    with session.telemetry.call(call):
        return (yield from _ask(session, call, read))


def _ask(session: Session, call: Call, read: Callable[[Call, Response], T]) -> Flow[T]:
    tally = _Tally(session.clock.monotonic())
    try:
        response = yield from _attempts(session, call, tally)
        result = read(call, response)
        raw.keep(response)
        return result  # noqa: TRY300 - an error of `read` is one of the call
    except PartnerCenterError as error:
        if not (call.changes_something and tally.may_have_acted):
            raise
        last = error
    except BaseException as interruption:
        if call.changes_something and tally.may_have_acted:
            interruption.add_note(f"{call.told} may have been carried out; request id {call.request_id}.")
        raise
    raise OutcomeUnknownError(
        f"Whether {call.told} was carried out is unknown. At last: {last.message}",
        last=last,
        request_id=call.request_id,
        correlation_id=call.correlation_id,
    ) from last


def _attempts(session: Session, call: Call, tally: _Tally) -> Flow[Response]:
    """Attempts until one succeeds or the verdict is to stop."""
    token = yield from session.tokens.token()
    tally.started = session.clock.monotonic()  # a person who signs in may take longer than any deadline
    while True:
        outcome = yield from _attempt(session, call, token, tally)
        if isinstance(outcome, Response) and outcome.status < 400:
            exchange.check_success(call, outcome)
            return outcome
        fresh = yield from _fresh_token(session, outcome, token, tally)
        if fresh is not None:
            token = fresh
            continue
        wait = _wait(session, outcome, tally)
        if wait is None:
            raise _ended(session, call, outcome, token)
        _tell(session, call, outcome, tally, wait)
        yield from pause(wait)


def _attempt(session: Session, call: Call, token: AccessToken, tally: _Tally) -> Flow[Outcome]:
    request = exchange.attempt_request(call, token, session.settings, session.user_agent)
    left = session.settings.deadline - (session.clock.monotonic() - tally.started)
    tally.attempts += 1
    doubt_before, tally.may_have_acted = tally.may_have_acted, True  # until the outcome says otherwise
    timeout = max(0.001, min(call.timeout or session.settings.timeout, left))
    try:
        response = yield from _exchange(session, call, request, tally.attempts, timeout)
    except RequestNotSentError as error:
        tally.may_have_acted = doubt_before
        return error
    except AnswerLostError as error:
        tally.was_sent = True
        return error
    tally.was_sent = True
    tally.may_have_acted = doubt_before or retry.may_have_acted(response.status)
    # Whoever reads it first has to ask again: the service did it and knows the request id (MS-RequestId).
    return response if exchange.is_readable(call, response) else AnswerDamagedError("what came is no JSON")


def _exchange(session: Session, call: Call, request: Request, number: int, timeout: float) -> Flow[Response]:
    """The response to `request`, as attempt `number`; the log and the tracer are told."""
    began = session.clock.monotonic()
    request_log.tell_request(call, request, number)
    with session.telemetry.attempt(call, request, number) as attempt:
        try:
            response = yield from send(attempt.prepare(request), timeout)
        except TransportError as error:
            request_log.tell_failure(call, error, session.clock.monotonic() - began)
            raise
        attempt.answered(response.status)
    request_log.tell_answer(call, request, response, session.clock.monotonic() - began)
    return response


def _fresh_token(session: Session, outcome: Outcome, token: AccessToken, tally: _Tally) -> Flow[AccessToken | None]:
    """Another token after the first 401; None if it is no 401, not the first, or there is no other token."""
    if not isinstance(outcome, Response) or outcome.status != 401 or tally.token_replaced:
        return None
    tally.token_replaced = True
    began = session.clock.monotonic()
    fresh = yield from session.tokens.replace(token)
    tally.started += session.clock.monotonic() - began  # signing in does not use the deadline up
    return fresh if fresh.token != token.token else None


def _wait(session: Session, outcome: Outcome, tally: _Tally) -> float | None:
    if isinstance(outcome, AnswerTooLongError):
        return None
    answer = outcome if isinstance(outcome, Response) else None
    return retry.verdict(
        status=answer.status if answer else None,
        attempts=tally.attempts,
        elapsed=session.clock.monotonic() - tally.started,
        limits=_limits(session, tally),
        retry_after=retry.retry_after(answer, session.clock.wall()) if answer else None,
        jitter=session.jitter(),
    )


def _limits(session: Session, tally: _Tally) -> retry.Limits:
    return session.limits if tally.was_sent else session.limits.for_unsent()


def _tell(session: Session, call: Call, outcome: Outcome, tally: _Tally, wait: float) -> None:
    """Log that the call goes on: a silence of seconds looks like a hang. Nothing secret is told."""
    what = f"HTTP {outcome.status}" if isinstance(outcome, Response) else f"no answer ({outcome})"
    following = tally.attempts + 1
    most = max(following, _limits(session, tally).most_attempts)  # waiting as Retry-After asks is not counted
    ids = f"request id {call.request_id}, correlation id {call.correlation_id}"
    request_log.LOG.info("%s; trying again in %.1f s, attempt %d of %d (%s)", what, wait, following, most, ids)


def _ended(session: Session, call: Call, outcome: Outcome, token: AccessToken) -> PartnerCenterError:
    """The error in which a call ends whose last attempt was `outcome`."""
    if isinstance(outcome, Response):
        return exchange.refusal(call, outcome, retry.retry_after(outcome, session.clock.wall()), token)
    if isinstance(outcome, AnswerTooLongError):
        return exchange.too_long(call, str(outcome))
    if isinstance(outcome, AnswerDamagedError):
        return exchange.not_json(call)
    return ServiceUnreachableError(
        f"No answer from {session.settings.api_url}: {outcome}",
        next_step=NOBODY_ANSWERS_HERE if is_on_this_machine(session.settings.api_url) else None,
        request_id=call.request_id,
        correlation_id=call.correlation_id,
    )
