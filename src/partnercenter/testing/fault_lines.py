"""The fault plan in the words of a test, and what of it never happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from partnercenter.service.endpoints.planned_faults import told, unknown_words
from partnercenter.service.gate.faults import Fault, FaultPlan
from partnercenter.service.token_authority import Directory
from partnercenter.wire.json_text import JsonObject

FaultName: TypeAlias = Literal[
    "throttled",
    "status",
    "gateway-html",
    "truncated",
    "bom",
    "slow",
    "reset",
    "no-answer-before-commit",
    "no-answer-after-commit",
]


class Faults:
    """The plan in force. See `docs/administration.md` for what the words mean.

    plan: the one that the service asks. on_loop: calls a function where the service runs.
    directory: who there is now.
    """

    def __init__(
        self, plan: FaultPlan, on_loop: Callable[[Callable[[], None]], None], directory: Callable[[], Directory]
    ) -> None:
        self._plan = plan
        self._on_loop = on_loop
        self._directory = directory
        self._may_be_unused = False

    def plan(
        self,
        operation: str,
        fault: FaultName,
        *,
        times: int = 1,
        after: int = 0,
        status: Literal[500, 502, 503, 504] = 503,
        seconds: float = 1.0,
        tenant: str = "",
    ) -> None:
        """Add a line to the plan: lines decide in the order in which they were added.

        operation: as in "update_billing_profile", or "*" for any. fault: what goes wrong.
        times: how many requests fail. after: how many pass before. tenant: whose alone, by id or domain.
        status: for "status" and "gateway-html". seconds: Retry-After of "throttled", the delay of "slow".
        Raises ValueError that says what would be right.
        """
        line = {"operation": operation, "fault": fault, "times": times, "after": after}
        self.plan_lines([line | {"status": status, "seconds": seconds, "tenant": tenant}])

    def plan_lines(self, lines: Iterable[Mapping[str, object]]) -> None:
        """Add several lines, in the form that /admin/faults takes. Raises ValueError as `plan`."""
        added = [_read(dict(line), self._directory()) for line in lines]
        self._on_loop(lambda: self._plan.replace([*_left(self._plan), *added]))

    def clear(self) -> None:
        """Take the whole plan back."""
        self._on_loop(lambda: self._plan.replace(()))

    def allow_unused(self) -> None:
        """Let this test end with faults that never happened."""
        self._may_be_unused = True

    def report(self) -> JsonObject:
        """Every line that is not used up, as /admin/faults tells it."""
        return self._plan.report()

    def tell_unused(self) -> str:
        """What of the plan never happened, and what to do about it; "" if nothing, or if that is allowed."""
        unused = [] if self._may_be_unused else _left(self._plan)
        return _tell(unused) if unused else ""

    def __repr__(self) -> str:
        return f"Faults({len(_left(self._plan))} not used up)"


def _read(line: dict[str, object], directory: Directory) -> Fault:
    try:
        fault = msgspec.convert(line, Fault)
    except msgspec.ValidationError as error:
        raise ValueError(f"This is no line of a fault plan: {told(error)}.") from None
    unknown = unknown_words([fault], directory)
    if unknown:
        raise ValueError(" ".join(unknown))
    return fault


def _left(plan: FaultPlan) -> list[Fault]:
    """What of the plan is still to come, as lines of a plan."""
    rows = msgspec.convert(plan.report()["faults"], list[_Row])
    return [_rest(row) for row in rows if row.left]


class _Row(Fault, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a plan's report: the line itself, and how often it was met."""

    passed: int
    used: int
    left: int


def _rest(row: _Row) -> Fault:
    line = {name: getattr(row, name) for name in Fault.__struct_fields__}
    return Fault(**line | {"times": row.left, "after": row.after - row.passed})


def _tell(unused: list[Fault]) -> str:
    lines = "\n".join(
        f"  {fault.operation}: {fault.fault.value}, {fault.times} to come"
        + (f" for {fault.tenant}" if fault.tenant else "")
        + (f" after {fault.after} more requests" if fault.after else "")
        for fault in unused
    )
    return (
        f"Planned faults never happened, so the test did not meet them:\n{lines}\n"
        "Send the requests that meet them, plan fewer, or call partner_center.faults.allow_unused()."
    )
