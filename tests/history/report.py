"""What a run comes to: as data, and as a few lines to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.history.verdict import Findings

GOOD, VIOLATED, VOID = 0, 1, 2
_MOST_SHOWN = 10


@dataclass
class Report:
    """One run.

    seconds: under load. faults: what was done to it, by kind. fired: the failpoints. ends: how processes ended.
    caught_after: seconds to the first violation. void: why the run was not worth anything.
    """

    backend: str
    bug: str | None = None
    seed: int = 0
    seconds: float = 0
    answers: int = 0
    faults: dict[str, int] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    caught_after: float | None = None
    void: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """How many processes of nodes were killed, from outside and by themselves."""
        return self.ends.get("-9", 0)

    @property
    def exit_code(self) -> int:
        if self.findings.violations:
            return VIOLATED
        return VOID if self.void else GOOD


def summary(report: Report) -> Iterable[str]:
    """The lines of it."""
    found = report.findings
    puts, operations = max(found.puts, 1), max(found.operations, 1)
    rate = report.answers / max(report.seconds, 1e-9)
    yield f"{report.backend}, seed {report.seed}: {report.seconds:.0f} s, {rate:.0f} answers a second"
    yield (
        f"  {found.operations} operations ({found.attempts} attempts, {found.registers} profiles), "
        f"{found.changes} updates, {found.replays} replays"
    )
    yield (
        f"  {found.refused / puts:.1%} of the PUTs refused for their tag, {found.concurrent / puts:.1%} concurrent, "
        f"{found.unanswered} attempts unanswered, {found.unknown / operations:.2%} of the operations unknown for good"
    )
    yield f"  {report.kills} processes killed; {_counts(report.faults)}"
    yield f"  failpoints: {_counts(report.fired)}; ends: {_counts(report.ends)}"
    for name, violations in (("chain", found.chain), ("search", found.search), ("assertions", found.assertions)):
        yield f"  {name}: {'holds' if not violations else f'{len(violations)} violations'}"
        yield from (f"    {violation}" for violation in violations[:_MOST_SHOWN])
    yield from (f"  void: {reason}" for reason in report.void)
    yield f"  verdict: {('good', 'VIOLATED', 'VOID')[report.exit_code]}"


def _counts(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} x {name}" for name, count in sorted(counted.items())) or "none"
