"""What each exit code means; scripts may rely on them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The closed list, in the order in which a script would test them."""

    OK = 0
    UNEXPECTED = 1
    USAGE = 2
    NOT_SIGNED_IN = 3
    NOT_ALLOWED = 4
    PRECONDITION_FAILED = 5
    REFUSED = 6
    UNAVAILABLE = 7
    OUTCOME_UNKNOWN = 8
    INTERRUPTED = 130

    @property
    def meaning(self) -> str:
        """The sentence of the help text."""
        return _MEANINGS[self]


_MEANINGS = {
    ExitCode.OK: "done",
    ExitCode.UNEXPECTED: "something on this machine is in the way, or an unexpected error",
    ExitCode.USAGE: "wrong usage or settings",
    ExitCode.NOT_SIGNED_IN: "not signed in, or the token is not accepted",
    ExitCode.NOT_ALLOWED: "not allowed",
    ExitCode.PRECONDITION_FAILED: "somebody changed the profile first; or `diff --exit-code` found a difference",
    ExitCode.REFUSED: "refused by the service or the rules; or a member to change was kept, or the audit is broken",
    ExitCode.UNAVAILABLE: "the service cannot be reached or is busy",
    ExitCode.OUTCOME_UNKNOWN: "the outcome of an update is unknown",
    ExitCode.INTERRUPTED: "interrupted",
}
