"""How many requests one tenant may send before it is told to wait: each tenant by itself, so a quiet one is not hurt.

Windows of fixed length, because that is what the published example counts ("Try again in 57 seconds"), and
because a request that is refused then never makes the wait longer.
"""

from __future__ import annotations

import math
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from partnercenter.service.refusals import throttled

# The documentation names no number; a hundred in a minute is ours.
_DOCUMENTED_REQUESTS, _DOCUMENTED_SECONDS = 100, 60.0
_PER_SECOND = re.compile(r"([1-9][0-9]{0,5})/s", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rate:
    """`requests` in every window of `seconds`. name: as it is typed."""

    name: str
    requests: float
    seconds: float

    def __str__(self) -> str:
        return self.name


OFF: Final = Rate("off", math.inf, 1.0)
DOCUMENTED: Final = Rate("documented", _DOCUMENTED_REQUESTS, _DOCUMENTED_SECONDS)


def read_rate(typed: str) -> Rate:
    """The rate that `off`, `documented` or `N/s` names. Raises ValueError that says what it can be."""
    named = {rate.name: rate for rate in (OFF, DOCUMENTED)}.get(typed.lower())
    if named is not None:
        return named
    per_second = _PER_SECOND.fullmatch(typed.lower())
    if per_second is None:
        raise ValueError("must be off, documented, or a number of requests in a second such as 5/s.")
    return Rate(per_second[0], int(per_second[1]), 1.0)


@dataclass(slots=True)
class _Window:
    ends: float
    admitted: int = 0


@dataclass(slots=True)
class Throttle:
    """Counts the requests of each tenant. clock: seconds that never run backwards."""

    rate: Rate
    clock: Callable[[], float]
    _windows: OrderedDict[str, _Window] = field(default_factory=OrderedDict)

    def admit(self, tenant_id: str) -> None:
        """Count a request of the tenant. Refusal with 429 and the whole seconds to wait, if it had enough."""
        if self.rate is OFF:
            return
        now = self.clock()
        window = self._windows.get(tenant_id)
        if window is None or now >= window.ends:
            window = self._windows[tenant_id] = _Window(now + self.rate.seconds)
            self._windows.move_to_end(tenant_id)
            self._forget_ended(now)
        if window.admitted >= self.rate.requests:
            raise throttled(max(1, math.ceil(window.ends - now)))
        window.admitted += 1

    def _forget_ended(self, now: float) -> None:
        """Keep no window longer than it lasts; all last as long, so the first one to begin is the first one to end."""
        while now >= next(iter(self._windows.values())).ends:
            self._windows.popitem(last=False)
