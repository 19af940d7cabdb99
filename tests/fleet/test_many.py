"""Two hundred partners at once, against the real service."""

from __future__ import annotations

import threading
from collections import Counter

from partnercenter.fleet.in_parallel import in_parallel
from partnercenter.fleet.look import look
from partnercenter.fleet.report import AgreedLine, Outcome, PlanLine, ReadyLine
from partnercenter.fleet.run import Conduct, errands, run
from tests.fleet.stage import Lines, row, wanted, world

_T = "2026-01-31T12:00:00.000Z"
_TENANTS = [f"t{number}.example" for number in range(200)]
_MOVED = _TENANTS[17]


def test_two_hundred_partners_are_applied_once_and_whoever_moved_is_left_alone() -> None:
    partners = world(*_TENANTS)
    wants = wanted(*(row(tenant, billing_purchaseOrderNumber=tenant) for tenant in _TENANTS))
    plans = list(in_parallel(wants, lambda one: look(partners.open, one), most=8, stop=threading.Event()))
    planned = [line for plan in plans for line in plan.lines()]
    head = PlanLine(_T, format=1, file="", salt="", fingerprint="")
    lines = Lines([head, *planned, ReadyLine(_T, planned=len(planned)), AgreedLine(_T)])
    partners.change(_MOVED, purchase_order_number="theirs")
    conduct = Conduct(parallel=8, keep_going=True, stop=threading.Event())
    ended = list(run(errands(lines.report(), wants, {}), partners.open, lines, conduct))
    assert Counter(one.outcome for one in ended) == {Outcome.APPLIED: 199, Outcome.MOVED: 1}
    assert partners.order(_MOVED) == "theirs"
    assert {partners.updates(tenant) for tenant in _TENANTS} == {1}
