"""Places at which a node kills itself: a kill from outside hardly ever meets the two milliseconds that matter.

Each firing is written down first, or nobody would know that the run had any.
"""

from __future__ import annotations

import functools
import inspect
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

PROBABILITY = "PARTNERCENTER_HISTORY_FAILPOINTS"
"""The environment variable: how probable it is that a place kills, each time that it is passed."""
FILE = "PARTNERCENTER_HISTORY_FIRED"
"""The environment variable: where firings are written."""

BEFORE_LOCK, AFTER_LOCK = "before lock", "after lock"
BEFORE_COMMIT, AFTER_COMMIT = "before commit", "after commit"
BEFORE_REPLY = "before reply"
ALL = (BEFORE_LOCK, AFTER_LOCK, BEFORE_COMMIT, AFTER_COMMIT, BEFORE_REPLY)

_random = random.Random()


def reach(place: str) -> None:
    """Die here, perhaps."""
    if _random.random() < float(os.environ.get(PROBABILITY, "0")):
        file = os.open(os.environ[FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, f"{place}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def fired(file: Path) -> Counter[str]:
    """How often each place has killed."""
    return Counter(file.read_text().splitlines()) if file.exists() else Counter()


def around(function: Callable[P, R], before: str | None, after: str | None) -> Callable[P, R]:
    """`function`, plain or async, with a place before it and one after it."""
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*arguments: P.args, **named: P.kwargs) -> object:
            _reach_if(before)
            result = await function(*arguments, **named)
            _reach_if(after)
            return result

        return awaited  # type: ignore[return-value]  # R is the coroutine of it

    @functools.wraps(function)
    def called(*arguments: P.args, **named: P.kwargs) -> R:
        _reach_if(before)
        result = function(*arguments, **named)
        _reach_if(after)
        return result

    return called


def _reach_if(place: str | None) -> None:
    if place is not None:
        reach(place)


def install_steps(backend: type) -> None:
    """Put the places around the steps of `backend`."""
    for name, before, after in (
        ("_begin", BEFORE_LOCK, None),
        # The lock is held at the latest when the rows are there: PostgreSQL takes it in the same round trip.
        ("_load", None, AFTER_LOCK),
        ("_commit", BEFORE_COMMIT, AFTER_COMMIT),
    ):
        setattr(backend, name, around(getattr(backend, name), before, after))


def install_reply() -> None:
    """Put a place before the reply."""
    from partnercenter.service import asgi

    asgi._reply = around(asgi._reply, BEFORE_REPLY, None)
