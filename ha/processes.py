"""Start, stop, freeze and kill the processes of a machine, by their ids."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

_GLANCE = 0.05
_LAST_LINES = 20


def start(command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, so that Ctrl+C reaches us alone; what it says goes to `log`."""
    with log.open("ab") as output:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, start_new_session=True
        )


def quit_postgresql(postmasters: Iterable[int], patience: float) -> None:
    """End them at once, but so that their shared memory is given back ("Shutting Down the Server", SIGQUIT)."""
    for postmaster in postmasters:
        _signal_all([postmaster], signal.SIGQUIT)
        ends = time.monotonic() + patience
        while _is_there(postmaster) and time.monotonic() < ends:
            time.sleep(_GLANCE)


def freeze(pids: Iterable[int]) -> None:
    """Stop them where they stand (SIGSTOP): they hold what they hold and answer nobody."""
    _signal_all(pids, signal.SIGSTOP)


def thaw(pids: Iterable[int]) -> None:
    """Let them go on as if no time had passed."""
    _signal_all(pids, signal.SIGCONT)


def kill(pids: Iterable[int]) -> None:
    """kill -9."""
    _signal_all(pids, signal.SIGKILL)


def postmaster_of(data: Path) -> int | None:
    """The process id of the PostgreSQL that runs in `data`."""
    try:
        pid = int((data / "postmaster.pid").read_text("ascii").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _is_there(pid) else None


def children_of(parent: int) -> list[int]:
    """The process ids of its children."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended while we looked
            # proc(5): the name in parentheses may hold anything; state and parent follow it.
            after_name = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            if int(after_name[1]) == parent:
                found.append(int(folder.name))
    return found


def last_lines(log: Path) -> str:
    """The end of a log, for the message of a failure."""
    return "\n".join(log.read_text("utf-8", "replace").splitlines()[-_LAST_LINES:]) if log.exists() else ""


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _signal_all(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # it ended while we looked
            os.kill(pid, number)
