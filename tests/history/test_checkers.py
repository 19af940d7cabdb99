"""The two checkers against histories whose truth is known, and against each other."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import pytest

from tests.history.chain import chain_violations
from tests.history.linearizability import Verdict, linearizable
from tests.history.random_histories import INITIAL, Fault, History, random_history
from tests.history.record import Change, Operation, Outcome

SEEDS = range(1_000)
FAULTS = [fault for fault in Fault if fault is not Fault.NONE]


def _chain_holds(history: History) -> bool:
    return not chain_violations(INITIAL, history.changes, history.operations)


def _search_holds(history: History) -> bool:
    verdict = linearizable(INITIAL, history.operations, history.effects)
    assert verdict is not Verdict.INCONCLUSIVE
    return verdict is Verdict.LINEARIZABLE


def test_p3_both_checkers_accept_every_history_of_a_right_register() -> None:
    histories = [random_history(seed) for seed in SEEDS]
    assert all(_chain_holds(history) and _search_holds(history) for history in histories)


@pytest.mark.parametrize("fault", FAULTS)
def test_p3_what_the_chain_accepts_the_search_accepts_too(fault: Fault) -> None:
    histories = (random_history(seed, fault) for seed in SEEDS)
    assert [history for history in histories if _chain_holds(history) and not _search_holds(history)] == []


@pytest.mark.parametrize("fault", [Fault.STALE_READ, Fault.FALSE_REFUSAL])
def test_p3_with_a_tag_and_an_answer_for_every_put_the_checkers_agree_on_every_history(fault: Fault) -> None:
    histories = (random_history(seed, fault, unconditional=0, unknown=0) for seed in SEEDS)
    assert [history for history in histories if _chain_holds(history) != _search_holds(history)] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_p22_each_checker_finds_every_fault_in_many_histories(fault: Fault) -> None:
    histories = [random_history(seed, fault) for seed in range(300)]
    by_chain = sum(not _chain_holds(history) for history in histories)
    by_search = sum(not _search_holds(history) for history in histories)
    assert min(by_chain, by_search) > 20


@pytest.mark.parametrize("fault", Fault)
def test_p3_the_search_decides_as_trying_every_order_does(fault: Fault) -> None:
    histories = (random_history(seed, fault, operations=5) for seed in range(100))
    assert [history for history in histories if _search_holds(history) != _some_order_holds(history)] == []


def _some_order_holds(history: History) -> bool:
    definite = [operation for operation in history.operations if operation.outcome is not Outcome.UNKNOWN]
    unknown = [
        operation._replace(tag=history.effects.get(operation.request_id, "unseen"))
        for operation in history.operations
        if operation.outcome is Outcome.UNKNOWN and operation.is_write
    ]
    return any(_is_legal(order) for some in _subsets(unknown) for order in itertools.permutations(definite + some))


def _subsets(operations: list[Operation]) -> Iterator[list[Operation]]:
    for size in range(len(operations) + 1):
        yield from map(list, itertools.combinations(operations, size))


def _is_legal(order: tuple[Operation, ...]) -> bool:
    tag = INITIAL
    for place, operation in enumerate(order):
        if any(later.end < operation.start for later in order[place + 1 :]):
            return False
        if operation.outcome is Outcome.REFUSED:
            if operation.expected == tag:
                return False
        elif not operation.is_write:
            if operation.tag != tag:
                return False
        elif operation.expected in (None, tag):
            tag = operation.tag
        else:
            return False
    return True


def _put(request_id: str, expected: str | None, start: float, end: float) -> Operation:
    return Operation(request_id, True, expected, Outcome.DONE, start, end, f"tag {request_id}")


def test_p3_a_history_that_is_too_hard_is_inconclusive_and_not_accepted() -> None:
    overlapping = [_put(str(number), None, 0, 100) for number in range(12)]
    never_seen = Operation("", False, None, Outcome.DONE, 0, 100, "nobody's tag")
    assert linearizable(INITIAL, [*overlapping, never_seen], {}, most_steps=1_000) is Verdict.INCONCLUSIVE


def test_p3_five_thousand_operations_of_eight_clients_are_searched_to_the_end() -> None:
    history = random_history(1, operations=5_000, clients=8)
    assert _search_holds(history)


def test_p3_a_put_without_an_answer_may_have_its_effect_much_later() -> None:
    lost = Operation("1", True, INITIAL, Outcome.UNKNOWN, 0, math.inf)
    before = Operation("", False, None, Outcome.DONE, 5, 6, INITIAL)
    after = Operation("", False, None, Outcome.DONE, 7, 8, "tag 1")
    assert _search_holds(History([lost, before, after], [Change("1", INITIAL, "tag 1")]))


def test_p3_a_put_without_an_answer_has_one_effect_at_most() -> None:
    lost = Operation("1", True, None, Outcome.UNKNOWN, 0, math.inf)
    reads = [
        Operation("", False, None, Outcome.DONE, start, start + 0.5, tag)
        for start, tag in ((1, "tag 1"), (4, "tag 2"), (5, "tag 1"))
    ]
    history = History([lost, _put("2", "tag 1", 2, 3), *reads], [Change("1", INITIAL, "tag 1")])
    assert not _search_holds(history)
