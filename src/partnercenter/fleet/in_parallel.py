"""The same work for many, a few at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(items: Iterable[T], work: Callable[[T], R], *, most: int, stop: threading.Event) -> Iterator[R]:
    """What `work` makes of each of `items`, as it comes; at most `most` at a time, each in a thread.

    stop: once it is set, nothing more is begun; what is under way still comes. An error of `work` sets it, and is
    raised when the others under way have come.
    """
    turns: _Turns[T, R] = _Turns(deque(items), work, stop)
    running = min(most, len(turns.waiting))
    # Daemons: whoever gives up must not have to wait for an answer that does not come.
    for _ in range(running):
        threading.Thread(target=turns.take, daemon=True).start()
    failed: BaseException | None = None
    while running:
        came = turns.results.get()
        if isinstance(came, _Ended):
            running -= 1
            failed = failed or came.error
        else:
            yield came.result
    if failed is not None:
        raise failed


@dataclass
class _Came(Generic[R]):
    result: R


@dataclass
class _Ended:
    error: BaseException | None


@dataclass
class _Turns(Generic[T, R]):
    """What the threads share."""

    waiting: deque[T]
    work: Callable[[T], R]
    stop: threading.Event
    results: SimpleQueue[_Came[R] | _Ended] = field(default_factory=SimpleQueue)

    def take(self) -> None:
        """Work until nothing waits, or until it is to stop."""
        try:
            for item in iter(self._next, None):
                self.results.put(_Came(self.work(item[0])))
        except BaseException as error:  # whoever waits for the results decides
            self.stop.set()
            self.results.put(_Ended(error))
        else:
            self.results.put(_Ended(None))

    def _next(self) -> tuple[T] | None:
        if self.stop.is_set():
            return None
        try:
            return (self.waiting.popleft(),)
        except IndexError:
            return None
