"""The lines of a report, and what they say together: what is planned, what was begun, and how it ended. Pure.

    plan       once, first: which file, and its fingerprint
    planned    one profile: its tag when it was read, and what changes
    problem    one partner of whom nothing can be planned
    ready      once, after the last of these. A plan ends here
    agreed     once: the plan may be carried out
    begun      an update is about to be sent: its ids, and its body without the tax id
    ended      what came of it
    resumed    another process goes on

A process can be killed between any two of them. What was begun and did not end is asked for again with the same ids,
tag and body; the service carries it out once at most ("MS-RequestId").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Literal, NamedTuple

import msgspec

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject

FORMAT: Final = 1


class Outcome(Enum):
    """How an update ended.

    APPLIED: it was carried out. MOVED: somebody changed the profile since it was read; nothing was done.
    REFUSED: the service said no; nothing was done. UNKNOWN: it may or may not have been carried out.
    FAILED: nothing was done, because nobody answered, all were busy or nobody was signed in; it can be tried again.
    """

    APPLIED = "applied"
    MOVED = "moved"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    FAILED = "failed"


class Key(NamedTuple):
    """Which profile: that of `profile`, the word of its kind, of `tenant`, as the file names it."""

    tenant: str
    profile: str


class ChangedMember(msgspec.Struct, frozen=True):
    """See `changes.Change`."""

    member: str
    old: str | int | None
    new: str | int | None


class Line(
    msgspec.Struct, frozen=True, tag_field="event", rename="camel", omit_defaults=True, forbid_unknown_fields=True
):
    """What all lines have in common. time: when it was written, UTC (RFC 3339)."""

    time: str


class PlanLine(Line, frozen=True, tag="plan", kw_only=True):
    """file: absolute path of what is wanted. salt, fingerprint: see `fingerprint`."""

    format: Literal[1]
    file: str
    salt: str
    fingerprint: str


class PlannedLine(Line, frozen=True, tag="planned", kw_only=True):
    """tag: of the version that was read. changes: empty if the profile is as wanted already.

    tenant_id, user, service: of whoever was signed in, and where; service is the base URL.
    """

    tenant: str
    profile: str
    tag: str
    changes: list[ChangedMember] = []
    tenant_id: str = ""
    user: str = ""
    service: str = ""

    @property
    def key(self) -> Key:
        """Which profile."""
        return Key(self.tenant, self.profile)


class ProblemLine(Line, frozen=True, tag="problem", kw_only=True):
    """kind: the name of the error. messages: what is wrong."""

    tenant: str
    kind: str
    messages: list[str]


class ReadyLine(Line, frozen=True, tag="ready", kw_only=True):
    """planned: how many profiles are planned."""

    planned: int


class AgreedLine(Line, frozen=True, tag="agreed"):
    """Somebody was asked, or said `--yes`; without it a report is a plan."""


class BegunLine(Line, frozen=True, tag="begun", kw_only=True):
    """user: who signed in. tag: the precondition. body: see `document`."""

    tenant: str
    profile: str
    user: str
    tag: str
    request_id: str
    correlation_id: str
    body: msgspec.Raw

    @property
    def document(self) -> JsonObject:
        """What was sent, as `sent_body.without_tax_id` gives it."""
        value = json_text.read_lenient(bytes(self.body))
        return value if isinstance(value, dict) else {}

    @property
    def key(self) -> Key:
        """Which profile."""
        return Key(self.tenant, self.profile)


class EndedLine(Line, frozen=True, tag="ended", kw_only=True):
    """tag_before, tag_after: the versions. kept: members that the service left as they were. message: why, if not."""

    tenant: str
    profile: str
    outcome: Outcome
    changes: list[ChangedMember] = []
    user: str = ""
    request_id: str = ""
    correlation_id: str = ""
    tag_before: str = ""
    tag_after: str = ""
    kept: list[str] = []
    message: str = ""

    @property
    def key(self) -> Key:
        """Which profile."""
        return Key(self.tenant, self.profile)


class ResumedLine(Line, frozen=True, tag="resumed"):
    """Another process goes on."""


AnyLine = PlanLine | PlannedLine | ProblemLine | ReadyLine | AgreedLine | BegunLine | EndedLine | ResumedLine

_DECODER = msgspec.json.Decoder(AnyLine)


class ReportError(ValueError):
    """The text is no report, or a damaged one; says where."""


@dataclass(slots=True)
class Report:
    """What the lines say together. begun: the last one of each profile; ended: likewise."""

    plan: PlanLine
    planned: dict[Key, PlannedLine] = field(default_factory=dict)
    problems: list[ProblemLine] = field(default_factory=list)
    is_ready: bool = False
    is_agreed: bool = False
    begun: dict[Key, BegunLine] = field(default_factory=dict)
    ended: dict[Key, EndedLine] = field(default_factory=dict)

    def takes(self, line: AnyLine) -> bool:
        """Take a line in; False if it cannot stand here."""
        match line:
            case PlannedLine() if not self.is_ready and line.key not in self.planned:
                self.planned[line.key] = line
            case ProblemLine() if not self.is_ready:
                self.problems.append(line)
            case ReadyLine() if not self.is_ready and line.planned == len(self.planned):
                self.is_ready = True
            case AgreedLine() if self.is_ready and not self.is_agreed:
                self.is_agreed = True
            case BegunLine() if self.is_agreed and line.key in self.planned:
                self.begun[line.key] = line
                self.ended.pop(line.key, None)
            case EndedLine() if self.is_agreed and line.key in self.planned:
                self.ended[line.key] = line
            case ResumedLine() if self.is_agreed:
                pass
            case _:
                return False
        return True

    @property
    def to_change(self) -> list[PlannedLine]:
        """What is planned and has not come to its end: not begun, begun without an end, unknown, or failed."""
        return [line for key, line in self.planned.items() if line.changes and not self._is_final(key)]

    def to_repeat(self, key: Key) -> BegunLine | None:
        """The update to ask for again, because it may have been carried out; None if it surely was not."""
        ended = self.ended.get(key)
        return self.begun.get(key) if ended is None or ended.outcome is Outcome.UNKNOWN else None

    def _is_final(self, key: Key) -> bool:
        ended = self.ended.get(key)
        return ended is not None and ended.outcome not in (Outcome.UNKNOWN, Outcome.FAILED)


def encode(line: AnyLine) -> bytes:
    """The line as it is written, with its end."""
    return msgspec.json.encode(line) + b"\n"


def lines_of(text: bytes) -> list[AnyLine]:
    """The whole lines of `text`: a crash may have cut the last one. Raises ReportError."""
    lines: list[AnyLine] = []
    for number, one in enumerate(text.split(b"\n")[:-1], 1):
        try:
            lines.append(_DECODER.decode(one))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise ReportError(f"It is no report of partnercenter, or a damaged one: line {number}.") from None
    return lines


def read(lines: Iterable[AnyLine]) -> Report:
    """What `lines` say. Raises ReportError if they cannot follow each other so."""
    following = iter(lines)
    first = next(following, None)
    if not isinstance(first, PlanLine):
        raise ReportError("It does not begin with its plan.")
    report = Report(first)
    for number, line in enumerate(following, 2):
        if not report.takes(line):
            raise ReportError(f"It is a damaged report: line {number} does not belong there.")
    return report
