"""A text in the user's own editor."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

_USUAL = "notepad" if sys.platform == "win32" else "vi"


class EditorFailedError(click.ClickException):
    """There is no edited text. text: what was there when the editor ended."""

    def __init__(self, message: str, text: str) -> None:
        super().__init__(message)
        self.text = text


def require_editor() -> None:
    """click.UsageError if a text could not be edited: an editor that nobody named needs a terminal."""
    _words()
    if not (_named() or (sys.stdin.isatty() and sys.stdout.isatty())):
        raise click.UsageError("There is no terminal for an editor. Name one in EDITOR, or change members with `set`.")


def edited(text: str, name: str) -> str:
    """What becomes of `text` in the editor that VISUAL or EDITOR names, in a file that only the user can read.

    name: of the file. EditorFailedError if the editor cannot be started, or ends with an error.
    """
    words = _words()
    with tempfile.TemporaryDirectory(prefix="partnercenter-") as folder:  # 0700
        file = Path(folder) / name
        file.write_text(text, "utf-8")
        with _interrupts_left_to_the_editor():
            try:
                code = subprocess.run([*words, str(file)], check=False).returncode  # noqa: S603 - the user's own command
            except OSError as error:
                said = f"The editor {words[0]!r} cannot be started: {error.strerror}. Name another one in EDITOR."
                raise EditorFailedError(said, text) from None
        try:
            typed = file.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise EditorFailedError("The editor left no text in UTF-8 behind. Nothing was sent.", text) from None
    if code != 0:
        raise EditorFailedError(f"The editor {words[0]!r} ended with {code}. Nothing was sent.", typed)
    return typed


def kept(text: str, name: str) -> Path:
    """A new file, for its owner alone, that holds `text`. name: how it begins and ends."""
    begin, dot, end = name.partition(".")
    descriptor, place = tempfile.mkstemp(prefix=f"partnercenter-{begin}-", suffix=dot + end)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(place)


def _named() -> str:
    return (os.environ.get("VISUAL") or os.environ.get("EDITOR") or "").strip()


def _words() -> list[str]:
    try:
        return shlex.split(_named() or _USUAL)
    except ValueError as error:
        raise click.UsageError(f"EDITOR or VISUAL is no command line: {error}.") from None


@contextmanager
def _interrupts_left_to_the_editor() -> Iterator[None]:
    """Ctrl+C goes to both of us, and means the editor. Not SIG_IGN, which it would inherit."""
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
