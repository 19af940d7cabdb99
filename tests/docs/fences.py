"""The fenced blocks of a Markdown page, and what each one is for."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt


class Kind(Enum):
    """What is done with a block."""

    PYTHON = "run as a part of the page's Python session"
    TESTS = "written to a file, and run by pytest"
    CONSOLE = "its commands run in the page's shell, what they print compared"
    FILE = "written to a file for the blocks below it"
    BUILD = "a directive of the documentation's generator"
    SHOWN = "shown alone: needs a reason"


class Fence(NamedTuple):
    """One block: where it stands, its info string (the words after the backticks) and its text."""

    line: int
    info: str
    text: str

    @property
    def language(self) -> str:
        return self.info.partition(" ")[0]

    @property
    def file_name(self) -> str:
        """The file that the info string names (`yaml profiles.yaml`); a test without a name gets one of its line."""
        word = self.info.partition(" ")[2].strip()
        if self.language == "python" and word == "pytest":
            return f"test_line_{self.line}.py"
        return word if "." in word and " " not in word else ""

    @property
    def kind(self) -> Kind:
        if self.info.startswith("{"):
            return Kind.BUILD
        if self.language in ("console", "python") and not self.file_name:
            return Kind.CONSOLE if self.language == "console" else Kind.PYTHON
        if not self.file_name:
            return Kind.SHOWN
        return Kind.TESTS if Path(self.file_name).name.startswith("test_") else Kind.FILE


def fences(page: Path) -> list[Fence]:
    """Every fenced block of the page, in its order; those inside lists and quotes too (CommonMark §4.5)."""
    return list(_fences(page.read_text("utf-8")))


def _fences(text: str) -> Iterator[Fence]:
    for token in MarkdownIt().parse(text):
        if token.type == "fence":
            yield Fence((token.map or [0])[0] + 1, token.info.strip(), token.content)


class Command(NamedTuple):
    """One command of a console block, and the lines that the page shows below it."""

    line: str
    shown: tuple[str, ...]

    @property
    def keeps_running(self) -> bool:
        """A command with the comment "one terminal" is started, and stopped when the page ends."""
        return "# one terminal" in self.line


def commands(console: str) -> list[Command]:
    """What a console block runs: a line after "$ ", with those that a backslash or a "> " join to it."""
    found: list[tuple[list[str], list[str]]] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append(([line.removeprefix("$ ")], []))
        elif not found:
            raise ValueError(f"A console block begins with a command ('$ …'), not with {line!r}.")
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0].append(line.removeprefix("> "))
        elif found[-1][0][-1].endswith("\\"):
            found[-1][0].append(line)
        else:
            found[-1][1].append(line)
    return [Command("\n".join(lines), tuple(shown)) for lines, shown in found]
