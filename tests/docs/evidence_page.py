"""The rows of docs/evidence.md, and the box that counts them: `python -m tests.docs.evidence_page` prints it."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
STANDINGS = {
    "recorded": "seen on the real wire, or in a reply of it that somebody published",
    "documented": "a published page or a standard says so",
    "inferred": "it follows from what clients send and read; no page says it",
    "our choice": "the sources are silent or contradict each other, or it is a switch of ours",
}


class Row(NamedTuple):
    """One row of the page, under the heading of its section."""

    section: str
    behaviour: str
    standing: str
    source: str
    shown_by: str


def rows() -> list[list[str]]:
    """The cells of every row, after the heading that it stands under; the heads of the tables are left out."""
    found, section = [], ""
    for line in (ROOT / "docs" / "evidence.md").read_text("utf-8").splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("|") and not line.startswith(("| behaviour |", "|--")):
            found.append([section, *(cell.strip() for cell in line.strip().strip("|").split(" | "))])
    return found


ROWS = [Row(*cells) for cells in rows() if len(cells) == len(Row._fields)]


def box() -> str:
    """How many behaviours have which standing, as the table that stands in the docs."""
    count = Counter(row.standing for row in ROWS)
    lines = [f"| {name} | {count[name]} | {meaning} |" for name, meaning in STANDINGS.items()]
    return "\n".join(["| standing | behaviours | what it means |", "|---|--:|---|", *lines])


if __name__ == "__main__":
    sys.stdout.write(f"{box()}\n")
