"""How many requests one tenant may send."""

from __future__ import annotations

import math

import pytest

from partnercenter.service.gate.throttle import DOCUMENTED, OFF, Rate, Throttle, read_rate
from partnercenter.service.refusals import Refusal
from tests.service.stage import FIRST, SECOND


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def sent(throttle: Throttle, times: int, tenant: str = FIRST) -> list[int]:
    """How long the tenant was told to wait after each request; 0 for one that was admitted."""
    waits = []
    for _ in range(times):
        try:
            throttle.admit(tenant)
            waits.append(0)
        except Refusal as refusal:
            waits.append(int(refusal.to_response().headers.get("Retry-After") or ""))
    return waits


def test_r11_a_tenant_gets_as_many_requests_in_a_window_as_the_rate_says() -> None:
    assert sent(Throttle(read_rate("3/s"), Clock()), 4) == [0, 0, 0, 1]


def test_r12_who_waits_as_told_goes_on() -> None:
    clock = Clock()
    throttle = Throttle(DOCUMENTED, clock)
    waits = sent(throttle, 101)
    clock.now += waits[-1]
    assert sent(throttle, 1) == [0]


def test_r12_requests_during_the_wait_do_not_make_it_longer() -> None:
    clock = Clock()
    throttle = Throttle(DOCUMENTED, clock)
    sent(throttle, 100)
    clock.now += 10
    assert sent(throttle, 3) == [50, 50, 50]


def test_a_quiet_tenant_is_not_hurt_by_a_noisy_one() -> None:
    throttle = Throttle(read_rate("1/s"), Clock())
    sent(throttle, 1000, FIRST)
    assert sent(throttle, 1, SECOND) == [0]


def test_r11_the_seconds_to_wait_are_whole_and_never_none() -> None:
    clock = Clock()
    throttle = Throttle(read_rate("1/s"), clock)
    sent(throttle, 1)
    clock.now += 0.999
    assert sent(throttle, 1) == [1]


def test_off_admits_everything() -> None:
    assert sum(sent(Throttle(OFF, Clock()), 10_000)) == 0


def test_r14_a_tenant_is_forgotten_when_its_window_has_ended() -> None:
    clock = Clock()
    throttle = Throttle(read_rate("1/s"), clock)
    for number in range(5_000):
        clock.now += 0.1
        throttle.admit(str(number))
    assert len(throttle._windows) <= 11


def test_r14_a_busy_tenant_is_not_forgotten_before_whoever_else_comes() -> None:
    throttle = Throttle(read_rate("1/s"), Clock())
    sent(throttle, 1, "busy")
    for number in range(20_000):
        throttle.admit(str(number))
    assert sent(throttle, 1, "busy") == [1]


def test_r14_a_tenant_that_never_rests_does_not_keep_the_silent_ones_in_memory() -> None:
    clock = Clock()
    throttle = Throttle(read_rate("1/s"), clock)
    for number in range(5_000):
        clock.now += 0.1
        sent(throttle, 1, "busy")
        throttle.admit(str(number))
    assert len(throttle._windows) <= 12


RATES = {"off": math.inf, "documented": 100, "5/s": 5, "OFF": math.inf}


@pytest.mark.parametrize(("typed", "requests"), RATES.items())
def test_a_rate_is_off_documented_or_a_number_in_a_second(typed: str, requests: float) -> None:
    rate: Rate = read_rate(typed)
    assert rate.requests == requests


@pytest.mark.parametrize("typed", ["", "0/s", "-1/s", "5", "5/m", "1.5/s", "\u0665/s", "on"])
def test_anything_else_is_refused_with_what_it_can_be(typed: str) -> None:
    with pytest.raises(ValueError, match="off, documented, or a number"):
        read_rate(typed)
