"""A clock that can be set ahead."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from partnercenter.service.virtual_clock import FARTHEST_SECONDS, VirtualClock


def test_it_runs_with_the_machines_clock() -> None:
    clock = VirtualClock()
    before = time.time()
    assert before <= clock.now() <= time.time()


def test_both_readings_are_set_ahead() -> None:
    clock = VirtualClock()
    wall, monotonic = clock.now(), clock.monotonic()
    clock.advance(3600)
    assert clock.now() - wall >= 3600
    assert clock.monotonic() - monotonic >= 3600


def test_it_is_set_ahead_from_where_it_is() -> None:
    clock = VirtualClock()
    clock.advance(1)
    clock.advance(2)
    assert clock.ahead == 3


def test_a_reset_lets_it_run_with_the_machines_clock_again() -> None:
    clock = VirtualClock()
    clock.advance(3600)
    clock.reset()
    assert clock.now() <= time.time()


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), FARTHEST_SECONDS + 1])
def test_it_is_never_put_back_nor_out_of_all_calendars(seconds: float) -> None:
    clock = VirtualClock()
    with pytest.raises(ValueError, match="A clock can be"):
        clock.advance(seconds)
    assert clock.ahead == 0


def test_no_second_is_lost_that_threads_advance_together() -> None:
    clock = VirtualClock()
    with ThreadPoolExecutor(4) as threads:
        for _ in range(1000):
            threads.submit(clock.advance, 1)
    assert clock.ahead == 1000
