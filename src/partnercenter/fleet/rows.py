"""What a file says, whatever its format: one row for each partner, one cell for each member."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Written(Enum):
    """How a value stands in its file.

    TEXT: as a text, in quotes or like nothing else. PLAIN: without quotes and like a number, a date or yes.
    CELL: in a format that knows texts only. NULL: as the word for "no value".
    """

    TEXT = "text"
    PLAIN = "plain"
    CELL = "cell"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one member is to be.

    path: the word of the profile, then the names (`billing.address.city`). text: as it is written. line: from 1.
    """

    path: str
    text: str = field(repr=False)
    written: Written
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """What the file wants of one partner.

    tenant: id or domain, as it is written; None if it is not, and `problems` say so. line: where the row begins.
    problems: what is wrong with the row in its format, each with its line.
    """

    tenant: str | None
    line: int
    cells: tuple[Cell, ...]
    problems: tuple[str, ...] = ()


class FileRefusedError(ValueError):
    """The file is not one that can be carried out. problems: every reason, each with its line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
