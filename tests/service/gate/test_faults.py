"""The fault plan: counted and in order."""

from __future__ import annotations

import pytest

from partnercenter.service.gate.faults import ANY_OPERATION, Fault, FaultKind, FaultPlan

GET, PUT = "get_billing_profile", "update_billing_profile"


def played(plan: FaultPlan, *operations: str) -> list[str | None]:
    """What happens to requests for these operations, one after the other."""
    return [fault.fault.value if fault else None for fault in map(plan.next, operations)]


PLANS = {
    "an-empty-plan-does-nothing": ([], [GET, PUT], [None, None]),
    "once-if-nothing-else-is-said": ([Fault(GET, FaultKind.SLOW)], [GET, GET], ["slow", None]),
    "as-often-as-it-says": ([Fault(GET, FaultKind.SLOW, times=2)], [GET, GET, GET], ["slow", "slow", None]),
    "after-so-many": ([Fault(GET, FaultKind.SLOW, after=2)], [GET, GET, GET, GET], [None, None, "slow", None]),
    "another-operation-is-not-counted": (
        [Fault(GET, FaultKind.SLOW, after=1)],
        [PUT, GET, PUT, GET],
        [None, None, None, "slow"],
    ),
    "any-operation": ([Fault(ANY_OPERATION, FaultKind.SLOW, times=2)], [PUT, GET], ["slow", "slow"]),
    "in-the-order-of-the-lines": (
        [Fault(GET, FaultKind.SLOW), Fault(ANY_OPERATION, FaultKind.RESET)],
        [GET, GET, GET],
        ["slow", "reset", None],
    ),
    "the-first-line-that-fits": (
        [Fault(PUT, FaultKind.SLOW), Fault(GET, FaultKind.RESET)],
        [GET, PUT],
        ["reset", "slow"],
    ),
}


@pytest.mark.parametrize(("faults", "operations", "expected"), PLANS.values(), ids=PLANS.keys())
def test_the_same_plan_gives_the_same_failures(
    faults: list[Fault], operations: list[str], expected: list[str | None]
) -> None:
    assert [played(FaultPlan(faults), *operations) for _ in range(2)] == [expected, expected]


def test_the_report_says_what_was_used_and_what_was_not() -> None:
    plan = FaultPlan([Fault(GET, FaultKind.SLOW, times=2), Fault(PUT, FaultKind.RESET)])
    played(plan, GET)
    rows = plan.report()["faults"]
    assert isinstance(rows, list)
    assert [(row["used"], row["left"]) for row in rows if isinstance(row, dict)] == [(1, 1), (0, 1)]


def test_the_report_counts_planned_faults_that_did_not_happen() -> None:
    assert FaultPlan([Fault(GET, FaultKind.SLOW, times=2), Fault(PUT, FaultKind.RESET)]).report()["unused"] == 3


def test_another_plan_begins_from_its_first_line() -> None:
    plan = FaultPlan([Fault(GET, FaultKind.SLOW)])
    played(plan, GET)
    plan.replace([Fault(GET, FaultKind.SLOW)])
    assert played(plan, GET) == ["slow"]
