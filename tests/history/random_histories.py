"""Small random histories of one register: right ones, and ones of registers with a known fault."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from tests.history.record import Change, Operation, Outcome

INITIAL = "tag 0"


class Fault(Enum):
    """What the register does wrong, now and then."""

    NONE = "none"
    STALE_READ = "a GET answers the version before"
    LOST_UPDATE = "a PUT with an old tag is accepted"
    LOST_WRITE = "a PUT is answered 200 and forgotten"
    FALSE_REFUSAL = "a PUT with the current tag is refused"
    REFUSED_BUT_APPLIED = "a PUT is applied and refused"
    EARLY_ANSWER = "a PUT is answered before its effect"


class History(NamedTuple):
    """What the clients saw, and what the audit says."""

    operations: list[Operation]
    changes: list[Change]

    @property
    def effects(self) -> dict[str, str]:
        return {change.request_id: change.new for change in self.changes}


@dataclass
class _Call:
    """One operation under way: started, then effected, then ended."""

    operation: Operation
    is_effected: bool = False


@dataclass
class _Register:
    """The register, its audit, and the fault that strikes in one of four cases."""

    fault: Fault
    random: random.Random
    tags: list[str] = field(default_factory=lambda: [INITIAL])
    changes: list[Change] = field(default_factory=list)
    late: list[Operation] = field(default_factory=list)

    def strikes(self, fault: Fault) -> bool:
        return self.fault is fault and self.random.random() < 0.25

    def effect(self, operation: Operation) -> Operation:
        """`operation` with its answer, after its effect, or before it."""
        if operation.is_write and self.strikes(Fault.EARLY_ANSWER):
            self.late.append(operation)
            return operation._replace(tag=f"tag of {operation.request_id}")
        return self._effect(operation)

    def catch_up(self) -> None:
        """Do what was answered early, sooner or later."""
        if self.late and self.random.random() < 0.3:
            self._effect(self.late.pop(0))

    def _effect(self, operation: Operation) -> Operation:
        if not operation.is_write:
            stale = len(self.tags) > 1 and self.strikes(Fault.STALE_READ)
            return operation._replace(tag=self.tags[-2 if stale else -1])
        fits = operation.expected in (None, self.tags[-1])
        if fits and operation.expected is not None and self.strikes(Fault.FALSE_REFUSAL):
            return operation._replace(outcome=Outcome.REFUSED)
        if not fits and not self.strikes(Fault.LOST_UPDATE):
            return operation._replace(outcome=Outcome.REFUSED)
        tag = f"tag of {operation.request_id}"
        if not self.strikes(Fault.LOST_WRITE):
            self.changes.append(Change(operation.request_id, self.tags[-1], tag))
            self.tags.append(tag)
        if operation.expected is not None and self.strikes(Fault.REFUSED_BUT_APPLIED):
            return operation._replace(outcome=Outcome.REFUSED)
        return operation._replace(tag=tag)


def random_history(
    seed: int,
    fault: Fault = Fault.NONE,
    *,
    operations: int = 12,
    clients: int = 3,
    unconditional: float = 0.2,
    unknown: float = 0.15,
) -> History:
    """A history that the seed decides. Clients send only tags that they were told.

    unconditional: how many of the PUTs send no tag. unknown: how many never get their answer.
    """
    rng = random.Random(seed)
    register = _Register(fault, rng)
    known = [[INITIAL] for _ in range(clients)]
    calls: dict[int, _Call] = {}
    ended: list[Operation] = []
    started = clock = 0
    while started < operations or calls:
        clock += 1
        register.catch_up()
        client = rng.randrange(clients)
        call = calls.get(client)
        if call is None:
            if started < operations:
                started += 1
                calls[client] = _Call(_begin(rng, started, clock, known[client], unconditional))
        elif not call.is_effected:
            call.operation, call.is_effected = register.effect(call.operation), True
        else:
            ended.append(_end(rng, calls.pop(client).operation, clock, known[client], unknown))
    return History(ended, register.changes)


def _begin(rng: random.Random, number: int, clock: int, known: list[str], unconditional: float) -> Operation:
    write = rng.random() < 0.6
    expected = None
    if write and rng.random() >= unconditional:
        expected = rng.choice(known[-2:])
    return Operation(f"id {number}" if write else "", write, expected, Outcome.DONE, clock, math.inf)


def _end(rng: random.Random, operation: Operation, clock: int, known: list[str], unknown: float) -> Operation:
    if operation.is_write and rng.random() < unknown:
        return operation._replace(outcome=Outcome.UNKNOWN, tag="")
    if operation.tag:
        known.append(operation.tag)
    return operation._replace(end=clock)
