"""What a run came to: as data, and as lines to read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ha.write_gap import percentile
from tests.history.verdict import Findings

KEPT, BROKEN, MISSING, VOID, NOT_HEALED = 0, 1, 3, 4, 5
"""Exit codes: promises kept, a promise broken, programs not installed, a run that shows nothing, no way back."""

_VERDICTS = {KEPT: "kept", BROKEN: "BROKEN", VOID: "void", NOT_HEALED: "the cluster DID NOT COME BACK"}
_MOST_SHOWN = 10
# What a run must have seen to be worth anything; parts of the PUTs.
_LEAST_REFUSED, _LEAST_CONCURRENT = 0.05, 0.10


@dataclass(frozen=True)
class Played:
    """One fault. count: of what it does, say of cancelled waits. gap: seconds in which a node acknowledged nothing.

    healthy_after: seconds from its begin until the cluster was whole again.
    """

    name: str
    takes_leader: bool
    count: int
    gap: float
    healthy_after: float


@dataclass
class Report:
    """One run. lost: ids of acknowledged updates that are gone. left_out: faults that cannot be played here.

    not_healed: how the cluster failed to come back, which ended the run.
    """

    seed: int
    started_after: float = 0.0
    seconds: float = 0.0
    played: list[Played] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    promised: int = 0
    lost: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    not_healed: str = ""

    @property
    def losses(self) -> int:
        """How often the leader was lost, planned changes not counted."""
        return sum(played.takes_leader for played in self.played)

    @property
    def void(self) -> list[str]:
        """Why the run shows nothing; empty if it does show something."""
        found = self.findings
        puts = max(found.puts, 1)
        return [
            reason
            for reason, shown in (
                ("no leader was lost", self.losses),
                ("no update was acknowledged", self.promised),
                ("no outcome was unknown", found.unknown + found.unanswered),
                ("too few PUTs were refused for their tag", found.refused / puts >= _LEAST_REFUSED),
                ("too few PUTs ran beside another one", found.concurrent / puts >= _LEAST_CONCURRENT),
                ("a fault did nothing", all(played.count for played in self.played)),
            )
            if not shown
        ]

    @property
    def exit_code(self) -> int:
        """See the constants."""
        if self.lost or self.findings.violations:
            return BROKEN
        if self.not_healed:
            return NOT_HEALED
        return VOID if self.void else KEPT

    def to_dict(self) -> dict[str, object]:
        """The figures."""
        found = self.findings
        return {
            "leader_losses": self.losses,
            "faults": len(self.played),
            "acknowledged_updates": self.promised,
            "acknowledged_lost": len(self.lost),
            "violations": {"chain": found.chain, "search": found.search, "assertions": found.assertions},
            "operations": found.operations,
            "attempts": found.attempts,
            "refused": found.refused,
            "concurrent": found.concurrent,
            "unanswered_attempts": found.unanswered,
            "unknown_operations": found.unknown,
            "write_gap_seconds": {name: _spread(gaps) for name, gaps in self._gaps()},
            "healthy_again_seconds": _spread([played.healthy_after for played in self.played]),
            "started_after_seconds": round(self.started_after, 1),
            "seconds": round(self.seconds, 1),
            "seed": self.seed,
            "left_out": self.left_out,
            "not_healed": self.not_healed,
            "void": self.void,
            "exit_code": self.exit_code,
        }

    def lines(self) -> Iterator[str]:
        """The figures to read."""
        found = self.findings
        yield f"{self.losses} leader losses among {len(self.played)} faults in {self.seconds:.0f} s (seed {self.seed})"
        yield f"{self.promised} acknowledged updates, {len(self.lost)} of them lost"
        yield (
            f"{found.operations} operations: {found.refused} refused for their tag, {found.concurrent} concurrent, "
            f"{found.unanswered} attempts without an answer, {found.unknown} operations unknown for good"
        )
        yield f"{'write gap in seconds':<24}{'times':>6}{'p50':>7}{'p95':>7}{'max':>7}"
        for name, gaps in self._gaps():
            spread = _spread(gaps)
            yield f"  {name:<22}{spread['times']:>6.0f}{spread['p50']:>7.1f}{spread['p95']:>7.1f}{spread['max']:>7.1f}"
        for name, violations in (("chain", found.chain), ("search", found.search), ("assertions", found.assertions)):
            yield f"{name}: {f'{len(violations)} violations' if violations else 'holds'}"
            yield from (f"  {violation}" for violation in violations[:_MOST_SHOWN])
        yield from (f"lost: {request_id}" for request_id in self.lost[:_MOST_SHOWN])
        yield from (f"left out: {reason}" for reason in self.left_out)
        yield from (f"void: {reason}" for reason in self.void)
        yield f"verdict: {_VERDICTS[self.exit_code]}"

    def _gaps(self) -> Iterator[tuple[str, list[float]]]:
        yield "leader losses", [played.gap for played in self.played if played.takes_leader]
        for name in dict.fromkeys(played.name for played in self.played):
            yield name, [played.gap for played in self.played if played.name == name]


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "times": len(values),
        "p50": round(percentile(values, 0.50), 1),
        "p95": round(percentile(values, 0.95), 1),
        "max": round(max(values, default=0.0), 1),
    }
