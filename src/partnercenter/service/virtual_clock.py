"""A clock that runs as the machine's does and can be set ahead, so that nobody has to wait for time to pass."""

from __future__ import annotations

import math
import threading
import time

FARTHEST_SECONDS = 100 * 365 * 86_400.0
"""A hundred years: so far it can be set ahead in all, and every date that is made of it is still one."""


class VirtualClock:
    """The time of a service for tests. Both of its readings run on by themselves; any thread may ask and advance it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = 0.0

    @property
    def ahead(self) -> float:
        """How many seconds it was set ahead of the machine's clock."""
        return self._ahead

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time() + self._ahead

    def monotonic(self) -> float:
        """Seconds that never run backwards, but for a `reset`."""
        return time.monotonic() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once. ValueError for less than nothing, and beyond FARTHEST_SECONDS in all."""
        if not (math.isfinite(seconds) and seconds >= 0):
            raise ValueError("A clock can be advanced by 0 seconds or more, and never be put back.")
        with self._lock:
            if self._ahead + seconds > FARTHEST_SECONDS:
                raise ValueError(f"A clock can be {FARTHEST_SECONDS:.0f} seconds ahead at most.")
            self._ahead += seconds

    def reset(self) -> None:
        """Run with the machine's clock again."""
        with self._lock:
            self._ahead = 0.0
