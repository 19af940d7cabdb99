"""When a line was written."""

from __future__ import annotations

from datetime import UTC, datetime


def moment() -> str:
    """Now, in UTC, to the millisecond (RFC 3339): `2026-01-31T12:00:00.000Z`."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
