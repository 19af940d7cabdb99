"""The folder in which the service keeps what is its own: for its owner alone, and for one service at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_LOCK_NAME = "serve.lock"
_OWNER_ONLY = 0o077


class FolderInUseError(Exception):
    """Another service runs in the folder; the text says what to do."""


@contextmanager
def private_folder(path: Path) -> Iterator[Path]:
    """`path`, made if missing, held until the end of the `with`. Raises FolderInUseError, OSError.

    Files that are made meanwhile are for their owner alone: the database holds tax ids, and a folder that
    was there before may be open to others.
    """
    os.umask(_OWNER_ONLY)
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(path / _LOCK_NAME, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise FolderInUseError(
            f"A local Partner Center runs in {path} already. Give this one another --data."
        ) from None
    try:
        yield path
    finally:
        lock.release()


def write_private(path: Path, content: bytes) -> None:
    """Put `content` at `path`, readable by the owner alone; a reader sees the old file or the new one whole."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
