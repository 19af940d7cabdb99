"""Runs a page of the docs as a reader would: its blocks from top to bottom, in one empty folder, on a local service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.docs.fences import Command, Fence, Kind, commands
from tests.docs.sessions import SECONDS, SHELL_START, Session, in_background, python, shell
from tests.running_service import RunningService, running_service

RUN = (Kind.PYTHON, Kind.TESTS, Kind.CONSOLE, Kind.FILE)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Page:
    """One page on its way: its folder, its service, its shell and its Python.

    workplace: an empty folder of the page's own. Use as a context manager; everything started is stopped at its end.
    """

    def __init__(self, workplace: Path) -> None:
        self._place, self._stack = workplace, ExitStack()
        self._folder, self._blocks = workplace / "here", workplace / "blocks"
        for folder in (self._folder, self._blocks, workplace / "home"):
            folder.mkdir(parents=True)

    def __enter__(self) -> Page:
        service = self._stack.enter_context(running_service(self._place / "service", "--admin", "on"))
        self._environ = _environ(service, self._place / "home")
        self._shell = self._stack.enter_context(shell(self._folder, self._blocks, self._environ))
        self._shell.run(SHELL_START)
        self._python: Session | None = None
        return self

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    def run(self, fence: Fence) -> None:
        """Do with one block what its kind says. Raises AssertionError that says what went otherwise than shown."""
        if fence.kind is Kind.CONSOLE:
            for command in commands(fence.text):
                self._run_command(command)
        elif fence.kind is Kind.PYTHON:
            self._run_python(fence.text)
        else:
            self._write(fence)

    def _run_python(self, text: str) -> None:
        if self._python is None:
            self._python = self._stack.enter_context(python(self._folder, self._blocks, self._environ))
        ran = self._python.run(text)
        assert ran.code == 0, f"{text}\n{ran.printed}"

    def _write(self, fence: Fence) -> None:
        file = self._folder / fence.file_name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(fence.text, "utf-8")
        if fence.kind is Kind.TESTS:
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", fence.file_name]
            ran = subprocess.run(
                command,
                cwd=self._folder,
                env=self._environ,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            assert ran.returncode == 0, f"{fence.file_name}:\n{ran.stdout}{ran.stderr}"

    def _run_command(self, command: Command) -> None:
        if command.keeps_running:
            log = self._blocks / f"{len(list(self._blocks.iterdir()))}.log"
            ran = self._shell.run(in_background(command.line, log))
        else:
            ran = self._shell.run(command.line)
        told = f"$ {command.line}\nended with {ran.code} and printed:\n{ran.printed}"
        if command.shown:
            assert same(command.shown, ran.printed), f"{told}\nbut the page shows:\n" + "\n".join(command.shown)
        else:
            assert ran.code == 0, told


def _environ(service: RunningService, home: Path) -> Mapping[str, str]:
    """What a reader's shell has after `eval "$(partnercenter env)"`, and a home without any settings."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    unwanted = ("COLUMNS", "EDITOR", "FORCE_COLOR", "PYTEST_", "VISUAL", "XDG_")
    kept = {name: value for name, value in service.environ.items() if not name.startswith(unwanted)}
    own = {
        "HOME": str(home),
        "PARTNERCENTER_CONFIG_DIR": str(home),
        "PATH": programs,
        "NO_COLOR": "1",
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
    }
    return kept | own


def same(shown: Iterable[str], printed: str) -> bool:
    """Whether the lines that the page shows are what was printed; `...` stands for anything, in a line or for lines."""
    lines = [line.rstrip() for line in _ESCAPES.sub("", printed).rstrip().splitlines()]
    pattern = "".join(_pattern(line.rstrip()) for line in _without_empty_end(shown))
    return re.fullmatch(pattern, "".join(line + "\n" for line in lines)) is not None


def _without_empty_end(shown: Iterable[str]) -> list[str]:
    return "\n".join(shown).rstrip().split("\n")


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*?".join(re.escape(part) for part in line.split("...")) + r"\n"


def run_page(page: Iterable[Fence], workplace: Path) -> str:
    """Run the blocks of a page; what went wrong first, with the line of its block: the rest builds on it."""
    wanted = [fence for fence in page if fence.kind in RUN]
    if not wanted:
        return ""
    with Page(workplace) as running:
        for fence in wanted:
            try:
                running.run(fence)
            except (AssertionError, ValueError, subprocess.TimeoutExpired) as error:
                return f"line {fence.line}: {error}"
    return ""
