"""What every question to a SQLite file shares: how long it waits, what a failure is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import apsw

from partnercenter.service.storage import StorageUnavailableError

BUSY_MILLISECONDS = 5_000

# The engine's words may quote values; its name for a failure says enough.
_SAID: dict[type[apsw.Error], str] = {
    apsw.NotADBError: "The file is no SQLite database.",
    apsw.CorruptError: "The file is damaged.",
    apsw.FullError: "The disk is full.",
    apsw.IOError: "The disk cannot be read or written.",
    apsw.ReadOnlyError: "The file cannot be written.",
    apsw.CantOpenError: "The file cannot be opened.",
    apsw.BusyError: "Another process holds the file.",
}


@contextmanager
def as_unavailable() -> Iterator[None]:
    """What the engine raises, as StorageUnavailableError."""
    try:
        yield
    except apsw.Error as error:
        said = _SAID.get(type(error), f"({type(error).__name__})")
        raise StorageUnavailableError(f"SQLite: {said}") from None
    except UnicodeDecodeError:
        raise StorageUnavailableError("A stored text is damaged.") from None
