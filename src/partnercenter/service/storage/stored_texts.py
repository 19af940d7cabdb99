"""Texts as they are stored, whatever the engine: documents, and the dates that records are listed by."""

from __future__ import annotations

from datetime import datetime, timedelta

from partnercenter.service.audit import date_text
from partnercenter.service.storage import StorageUnavailableError
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonTextError

AFTER_ALL_TIMES = "~"
"""Sorts after every digit, and so after every date."""


def document(text: object) -> JsonObject:
    """The JSON object that a stored text or its bytes are. StorageUnavailableError if it is none."""
    try:
        found = json_text.read_lenient(text if isinstance(text, bytes) else str(text).encode())
    except JsonTextError:
        found = None
    if not isinstance(found, dict):
        raise StorageUnavailableError("A stored document is damaged.")
    return found


def next_millisecond(moment: datetime) -> str:
    """The first time that a record can have at or after `moment`: records count whole milliseconds."""
    try:
        return date_text(moment + timedelta(microseconds=-moment.microsecond % 1_000))
    except OverflowError:  # within the last millisecond of the calendar
        return AFTER_ALL_TIMES


def date_of(record: bytes) -> str:
    """The date that a record bears, beside which it is listed; "" if it bears none or is damaged."""
    try:
        found = document(record).get("operationDate")
    except StorageUnavailableError:
        return ""
    return found if isinstance(found, str) else ""
