"""What every question to a SQLite file shares: how long it waits, what a failure is called, what a text must be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from partnercenter.service.storage import StorageUnavailableError
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonTextError

BUSY_MILLISECONDS = 5_000


def document(text: object) -> JsonObject:
    """The JSON object that a stored text or its bytes are. StorageUnavailableError if it is none."""
    try:
        found = json_text.read_lenient(text if isinstance(text, bytes) else str(text).encode())
    except JsonTextError:
        found = None
    if not isinstance(found, dict):
        raise StorageUnavailableError("A stored document is damaged.")
    return found


@contextmanager
def as_unavailable(unavailable: type[StorageUnavailableError] = StorageUnavailableError) -> Iterator[None]:
    """What the engine raises, as `unavailable`."""
    try:
        yield
    except apsw.Error as error:
        # The engine's words may quote values; its name says enough.
        raise unavailable(f"SQLite: {type(error).__name__}") from None
    except UnicodeDecodeError:
        raise unavailable("A stored text is damaged.") from None
