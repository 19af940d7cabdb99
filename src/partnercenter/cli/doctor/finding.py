"""What the doctor says of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from partnercenter.wire.json_text import JsonObject


class State(Enum):
    """OK: it works. WARNING: it may get in the way. PROBLEM: it is in the way. SKIPPED: it could not be looked at."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    subject: what was looked at. told: what it is like, in a sentence. mend: the line that mends it, a command where
    there is one; empty if nothing has to be mended.
    """

    subject: str
    state: State
    told: str
    mend: str = ""

    def as_json(self) -> JsonObject:
        """For programs."""
        return {"subject": self.subject, "state": self.state.value, "told": self.told, "mend": self.mend or None}


def ok(subject: str, told: str) -> Finding:
    """It works."""
    return Finding(subject, State.OK, told)


def warning(subject: str, told: str, mend: str) -> Finding:
    """It may get in the way."""
    return Finding(subject, State.WARNING, told, mend)


def problem(subject: str, told: str, mend: str) -> Finding:
    """It is in the way."""
    return Finding(subject, State.PROBLEM, told, mend)


def skipped(subject: str, told: str) -> Finding:
    """It could not be looked at; what is in the way has a finding of its own."""
    return Finding(subject, State.SKIPPED, told)
