"""A report on the disk: every line is there for good before what it announces is done."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from partnercenter.fleet.report import AnyLine, Report, ReportError, encode, lines_of, read


class ReportFile:
    """A report that is open for further lines. One process at a time; its threads may share it."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor
        self._guard = threading.Lock()
        self._broken = False

    @classmethod
    def create(cls, path: Path, lines: Iterable[AnyLine]) -> Self:
        """A new report for the owner alone that begins with `lines`. Raises FileExistsError, OSError."""
        made = cls(path, os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600))
        try:
            made._lock()
            made._write(b"".join(map(encode, lines)))
            _sync_folder(path)
        except BaseException:
            made.close()
            raise
        return made

    @classmethod
    def reopen(cls, path: Path) -> tuple[Self, Report]:
        """An earlier report, and what it says; a last line that a crash has cut is taken away.

        Raises ReportError if it is none or if another process is writing it, and OSError.
        """
        opened = cls(path, os.open(path, os.O_RDWR | os.O_APPEND))
        try:
            opened._lock()
            text = path.read_bytes()
            report = read(lines_of(text))
            os.ftruncate(opened._descriptor, text.rfind(b"\n") + 1)
        except BaseException:
            opened.close()
            raise
        return opened, report

    def append(self, line: AnyLine) -> None:
        """Add a line, which is on the disk afterwards. Raises OSError; then always, for no line follows half a one."""
        self._write(encode(line))

    def close(self) -> None:
        """Let others write it. Whoever still appends gets an OSError."""
        with self._guard:
            self._broken = True
            os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, text: bytes) -> None:
        with self._guard:
            if self._broken:
                raise OSError(None, "an earlier line could not be written", str(self.path))
            self._broken = True
            try:
                view = memoryview(text)
                while view:
                    view = view[os.write(self._descriptor, view) :]
                os.fsync(self._descriptor)
            except OSError as error:
                raise OSError(error.errno, error.strerror, str(self.path)) from None
            self._broken = False

    def _lock(self) -> None:
        if sys.platform == "win32":
            return  # it has no flock; two processes with one report then find out by the entity tags
        import fcntl

        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ReportError("Another process is writing it.") from None


def _sync_folder(path: Path) -> None:
    """Make the name of a new file last, too; where folders cannot be synced, they need not be."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
