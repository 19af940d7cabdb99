"""Which attempts are repeated, and after how long: a table and a few lines of arithmetic, no clock, no waiting.

    no connection                       repeat, three times at most if nothing was ever sent
    answer lost                         repeat, but not if it was too long
    success that is no JSON             repeat, as if the answer were lost
    408, 429, 500, 502, 503, 504        repeat
    anything else                       never (401 has a rule of its own: once, with a fresh token)

A repeated attempt is the same bytes with the same MS-RequestId (Partner Center REST headers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from partnercenter.wire import headers
from partnercenter.wire.messages import Response

REPEATED: Final = frozenset({408, 429, 500, 502, 503, 504})
FIRST_BACKOFF: Final = 0.5
LONGEST_BACKOFF: Final = 8.0
MOST_UNSENT: Final = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one call may cost: `deadline` seconds in all, `most_attempts` attempts by our own guess."""

    deadline: float
    most_attempts: int

    def for_unsent(self) -> Limits:
        """The limits while nothing was ever sent: a wrong address or a service that is not there shows soon."""
        return Limits(self.deadline, min(self.most_attempts, MOST_UNSENT))


def verdict(
    *, status: int | None, attempts: int, elapsed: float, limits: Limits, retry_after: float | None, jitter: float
) -> float | None:
    """Seconds to wait before the next attempt; None: there is none.

    status: of the last answer; None if there was no answer.
    attempts: how many were made; elapsed: seconds since the first one began.
    retry_after: what the service asked for. It is obeyed if it fits in the deadline; if not, waiting less
        would be rude and waiting in vain would be silly, so the call ends at once.
    jitter: a random number from 0 to 1. "Full jitter": clients that failed together do not come back together.
    """
    if status is not None and status not in REPEATED:
        return None
    if retry_after:
        wait = retry_after
    elif attempts < limits.most_attempts:
        wait = jitter * min(LONGEST_BACKOFF, FIRST_BACKOFF * 2.0 ** min(attempts - 1, 16))
    else:
        return None
    return wait if elapsed + wait < limits.deadline else None


def may_have_acted(status: int) -> bool:
    """Whether an answer with that status leaves open that the service carried the request out.

    A 4xx says that it did not, but for 408, and 501 says that it cannot (RFC 9110 §15.5, §15.6.2).
    """
    return status == 408 or not (400 <= status < 500 or status == 501)


def retry_after(response: Response, wall: float) -> float | None:
    """Seconds that `response` asks to wait; None if it does not, or not in one of the two forms.

    RFC 9110 §10.2.3: a whole number of seconds, or a date. A date is compared with the service's own
    `Date`, if there is one, so that a wrong clock on this side does not matter; else with `wall`.
    """
    value = (response.headers.get(headers.RETRY_AFTER) or "").strip()
    if re.fullmatch("[0-9]+", value, re.ASCII):
        return float(value)
    until = _seconds(value)
    if until is None:
        return None
    sent = _seconds(response.headers.get("Date") or "")
    return max(0.0, until - (wall if sent is None else sent))


def _seconds(http_date: str) -> float | None:
    """Seconds since 1970 of an HTTP date (RFC 9110 §5.6.7), None if it is none."""
    try:
        date: datetime = parsedate_to_datetime(http_date)
    except (ValueError, OverflowError):
        return None
    # "-0000" and the obsolete forms come back without a zone; HTTP dates are always UTC.
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
