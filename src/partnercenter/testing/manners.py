"""How a client behaved, and what becomes of it: a section of the test report, or an error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partnercenter.service.gate.manners import Finding


class Manners:
    """What the service noticed of its clients in this test.

    look: gives the findings so far.
    """

    def __init__(self, look: Callable[[], Sequence[Finding]]) -> None:
        self._look = look
        self._are_allowed = False

    def findings(self) -> list[Finding]:
        """What was noticed so far, in the order of the requests."""
        return list(self._look())

    def allow_bad(self) -> None:
        """Let this test misbehave on purpose: nothing of it is reported."""
        self._are_allowed = True

    def report(self) -> str:
        """What is to be reported, a line for each finding; "" if there is nothing, or if it is allowed."""
        return "" if self._are_allowed else "\n".join(tell(one) for one in self._look())

    def __repr__(self) -> str:
        return f"Manners({len(self._look())} findings)"


def tell(finding: Finding) -> str:
    """One finding for a person; the numbers are those of the entries of the journal."""
    numbers = ", ".join(f"#{number}" for number in finding.entries[:5])
    return f"{finding.kind}: {finding.what} ({numbers}) {finding.advice}"
