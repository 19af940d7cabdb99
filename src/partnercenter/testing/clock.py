"""Virtual time: the one clock of the service and of the clients in the process, which moves when a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from partnercenter.client.conversation import Clock
from partnercenter.service.virtual_clock import VirtualClock


class VirtualTime:
    """The clock that tokens, Retry-After, throttling, replay and the audit go by.

    A client of the double does not wait: its pauses (Retry-After, backoff) set the clock ahead and cost no time. With
    clients in several threads or tasks the pauses add up; none of them asks again too early.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def advance(self, duration: float | timedelta) -> None:
        """Set the clock ahead. duration: seconds, or a timedelta. Raises ValueError if it is negative."""
        self._clock.advance(duration.total_seconds() if isinstance(duration, timedelta) else duration)

    def now(self) -> datetime:
        """The moment that it shows (UTC)."""
        return datetime.fromtimestamp(self._clock.now(), UTC)

    @property
    def of_clients(self) -> Clock:
        """The same as a client takes it: `PartnerCenter(..., clock=partner_center.clock.of_clients)`."""
        return Clock(monotonic=self._clock.monotonic, wall=self._clock.now, sleep=self.advance)

    def __repr__(self) -> str:
        return f"VirtualTime({self.now().isoformat()})"
