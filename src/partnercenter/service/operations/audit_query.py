"""What may be asked of the audit: which days, which records, how many at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from partnercenter.service.operations.audit_dates import Moment, read_moment
from partnercenter.service.operations.audit_filter import AuditFilter, read_filter
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.shapes import Violation

PARAMETERS = ("startDate", "endDate", "filter", "size")
LONGEST_SPAN = timedelta(days=30)
LONGEST_HISTORY = timedelta(days=90)
LARGEST_SIZE = 500  # what the self link of the published example has
USUAL_SIZE = 200

_DATE = "must be a date: 2026-06-01, 2026-06-01T08:00:00Z, 06/01/2026 20:00:00 or 6/1/2026 8:00:00 PM"
_TOO_OLD = "must not be more than {days} days ago"
_BEFORE_START = "must not be before startDate, which is {days} days ago if it is left out"
_TOO_LONG = "must be at most {days} days after startDate"
_FILTER = (
    "must be URL-encoded JSON with Field, Value and Operator: CompanyName with substring,"
    " CustomerId or ResourceType with equals"
)
_SIZE = "must be a whole number from 1 to {largest}"


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """A query that was understood.

    since, until: the bounds of the operation date in UTC, the second one exclusive; None is no bound.
    size: how many records a page has. filter: which records are listed; None is all of them.
    parameters: the texts that it was read from, which the links of the answer repeat.
    """

    since: datetime
    until: datetime | None
    size: int
    filter: AuditFilter | None
    parameters: Mapping[str, str]


def read_query(given: Mapping[str, str | None], *, now: float) -> AuditQuery:
    """The query that the parameters are; one that is None or empty was not given.

    now: seconds since the epoch. Raises Refusal QUERY_INVALID with every violation at once.
    """
    texts = {name: text for name in PARAMETERS if (text := given.get(name))}
    violations: list[Violation] = []
    since, until = _bounds(texts, datetime.fromtimestamp(now, UTC), violations)
    size = _size(texts.get("size"), violations)
    wanted = read_filter(texts["filter"]) if "filter" in texts else None
    if "filter" in texts and wanted is None:
        violations.append(Violation("filter", _FILTER))
    if violations:
        raise Refusal(Reason.QUERY_INVALID, violations)
    return AuditQuery(since, until, size, wanted, {**texts, "size": str(size)})


def _bounds(texts: Mapping[str, str], now: datetime, violations: list[Violation]) -> tuple[datetime, datetime | None]:
    dates = {name: read_moment(texts[name]) for name in ("startDate", "endDate") if name in texts}
    unread = [name for name, moment in dates.items() if moment is None]
    violations.extend(Violation(name, _DATE) for name in unread)
    start, end = dates.get("startDate"), dates.get("endDate")
    since = start.time if start else now - LONGEST_SPAN
    # Whole days count, so that the day that was 90 days ago can be named by its date.
    if since.date() < (now - LONGEST_HISTORY).date():
        violations.append(Violation("startDate", _TOO_OLD, {"days": LONGEST_HISTORY.days}))
    elif end and not unread:
        violations.extend(_violations_of_end(since, end))
    if end is None:
        # The published page: without an end the longest span, or until today, whichever is less.
        return since, since + LONGEST_SPAN if start and since <= now - LONGEST_SPAN else None
    return since, _end_of(end)


def _violations_of_end(since: datetime, end: Moment) -> list[Violation]:
    # A day that is named by its date ends before `since` if `since` is the next midnight, or later.
    if end.time < since and not (end.whole_day and since < end.time + timedelta(days=1)):
        return [Violation("endDate", _BEFORE_START, {"days": LONGEST_SPAN.days})]
    if end.time - since > LONGEST_SPAN:
        return [Violation("endDate", _TOO_LONG, {"days": LONGEST_SPAN.days})]
    return []


def _end_of(end: Moment) -> datetime | None:
    """The bound that an end date stands for: a day that is named by its date is in the range as a whole."""
    try:
        return end.time + timedelta(days=1) if end.whole_day else end.time
    except OverflowError:  # the last day of the calendar has no next one
        return None


def _size(text: str | None, violations: list[Violation]) -> int:
    if text is None:
        return USUAL_SIZE
    if text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_SIZE)) and 1 <= int(text) <= LARGEST_SIZE:
        return int(text)
    violations.append(Violation("size", _SIZE, {"largest": LARGEST_SIZE}))
    return USUAL_SIZE
