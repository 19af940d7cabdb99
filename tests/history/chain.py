"""The entity-tag chain checker: is the history linearizable in the order of the audit? Exact, and O(n).

Entity tags are never used twice, so the accepted PUTs of a profile are a chain of versions, and the audit says in
which order. The instant of version j must then lie

- not before: the start of its own PUT, the start of any read of an older version, the instant of version j - 1;
- not after: the end of its own PUT, the end of any read of its or a newer version, the end of any refusal of the tag
  of version j - 1 (that tag was told to the client before, so it was refused because j was there already), the
  instant of version j + 1.

Such instants exist if and only if no version must come after it must have come.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from tests.history.record import Change, Operation, Outcome


def chain_violations(initial: str, changes: Sequence[Change], operations: Iterable[Operation]) -> list[str]:
    """What contradicts the audit's order; empty if the history is linearizable in it.

    initial: the tag before the first change. changes: the audit of the register, in its order.
    operations: see `record.collapse`.
    """
    chain = _Chain(initial, changes)
    for operation in operations:
        chain.bound(operation)
    return chain.violations()


class _Chain:
    """The bounds of each version's instant, narrowed operation by operation."""

    def __init__(self, initial: str, changes: Sequence[Change]) -> None:
        self._changes = changes
        self._version = {initial: 0} | {change.new: number for number, change in enumerate(changes, 1)}
        self._made_by = {change.request_id: number for number, change in enumerate(changes, 1)}
        # One place more than there are versions: nothing comes after the last one.
        self._lowest = [-math.inf] * (len(changes) + 2)
        self._highest = [math.inf] * (len(changes) + 2)
        self._found: list[str] = []

    def bound(self, operation: Operation) -> None:
        """Narrow the bounds by what `operation` saw or did."""
        if not operation.is_write:
            self._bound_by_read(operation)
        elif operation.outcome is Outcome.REFUSED:
            self._bound_by_refusal(operation)
        else:
            self._bound_by_write(operation)

    def violations(self) -> list[str]:
        """What was found, and the versions that have no instant left."""
        lowest, highest = self._lowest[:-1], self._highest[:-1]
        # To carry the upper bounds downwards too would find nothing more.
        for number in range(1, len(lowest)):
            lowest[number] = max(lowest[number], lowest[number - 1])
        late = [number for number in range(1, len(lowest)) if lowest[number] > highest[number]]
        return self._found + [
            f"version {number} ({self._changes[number - 1].request_id}) must have come after {lowest[number]:.6f}"
            f" and before {highest[number]:.6f}"
            for number in late
        ]

    def _bound_by_read(self, operation: Operation) -> None:
        version = self._version.get(operation.tag)
        if version is None:
            self._found.append(f"a GET answered {operation.tag}, which the audit does not have")
            return
        self._highest[version] = min(self._highest[version], operation.end)
        self._lowest[version + 1] = max(self._lowest[version + 1], operation.start)

    def _bound_by_refusal(self, operation: Operation) -> None:
        if operation.request_id in self._made_by:
            self._found.append(f"{operation.request_id} was refused, and yet it is in the audit")
        version = self._version.get(operation.expected or "")
        if version == len(self._changes):
            self._found.append(f"{operation.request_id} was refused for the tag of the last version")
        elif version is not None:
            self._highest[version + 1] = min(self._highest[version + 1], operation.end)

    def _bound_by_write(self, operation: Operation) -> None:
        made = self._made_by.get(operation.request_id)
        if made is None:
            if operation.outcome is Outcome.DONE:
                self._found.append(f"{operation.request_id} was answered 200, and the audit does not have it")
            return
        change = self._changes[made - 1]
        if operation.outcome is Outcome.DONE and change.new != operation.tag:
            self._found.append(f"{operation.request_id} was answered another tag than the audit has")
        if operation.expected is not None and self._version.get(operation.expected) != made - 1:
            self._found.append(f"{operation.request_id} replaced another version than the one whose tag it sent")
        self._lowest[made] = max(self._lowest[made], operation.start)
        self._highest[made] = min(self._highest[made], operation.end)
