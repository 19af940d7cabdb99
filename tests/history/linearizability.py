"""The search for a linearization (Wing and Gong, with Lowe's memo): trusts no order, only what the clients saw.

A profile is a register whose value is its entity tag:

- a GET answered with a tag found that tag;
- a PUT answered 200 found the tag that it sent (or any, if it sent none) and left its own;
- a PUT refused for its tag found another one;
- a PUT without an answer had its effect at some instant after its start, or never will.

Operations that ended before another began come before it. The rest is search: from the operations that can come next
one is tried, and each state that was reached in vain is remembered.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import NamedTuple

from tests.history.record import Operation, Outcome

MOST_STEPS = 3_000_000


class Verdict(Enum):
    """What the search came to. What it cannot decide counts as a failure."""

    LINEARIZABLE = "linearizable"
    VIOLATED = "violated"
    INCONCLUSIVE = "inconclusive"


class _Place(NamedTuple):
    """How far the search is.

    first: all definite operations before it are placed. placed: those behind it that are, too.
    applied: the PUTs of unknown outcome that had their effect. tag: what the register holds.
    """

    first: int
    placed: frozenset[int]
    applied: frozenset[int]
    tag: str


def linearizable(
    initial: str, operations: Iterable[Operation], effects: Mapping[str, str], most_steps: int = MOST_STEPS
) -> Verdict:
    """Whether there is an order in which one register, alone and without overlap, answers all of this.

    initial: the tag before the first operation. effects: the tags that the audit says PUTs have left, by their request
    ids, in its order. Of that only the tags of PUTs whose answers nobody got are believed; where even they are missing
    it is a tag that nobody has seen. The order is tried first, that is all.
    """
    return _Search(operations, effects).run(initial, most_steps)


class _Search:
    def __init__(self, operations: Iterable[Operation], effects: Mapping[str, str]) -> None:
        ordered = sorted(operations, key=lambda operation: operation.start)
        self._definite = [operation for operation in ordered if operation.outcome is not Outcome.UNKNOWN]
        self._unknown = [
            operation._replace(tag=effects.get(operation.request_id, f"unseen {operation.request_id}"))
            for operation in ordered
            if operation.outcome is Outcome.UNKNOWN and operation.is_write
        ]
        self._order = {tag: number for number, tag in enumerate(effects.values(), 1)}
        self._unknown_by_tag: dict[str | None, list[int]] = {}
        for index, operation in enumerate(self._unknown):
            self._unknown_by_tag.setdefault(operation.expected, []).append(index)

    def run(self, initial: str, most_steps: int) -> Verdict:
        stack = [_Place(0, frozenset(), frozenset(), initial)]
        seen = set(stack)
        steps = 0
        while stack:
            place = self._with_observations(stack.pop())
            if place.first == len(self._definite):
                return Verdict.LINEARIZABLE
            for following in self._writes(place):
                steps += 1
                if following not in seen:
                    seen.add(following)
                    stack.append(following)
            if steps > most_steps:
                return Verdict.INCONCLUSIVE
        return Verdict.VIOLATED

    def _with_observations(self, place: _Place) -> _Place:
        """`place` after every GET and refusal that can come now and fits.

        They change nothing, so whatever order there is, there is one in which they come at once.
        """
        while True:
            candidates, _ = self._candidates(place)
            fitting = [index for index in candidates if _fits(self._definite[index], place.tag)]
            if not fitting:
                return place
            place = self._advance(place, fitting)

    def _writes(self, place: _Place) -> list[_Place]:
        """The places after one write, the likeliest last, for there the stack goes on."""
        candidates, end = self._candidates(place)
        found = []
        for index in (*self._unknown_by_tag.get(None, ()), *self._unknown_by_tag.get(place.tag, ())):
            operation = self._unknown[index]
            if operation.start <= end and index not in place.applied:
                found.append(place._replace(applied=place.applied | {index}, tag=operation.tag))
        for index in candidates:
            operation = self._definite[index]
            if _is_change(operation) and operation.expected in (None, place.tag):
                found.append(self._advance(place, [index])._replace(tag=operation.tag))
        following = self._order.get(place.tag, 0) + 1
        # A stable sort: those of unknown outcome before the definite ones, and last of all what the audit has next.
        return sorted(found, key=lambda after: self._order.get(after.tag) == following)

    def _candidates(self, place: _Place) -> tuple[list[int], float]:
        """The definite operations that can come next, and the first of their ends: what began after it comes later."""
        end = math.inf
        found = []
        for index in range(place.first, len(self._definite)):
            operation = self._definite[index]
            if operation.start > end:
                break
            if index not in place.placed:
                found.append(index)
                end = min(end, operation.end)
        return found, end

    def _advance(self, place: _Place, indices: list[int]) -> _Place:
        placed = set(place.placed).union(indices)
        first = place.first
        while first in placed:
            placed.remove(first)
            first += 1
        return place._replace(first=first, placed=frozenset(placed))


def _is_change(operation: Operation) -> bool:
    return operation.is_write and operation.outcome is Outcome.DONE


def _fits(operation: Operation, tag: str) -> bool:
    """Whether `operation` changes nothing and is right about a register that holds `tag`."""
    if operation.outcome is Outcome.REFUSED:
        return operation.expected != tag
    return not operation.is_write and operation.tag == tag
