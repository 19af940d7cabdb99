"""Faults on demand: a plan as data, counted and in order, so that the same plan gives the same failure every time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from enum import Enum
from typing import Annotated, Literal

import msgspec

from partnercenter.wire.json_text import JsonObject

ANY_OPERATION = "*"


class FaultKind(Enum):
    """What goes wrong.

    THROTTLED: 429 with Retry-After, as by the gateway. STATUS: the status that the fault names.
    GATEWAY_HTML: the same with a page in HTML. TRUNCATED: half of the JSON, in a message that is whole.
    BOM: a byte order mark before the JSON. SLOW: the answer comes after `seconds`. RESET: the line is cut at once.
    NO_ANSWER_BEFORE_COMMIT: the request is read, nothing is done, and no answer comes.
    NO_ANSWER_AFTER_COMMIT: everything is done, and no answer comes.
    """

    THROTTLED = "throttled"
    STATUS = "status"
    GATEWAY_HTML = "gateway-html"
    TRUNCATED = "truncated"
    BOM = "bom"
    SLOW = "slow"
    RESET = "reset"
    NO_ANSWER_BEFORE_COMMIT = "no-answer-before-commit"
    NO_ANSWER_AFTER_COMMIT = "no-answer-after-commit"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of a plan.

    operation: the name of an operation, as in the description of the API, or `*` for every one.
    after: how many of its requests pass first. times: how many then fail.
    tenant: id or domain of the one whose requests are counted, if their tokens are good; "" counts those of everybody.
    status: for `status` and `gateway-html`. seconds: of Retry-After for `throttled`, of the delay for `slow`.
    """

    operation: str
    fault: FaultKind
    times: Annotated[int, msgspec.Meta(ge=1)] = 1
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    status: Literal[500, 502, 503, 504] = 503
    seconds: Annotated[float, msgspec.Meta(gt=0, le=300)] = 1
    tenant: str = ""

    def fits(self, operation: str, tenant: Callable[[], Collection[str]]) -> bool:
        """Whether this line is about a request. tenant: the id and the domain of whoever sends it, asked if need be."""
        return self.operation in (operation, ANY_OPERATION) and (
            not self.tenant or self.tenant.casefold() in {name.casefold() for name in tenant()}
        )


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan as it is written: the first line that fits a request and is not used up decides."""

    faults: list[Fault]


class FaultPlan:
    """The plan in force, and how much of it was used. For one event loop."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self.replace(faults)

    def replace(self, faults: Sequence[Fault]) -> None:
        """Begin with another plan, from its first line."""
        self._faults = tuple(faults)
        self._passed = [0] * len(self._faults)
        self._used = [0] * len(self._faults)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was planned, as of nearly every service: then there is nothing to ask."""
        return not self._faults

    def next(self, operation: str, tenant: Callable[[], Collection[str]] = tuple) -> Fault | None:
        """The fault of the next request for `operation`, which is then used; None if it is to be answered well.

        tenant: the id and the domain of whoever sends it; asked only if a line is about one tenant.
        """
        for number, fault in enumerate(self._faults):
            if self._used[number] == fault.times or not fault.fits(operation, tenant):
                continue
            if self._passed[number] < fault.after:
                self._passed[number] += 1
                return None
            self._used[number] += 1
            return fault
        return None

    def report(self) -> JsonObject:
        """Every line with how often it was used and how often it still will be; `unused` counts the latter."""
        rows = [
            {**msgspec.to_builtins(fault), "passed": passed, "used": used, "left": fault.times - used}
            for fault, passed, used in zip(self._faults, self._passed, self._used, strict=True)
        ]
        return {"faults": rows, "unused": sum(row["left"] for row in rows)}
