"""A file system for SQLite that does what the real one does, and writes down every change and every sync."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeAlias

import apsw

# ruff: noqa: N802  # the names are those of the methods that APSW calls
from tests.crash.puts import Acknowledgement

_NAME = "recording"
_LOG_PAGES = 40


@dataclass(frozen=True, slots=True)
class Create:
    """A file that was not there is opened. sync_folder: whether its first sync also syncs the folder.

    The unix VFS of SQLite does that for journals and logs (os_unix.c, UNIXFILE_DIRSYNC).
    """

    name: str
    sync_folder: bool


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at an offset."""

    name: str
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A new size."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """Whatever was written to the file before is on the disk."""

    name: str


@dataclass(frozen=True, slots=True)
class FailedSync:
    """Nobody knows what of it is on the disk, and the system does not try again."""

    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    """A file is taken away. sync_folder: and the folder is synced."""

    name: str
    sync_folder: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is from now on, in seconds since the epoch."""

    now: float


Event: TypeAlias = Create | Write | Truncate | Sync | FailedSync | Delete | Acknowledgement | Clock


@dataclass(slots=True)
class Fault:
    """Some calls of SQLite fail, those from the `number`-th one on, counted since it was armed.

    call: the name of the method. times: how many fail. error: makes what they fail with.
    at_first: is called when the first one fails.
    """

    call: str
    number: int
    times: int
    error: Callable[[], apsw.Error]
    at_first: Callable[[], None] = lambda: None
    armed: bool = False
    met: int = 0

    @property
    def fired(self) -> int:
        """How many have failed."""
        return min(max(self.met - self.number + 1, 0), self.times)

    def meets(self, call: str) -> bool:
        """Whether this call fails."""
        if not self.armed or call != self.call:
            return False
        self.met += 1
        return self.number <= self.met < self.number + self.times

    def fail(self) -> NoReturn:
        """Let it fail."""
        if self.met == self.number:
            self.at_first()
        raise self.error()


NO_FAULT = Fault("", 0, 0, apsw.IOError)


class _File(apsw.VFSFile):
    def __init__(self, system: _FileSystem, name: str | apsw.URIFilename, path: str, flags: list[int]) -> None:
        super().__init__(system.base, name, flags)
        self._name, self._log, self._fault = Path(path).name, system.log, system.fault

    def xLock(self, level: int) -> None:
        try:
            super().xLock(level)
        except apsw.IOError:
            # A file that was opened for reading cannot be locked for writing. SQLite tries it when it closes a log, and
            # goes without; APSW would raise what SQLite ignores, except for this.
            raise apsw.BusyError from None

    def xRead(self, amount: int, offset: int) -> bytes:
        self._fail_at("xRead")
        return super().xRead(amount, offset)

    def xWrite(self, data: bytes, offset: int) -> None:
        fails = self._fault.meets("xWrite")
        written = bytes(data[: len(data) // 2] if fails else data)
        super().xWrite(written, offset)
        self._log.append(Write(self._name, offset, written))
        if fails:
            self._fault.fail()

    def xTruncate(self, newsize: int) -> None:
        self._fail_at("xTruncate")
        super().xTruncate(newsize)
        self._log.append(Truncate(self._name, newsize))

    def xSync(self, flags: int) -> None:
        if self._fault.meets("xSync"):
            self._log.append(FailedSync(self._name))
            self._fault.fail()
        super().xSync(flags)
        self._log.append(Sync(self._name))

    def _fail_at(self, call: str) -> None:
        if self._fault.meets(call):
            self._fault.fail()


class _FileSystem(apsw.VFS):
    def __init__(self, base: str, log: list[Event], fault: Fault) -> None:
        super().__init__(_NAME, base)
        self.base, self.log, self.fault = base, log, fault

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:
            return apsw.VFSFile(self.base, name, flags)  # a file that SQLite throws away
        path = name if isinstance(name, str) else name.filename()
        missing = not Path(path).exists()
        opened = _File(self, name, path, flags)
        if missing:
            with_folder = bool(flags[0] & (apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL))
            self.log.append(Create(Path(path).name, with_folder))
        return opened

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self.log.append(Delete(Path(filename).name, bool(syncdir)))


@contextmanager
def recorded(fault: Fault = NO_FAULT) -> Iterator[list[Event]]:
    """What every connection writes that is opened within the `with`, in order; it must be closed within it, too.

    The log is moved to the file every few commits, and not just every thousand pages.
    """
    log: list[Event] = []

    def shorten_log(connection: apsw.Connection) -> None:
        connection.wal_autocheckpoint(_LOG_PAGES)

    before = apsw.vfs_names()[0]  # the default one
    file_system = _FileSystem(before, log, fault)
    apsw.set_default_vfs(_NAME)
    apsw.connection_hooks.append(shorten_log)
    try:
        yield log
    finally:
        apsw.connection_hooks.remove(shorten_log)
        apsw.set_default_vfs(before)
        file_system.unregister()
