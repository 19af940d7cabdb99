"""The same work for many, a few at a time."""

from __future__ import annotations

import threading

import pytest

from partnercenter.fleet.in_parallel import in_parallel


def test_everything_is_done_once() -> None:
    done = in_parallel(range(100), lambda one: one * 2, most=7, stop=threading.Event())
    assert sorted(done) == [one * 2 for one in range(100)]


def test_no_more_are_under_way_than_may_be() -> None:
    guard, under_way, most = threading.Lock(), 0, 0

    def work(_: int) -> None:
        nonlocal under_way, most
        with guard:
            under_way += 1
            most = max(most, under_way)
        threading.Event().wait(0.002)
        with guard:
            under_way -= 1

    list(in_parallel(range(40), work, most=3, stop=threading.Event()))
    assert most == 3


def test_after_the_stop_nothing_is_begun_and_what_is_under_way_comes() -> None:
    stop = threading.Event()

    def work(one: int) -> int:
        if one == 3:
            stop.set()
        return one

    assert list(in_parallel(range(1_000), work, most=1, stop=stop)) == [0, 1, 2, 3]


def test_an_error_is_raised_after_the_others_have_come() -> None:
    both = threading.Barrier(2)
    done = []

    def work(one: int) -> int:
        both.wait(5)
        if one == 0:
            raise ZeroDivisionError
        return one

    def work_through() -> None:
        for one in in_parallel(range(2), work, most=2, stop=threading.Event()):
            done.append(one)

    with pytest.raises(ZeroDivisionError):
        work_through()
    assert done == [1]


def test_nothing_to_do_is_done_at_once() -> None:
    assert list(in_parallel([], lambda one: one, most=4, stop=threading.Event())) == []
