"""The text that `edit` opens: the members that can be changed, as YAML, with comments that say what to do. Pure."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

import yaml

from partnercenter.cli.output import readable
from partnercenter.cli.profile import assignments, profile_text
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.merge import Collision
from partnercenter.wire.profiles import P
from partnercenter.wire.shapes import Violation

_REASON = "#! "
_WIDE = 1_000_000  # characters in a line: no text is folded


def write(profile: P, stored: P, title: str, read_only: Sequence[str], beside: Mapping[str, str] | None = None) -> str:
    """The text for `profile`.

    stored: the profile that the text will be read onto. A tax id that it has, too, is masked; another one was typed
        by the user, who has to find it again.
    title: what the profile is called. read_only: members that the service sets, which are not offered.
    beside: comments, by the path of the member above which they stand.
    """
    lines = [
        f"# The {title}. Change what stands behind the colons, save and close.",
        "# A member whose value or line you remove is cleared. Lines that begin with # do not count.",
        "# Close it unchanged or empty, and nothing is sent.",
    ]
    opened = ""
    for path, _ in assignments.paths_of(type(profile), read_only):
        owner, _, name = path.rpartition(".")
        if owner != opened and owner:
            lines.append(f"{owner}:")
        opened = owner
        indent = "  " if owner else ""
        if beside and path in beside:
            lines.append(f"{indent}# {beside[path]}")
        value = assignments.value_at(profile, path)
        if path == "taxId" and value and value == assignments.value_at(stored, path):
            lines.append("# It is masked. Leave it as it is, or write a new one.")
            value = readable(path, value)
        lines.append(textwrap.indent(_line(name, value), indent))
    return "\n".join(lines) + "\n"


def read(text: str, profile: P, read_only: Sequence[str]) -> P:
    """A copy of `profile` as `text` has it. Raises ProfileTextError with everything that is wrong."""
    document = profile_text.read(text)
    fixed = [
        Violation(name, "is set by the service; remove the line")
        for name in document
        if name.lower() in {kept.lower() for kept in (*read_only, *assignments.READ_ONLY)}
    ]
    if fixed:
        raise profile_text.ProfileTextError(fixed)
    return profile_text.put_onto(profile, document, read_only, whole=True)


def is_empty(text: str) -> bool:
    """Whether no line counts."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines())


def with_reasons(text: str, reasons: Iterable[object]) -> str:
    """`text` below the reasons why it cannot be taken, in the place of those that stood there before."""
    lines = [line for reason in reasons for line in str(reason).splitlines()]
    head = "".join(f"{_REASON}{line}\n" for line in ["This cannot be taken:", *(f"- {line}" for line in lines)])
    return head + without_reasons(text)


def without_reasons(text: str) -> str:
    """`text` as it was typed."""
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_REASON))


def beside_collisions(collisions: Iterable[Collision]) -> dict[str, str]:
    """The comment above each member that somebody else changed, too."""
    return {
        each.member: f"Somebody else wrote {_quoted(each.member, each.theirs)} here; it was "
        f"{_quoted(each.member, each.base)}. Yours is below. Decide, and remove this line."
        for each in collisions
    }


def undecided(text: str, wanted: P, collisions: Sequence[Collision]) -> list[Violation]:
    """Those of `collisions` that the user passed over: in `text`, from which `wanted` was read, the comment still
    stands, and below it the value that stood there.
    """
    lines = {line.strip() for line in text.splitlines()}
    return [
        Violation(each.member, "somebody else changed it, too; decide, and remove the line that says so")
        for each, comment in zip(collisions, beside_collisions(collisions).values(), strict=True)
        if f"# {comment}" in lines and assignments.value_at(wanted, each.member) == each.mine
    ]


def _quoted(path: str, value: JsonValue) -> str:
    return "nothing" if value is None else re.sub(r"\s+", " ", f"{readable(path, value)!r}")


def _line(name: str, value: JsonValue) -> str:
    if value is None:
        return f"{name}:"
    return yaml.safe_dump({name: value}, allow_unicode=True, width=_WIDE).rstrip("\n")
