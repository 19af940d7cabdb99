"""`If-Match` and `If-None-Match`: the conditions under which a request is carried out (RFC 9110 §13.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from partnercenter.wire.entity_tag import EntityTag

MOST_TAGS = 16
LONGEST_TAG = 256

# RFC 9110 §8.8.3: entity-tag = [ weak ] DQUOTE *etagc DQUOTE, etagc = %x21 / %x23-7E / obs-text. RFC 2616 §3.11 took a
# blank, too: such a tag can be read in one way only, and as no version has it, it does not hold.
_LIST_MEMBER = re.compile(r'[ \t]*(?:(?P<weak>W/)?"(?P<quoted>[\x20\x21\x23-\x7e\x80-\xff]*)")?[ \t]*(?:,|\Z)')
_BARE = re.compile(r"[A-Za-z0-9+/=_.:-]+")


class MalformedPreconditionError(ValueError):
    """The header is not a list of entity tags; the text says why."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """Which versions a request may replace.

    tags: the strong tags named; a weak one can never hold for a write, so it is not among them.
    any_version: `*`, whatever version there is, as long as there is one.
    """

    tags: frozenset[str] = frozenset()
    any_version: bool = False

    def holds(self, current: EntityTag | None) -> bool:
        """Whether the current version, None if there is none, is one that may be replaced."""
        if current is None:
            return False
        return self.any_version or current.value in self.tags

    def __str__(self) -> str:
        return "*" if self.any_version else ", ".join(f'"{tag}"' for tag in sorted(self.tags))


@dataclass(frozen=True, slots=True)
class IfNoneMatch:
    """Which versions a reader has already, or a writer must not find.

    tags: those named, weak ones too: the weak comparison takes both (RFC 9110 §13.1.2).
    any_version: `*`, whatever version there is.
    """

    tags: frozenset[str] = frozenset()
    any_version: bool = False

    def holds(self, current: EntityTag | None) -> bool:
        """Whether the current version, None if there is none, is none of those named."""
        if current is None:
            return True
        return not self.any_version and current.value not in self.tags

    def __str__(self) -> str:
        return "*" if self.any_version else ", ".join(f'"{tag}"' for tag in sorted(self.tags))


def parse_if_match(lines: Sequence[str], *, bare: bool = True) -> Precondition | None:
    """The precondition that all `If-Match` lines state together; None if there is no line.

    bare: take one tag without its quotes as if it had them: the value is copied out of `attributes.etag`, where it
        stands like that.
    Raises MalformedPreconditionError for what is no `*` and no list of tags.
    """
    if not lines:
        return None
    named = _tags("If-Match", lines, bare=bare)
    # RFC 9110 §8.8.3.2: the strong comparison never matches a weak tag.
    return (
        Precondition(any_version=True) if named is None else Precondition(frozenset(t for weak, t in named if not weak))
    )


def parse_if_none_match(lines: Sequence[str], *, bare: bool = True) -> IfNoneMatch | None:
    """The condition that all `If-None-Match` lines state together; None if there is no line.

    bare: as for `parse_if_match`.
    Raises MalformedPreconditionError for what is no `*` and no list of tags.
    """
    if not lines:
        return None
    named = _tags("If-None-Match", lines, bare=bare)
    return IfNoneMatch(any_version=True) if named is None else IfNoneMatch(frozenset(tag for _, tag in named))


def _tags(header: str, lines: Sequence[str], *, bare: bool) -> list[tuple[bool, str]] | None:
    """The tags of all lines, each with whether it is weak; None for `*`. Several lines are one list (RFC 9110 §5.3)."""
    text = ", ".join(lines).strip(" \t")
    if text == "*":
        return None
    found = [(False, text)] if bare and _BARE.fullmatch(text) else _list_members(header, text)
    if not found:
        raise MalformedPreconditionError(f"{header} names no entity tag.")
    if len(found) > MOST_TAGS or any(len(tag) > LONGEST_TAG for _, tag in found):
        raise MalformedPreconditionError(f"{header} takes {MOST_TAGS} tags of {LONGEST_TAG} characters at most.")
    return found


def _list_members(header: str, text: str) -> list[tuple[bool, str]]:
    found: list[tuple[bool, str]] = []
    position = 0
    while position < len(text):
        match = _LIST_MEMBER.match(text, position)
        if match is None:
            raise MalformedPreconditionError(f"{header} must be * or a list of entity tags in double quotes.")
        if match["quoted"] is not None:
            found.append((match["weak"] is not None, match["quoted"]))
        position = match.end()
    return found
