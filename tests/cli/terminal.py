"""The command line on a pseudo-terminal: a person types, and what the screen shows is read."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pexpect  # type: ignore[import-untyped]

_PATIENCE_SECONDS = 30
_CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")


class Terminal:
    """One command on a terminal of 120 columns."""

    def __init__(self, arguments: list[str], environ: Mapping[str, str]) -> None:
        command = ["-m", "partnercenter", *arguments]
        self._child = pexpect.spawn(
            sys.executable, command, env=environ, encoding="utf-8", timeout=_PATIENCE_SECONDS, dimensions=(50, 120)
        )

    def until(self, text: str) -> str:
        """What is shown before `text` comes up, without its colours; it must come up."""
        self._child.expect_exact(text)
        return _CONTROL.sub("", self._child.before)

    def type(self, line: str) -> None:
        """Type a line."""
        self._child.sendline(line)

    def press(self, keys: str) -> None:
        """Press Ctrl+C or Ctrl+D."""
        {"Ctrl+C": self._child.sendintr, "Ctrl+D": self._child.sendeof}[keys]()

    def rest(self) -> str:
        """All that is still shown until the command ends, with its colours."""
        self._child.expect(pexpect.EOF)
        return str(self._child.before)

    def exit_code(self) -> int | None:
        """What the command ended with, once it has; None if that was a signal."""
        self.rest()
        self._child.close()
        code = self._child.exitstatus
        return code if isinstance(code, int) else None

    def close(self) -> None:
        """End the command, if it has not ended."""
        self._child.close(force=True)


@contextmanager
def terminal(*arguments: str, environ: Mapping[str, str], **changes: str) -> Iterator[Terminal]:
    """`partnercenter` with `arguments` on a terminal that has colours; ended at the end.

    environ: all variables; NO_COLOR is left out unless `changes` has it.
    """
    kept = {name: value for name, value in environ.items() if name != "NO_COLOR"}
    opened = Terminal([*arguments], kept | {"TERM": "xterm-256color"} | changes)
    try:
        yield opened
    finally:
        opened.close()
