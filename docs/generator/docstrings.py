"""Our docstrings, told to autodoc: arguments stand as `name: meaning`, examples are indented."""

from __future__ import annotations

import re
from collections.abc import Iterator

_NAMES = r"[A-Za-z_]\w*(?:, [A-Za-z_]\w*)*"
_ARGUMENT = re.compile(rf"^({_NAMES}): (.+)")
_NEXT_ARGUMENT = re.compile(r"\. (?=[a-z_]\w*(?:, [a-z_]\w*)*: )")  # on the same line
_ENDS_IN_UNDERSCORE = re.compile(r"(?<=\w)_(?!\w)")  # would be a link in reStructuredText
_PARAGRAPH = re.compile(r"^(Raises|Gives|Next step:) ?")


def as_rest(lines: list[str]) -> list[str]:
    """The lines of a docstring in reStructuredText: an item for each argument, examples as literal blocks."""
    return [_ENDS_IN_UNDERSCORE.sub(r"\\_", line) for line in _as_rest(lines)]


def _as_rest(lines: list[str]) -> Iterator[str]:
    before, in_list, in_example = "", False, False
    for line in lines:
        indented, argument = line.startswith(" "), _ARGUMENT.match(line)
        if indented and not before.strip() and not in_example:
            yield from ("::", "")
            in_example = True
        elif line.strip() and not indented:
            if in_example or in_list != bool(argument) or _PARAGRAPH.match(line):
                yield ""
            in_list, in_example = bool(argument), False
        if argument and not in_example:
            yield from _items(line)
        else:
            yield f"  {line.strip()}" if in_list and indented and not in_example else line
        before = line


def _items(line: str) -> Iterator[str]:
    for part in _NEXT_ARGUMENT.sub(".\n", line).splitlines():
        names, _, meaning = part.partition(": ")
        yield f"* **{names}**: {meaning}"
