"""The two programs that a page talks to: a shell and a Python, each kept from the first block to the last."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

SECONDS = 60.0
"""How long one block may take."""
_MARK = "--end-of-block--"

SHELL_START = 'partnercenter() { case "$1" in serve) shift; command partnercenter serve --port 0 "$@";; ' + (
    '*) command partnercenter "$@";; esac; }\n'
)
"""A `serve` of a page takes a free port: two pages that run at once must not meet on 8443."""

# Runs the files whose names it reads in one namespace, which is that of __main__.
_PYTHON_SESSION = f"""
import pathlib, sys, traceback
import __main__
for name in sys.stdin:
    name = name.strip()
    failed = 0
    try:
        exec(compile(pathlib.Path(name).read_text("utf-8"), name, "exec"), __main__.__dict__)
    except BaseException:
        traceback.print_exc()
        failed = 1
    sys.stderr.flush()
    print("{_MARK}", failed, flush=True)
"""


class Ran(NamedTuple):
    """What a block printed (both streams, as a terminal shows them) and the code that it ended with."""

    printed: str
    code: int


class Session:
    """A program that is given one block after the other, as a reader does.

    command: what to start. tell: the line that makes it run the file with that path.
    folder: where it runs; blocks: where its input is written. environ: all its variables.
    """

    def __init__(
        self, command: list[str], tell: Callable[[Path], str], folder: Path, blocks: Path, environ: Mapping[str, str]
    ) -> None:
        self._tell, self._blocks, self._count = tell, blocks, 0
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=folder,
            env=dict(environ),
            start_new_session=True,  # so that what the page keeps running is stopped with it
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def run(self, text: str) -> Ran:
        """Run a block and wait for its end. Raises AssertionError if it takes too long, or ends the program."""
        self._count += 1
        file = self._blocks / f"block_{self._count}"
        file.write_text(text, "utf-8")
        assert self._process.stdin is not None
        self._process.stdin.write(self._tell(file) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Ran:
        printed, end = "", time.monotonic() + SECONDS
        while True:
            try:
                line = self._lines.get(timeout=max(end - time.monotonic(), 0))
            except queue.Empty:
                raise AssertionError(f"took more than {SECONDS:.0f} s, after printing:\n{printed}") from None
            assert line, f"the program ended, after printing:\n{printed}"
            before, mark, code = line.partition(_MARK)
            printed += before
            if mark:
                return Ran(printed, int(code))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._stop(signal.SIGTERM)
        self._process.wait(timeout=20)
        self._reader.join(timeout=20)
        if self._reader.is_alive():  # something that it started holds the line, and does not want to stop
            self._stop(signal.SIGKILL)
            self._reader.join(timeout=20)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _stop(self, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, how)


def shell(folder: Path, blocks: Path, environ: Mapping[str, str]) -> Session:
    """A bash whose variables and folder stay from block to block; commands have no terminal and no input."""
    return Session(
        ["bash", "--noprofile", "--norc"],
        lambda file: f"source '{file}' < /dev/null 2>&1; printf '%s%d\\n' '{_MARK}' $?",
        folder,
        blocks,
        environ,
    )


def python(folder: Path, blocks: Path, environ: Mapping[str, str]) -> Session:
    """A Python whose names stay from block to block."""
    return Session([sys.executable, "-u", "-W", "error", "-c", _PYTHON_SESSION], str, folder, blocks, environ)


def in_background(command: str, log: Path) -> str:
    """The shell's words that start `command` and wait until it has printed its first line, or ended."""
    return (
        f"{{\n{command}\n}} > '{log}' 2>&1 &\n"
        f"for _ in $(seq 300); do [ -s '{log}' ] && break; kill -0 $! 2> /dev/null || break; sleep 0.1; done\n"
        f"cat '{log}'; kill -0 $!\n"
    )
