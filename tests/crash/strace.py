"""Kill a process at one of its system calls: a fork of this one, which strace is attached to before it goes on.

A fork, because importing the program takes longer than everything that is to be killed. Attached late, so that the
calls that are counted are those of one phase, and not those that lead to it.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

CALLS = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "fallocate", "unlink", "rename", "openat")
"""What changes a file or a folder, or makes the change last. A kill comes before the call is done."""

MISSING = "strace is missing. It is the Debian package of that name: apt install strace"

_PR_SET_PTRACER, _PR_SET_PTRACER_ANY = 0x59616D61, -1
_LINE = re.compile(r"^(\d+)\s+(\w+)\(")


class ForkError(Exception):
    """The fork failed by itself."""


def is_there() -> bool:
    """Whether this machine has strace."""
    return shutil.which("strace") is not None


def count_calls(work: Callable[[], None], prepare: Callable[[], None], log: Path) -> Counter[str]:
    """How often `work` makes each call; that of the thread that makes it most, as strace counts them by thread."""
    _run(work, prepare, ["-o", str(log), "-e", f"trace={','.join(CALLS)}"])
    by_thread = Counter(match.groups() for line in log.read_text().splitlines() if (match := _LINE.match(line)))
    most: Counter[str] = Counter()
    for (_, call), times in by_thread.items():
        most[str(call)] = max(most[str(call)], times)
    return most


def kill_at(work: Callable[[], None], prepare: Callable[[], None], call: str, number: int) -> bool:
    """Do both in a fork, and kill it when a thread makes the `number`-th `call` of `work`; False if none does."""
    inject = f"inject={call}:signal=KILL:when={number}"
    return _run(work, prepare, ["-o", os.devnull, "-e", f"trace={call}", "-e", inject]) == -signal.SIGKILL


def _run(work: Callable[[], None], prepare: Callable[[], None], options: list[str]) -> int:
    ready, tell_ready = os.pipe()
    wait_go, go = os.pipe()
    child = os.fork()
    if child == 0:
        _be_child(work, prepare, tell_ready, wait_go)
    for end in (tell_ready, wait_go):
        os.close(end)
    try:
        if not os.read(ready, 1):
            raise ForkError(f"It ended before it was ready: {_end_of(child)}")
        command = ["strace", "-f", "-p", str(child), *options]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
            assert tracer.stderr is not None
            line = tracer.stderr.readline()
            if "attached" not in line:
                os.kill(child, signal.SIGKILL)
                raise ForkError(f"strace could not attach: {line.strip()}")
            os.write(go, b"x")
            status = _end_of(child)
            tracer.communicate(timeout=20)
    finally:
        os.close(ready)
        os.close(go)
    if status not in (0, -signal.SIGKILL):
        raise ForkError(f"It ended with {status}")
    return status


def _end_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _be_child(work: Callable[[], None], prepare: Callable[[], None], tell_ready: int, wait_go: int) -> None:
    try:
        # Where a process may only be traced by its parent, it has to say that another one may, too (Yama).
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _PR_SET_PTRACER_ANY, 0, 0, 0)
        prepare()
        os.write(tell_ready, b"x")
        os.read(wait_go, 1)
        work()
    except BaseException:
        traceback.print_exc(file=sys.stderr)
        sys.stderr.flush()
        os._exit(70)
    os._exit(0)
