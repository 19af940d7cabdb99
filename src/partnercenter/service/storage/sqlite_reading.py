"""What every question to a SQLite file shares: how long it waits, what a failure is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from partnercenter.service.storage import StorageUnavailableError

BUSY_MILLISECONDS = 5_000


@contextmanager
def as_unavailable() -> Iterator[None]:
    """What the engine raises, as StorageUnavailableError."""
    try:
        yield
    except apsw.Error as error:
        # The engine's words may quote values; its name says enough.
        raise StorageUnavailableError(f"SQLite: {type(error).__name__}") from None
    except UnicodeDecodeError:
        raise StorageUnavailableError("A stored text is damaged.") from None
