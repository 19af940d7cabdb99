"""The verdict on one tenant: both checkers, the further assertions, and what the history was worth."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.history.assertions import assertion_violations
from tests.history.chain import chain_violations
from tests.history.linearizability import Verdict, linearizable
from tests.history.record import Attempt, Operation, Outcome, collapse
from tests.history.witness import Witness


@dataclass
class Findings:
    """What was found, by who found it; and counts, which say whether there was anything to find."""

    chain: list[str] = field(default_factory=list)
    search: list[str] = field(default_factory=list)
    assertions: list[str] = field(default_factory=list)
    registers: int = 0
    attempts: int = 0
    operations: int = 0
    puts: int = 0
    refused: int = 0
    unknown: int = 0
    unanswered: int = 0
    concurrent: int = 0
    replays: int = 0
    changes: int = 0

    @property
    def violations(self) -> list[str]:
        return [*self.chain, *self.search, *self.assertions]

    @property
    def catchers(self) -> list[str]:
        """Which of the checkers found something."""
        found = {"chain": self.chain, "search": self.search, "assertions": self.assertions}
        return [name for name, violations in found.items() if violations]

    def add(self, other: Findings) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def judge(initial: dict[str, str], attempts: list[Attempt], witness: Witness) -> Findings:
    """The findings on one tenant.

    initial: the first tag of each of its registers. attempts: all that were made on them.
    """
    findings = Findings(assertions=list(witness.broken))
    for register, tag in initial.items():
        kind = register.partition("/")[2]
        of_register = [attempt for attempt in attempts if attempt.register == register]
        changes = witness.changes.get(kind, [])
        operations = collapse(of_register)
        findings.add(_counts(of_register, operations, len(changes)))
        findings.chain += chain_violations(tag, changes, operations)
        effects = {change.request_id: change.new for change in changes}
        verdict = linearizable(tag, operations, effects)
        if verdict is not Verdict.LINEARIZABLE:
            findings.search.append(f"{register} is {verdict.value}")
        findings.assertions += assertion_violations(tag, changes, witness.final[kind], of_register)
    return findings


def _counts(attempts: list[Attempt], operations: list[Operation], changes: int) -> Findings:
    puts = [attempt for attempt in attempts if attempt.method == "PUT"]
    ids = {attempt.request_id for attempt in puts}
    refused = {attempt.request_id for attempt in puts if attempt.is_failed_precondition}
    done = sum(attempt.is_done for attempt in puts)
    return Findings(
        registers=1,
        attempts=len(attempts),
        operations=len(ids) + len(attempts) - len(puts),
        puts=len(ids),
        refused=len(refused),
        unknown=sum(operation.outcome is Outcome.UNKNOWN for operation in operations),
        unanswered=sum(attempt.is_unknown for attempt in attempts),
        concurrent=_concurrent(puts),
        replays=done - len({attempt.request_id for attempt in puts if attempt.is_done}),
        changes=changes,
    )


def _concurrent(puts: list[Attempt]) -> int:
    """How many ids were under way while another one was, on the same register; answered attempts alone count."""
    found: set[str] = set()
    latest: Attempt | None = None
    for attempt in sorted((put for put in puts if put.status), key=lambda attempt: attempt.start):
        if latest is not None and attempt.start < latest.end and attempt.request_id != latest.request_id:
            found |= {attempt.request_id, latest.request_id}
        if latest is None or attempt.end > latest.end:
            latest = attempt
    return len(found)
