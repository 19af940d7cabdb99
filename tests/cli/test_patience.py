"""What stands on a terminal while a command takes long."""

from __future__ import annotations

import sys
import threading
from io import StringIO

import pytest

from partnercenter.cli import patience as module
from partnercenter.cli.patience import patience


class Terminal(StringIO):
    """A screen that tells when `words` stand on it."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.shown = threading.Event()
        self._words = words

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = super().write(text)
        if self._words in self.getvalue():
            self.shown.set()
        return written


def test_a_command_that_takes_long_says_how_much_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("Copying: 1,234")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.0)
    with patience("Copying") as watch:
        watch(1_234)
        assert terminal.shown.wait(10)


def test_a_command_that_is_quick_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal("Copying")
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 3_600.0)
    with patience("Copying") as watch:
        watch(1)
    assert terminal.getvalue() == ""


def test_what_is_no_terminal_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", 0.0)
    with patience("Copying") as watch:
        watch(1)
    assert pipe.getvalue() == ""
