"""The dates that an audit query may hold: that of the published page, ISO 8601, and those that .NET prints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)", re.ASCII)
# A "+" that was not percent-encoded has become a blank on its way (form encoding), so a blank stands for it.
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(?:(Z)|([-+ ])(\d\d):?(\d\d))?", re.ASCII | re.I
)
# The published example has `6/1/2017 12:00:00 AM`; .NET's invariant culture prints `06/01/2017 00:00:00`.
_DOTNET = re.compile(r"(\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d)( [AP]M)?", re.ASCII | re.I)


class Moment(NamedTuple):
    """What a date stands for: `time`, in UTC, and whether it named no more than the day."""

    time: datetime
    whole_day: bool


def read_moment(text: str) -> Moment | None:
    """What `text` stands for; UTC unless it says otherwise; None if it is no date.

    Read are `2026-06-01`, `2026-06-01T08:00:00Z` with or without a fraction and an offset, and the two forms
    of .NET: `06/01/2026 20:00:00` and `6/1/2026 8:00:00 PM`, the month first.
    """
    try:
        return _read(text.strip())
    except (ValueError, OverflowError):  # 30 February; a time before the year 1 in UTC
        return None


def _read(text: str) -> Moment | None:
    if _DAY.fullmatch(text):
        return Moment(datetime.fromisoformat(text).replace(tzinfo=UTC), whole_day=True)
    if iso := _ISO.fullmatch(text):
        day, time, zulu, sign, hours, minutes = iso.groups()
        offset = f"{'-' if sign == '-' else '+'}{hours}:{minutes}" if sign and not zulu else "+00:00"
        return Moment(datetime.fromisoformat(f"{day}T{time}{offset}").astimezone(UTC), whole_day=False)
    if dotnet := _DOTNET.fullmatch(text):
        form = "%m/%d/%Y %I:%M:%S %p" if dotnet[2] else "%m/%d/%Y %H:%M:%S"
        return Moment(datetime.strptime(text.upper(), form).replace(tzinfo=UTC), whole_day=False)
    return None
