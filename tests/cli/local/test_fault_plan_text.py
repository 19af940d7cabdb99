"""A fault plan as a person writes it: what is none ends in one clear sentence, before anything is sent."""

from __future__ import annotations

import json

import click
import pytest

from partnercenter.cli.local.fault_plan_text import FAULTS, LONGEST_PLAN, read_plan
from partnercenter.service.gate.faults import Fault, FaultKind
from tests.cli.in_process import command_line

_BOMB = b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nfaults: [*c, *c]"

NO_PLANS = {
    "a bomb": (_BOMB, "has an alias"),
    "deep nesting": (b"[" * 2_000, "nested deeper than 32 levels"),
    "deep nesting that is whole": (b"[" * 40 + b"]" * 40, "nested deeper than 32 levels"),
    "a lone surrogate": (rb'faults: [{operation: "\ud800", fault: reset}]', "is not YAML"),
    "a name with a lone surrogate": (rb'{"\ud800": 1}', "is not YAML"),
    "a number that is none": (b'faults: [{operation: "*", fault: slow, seconds: .nan}]', "JSON cannot carry: 'nan'"),
    "a number without end": (b'faults: [{operation: "*", fault: slow, seconds: .inf}]', "JSON cannot carry: 'inf'"),
    "a date that is none": (b"faults: 2026-99-99", "Put texts in quotes"),
    "a tag that does not fit": (b"faults: !!bool x", "Put texts in quotes"),
    "nothing": (b"", "The plan is empty"),
    "a comment": (b"# later", "The plan is empty"),
    "a text": (b"reset", "no member faults"),
    "a list": (b'[{operation: "*", fault: reset}]', "no member faults"),
    "a mistyped top member": (b"fault: []", "It can have faults. Did you mean faults?"),
    "faults that are no list": (b"faults: {operation: x}", "no list"),
    "a fault that is no object": (b"faults: [reset]", "Fault 1 is no object"),
    "a mistyped member": (b'faults: [{operation: "*", fault: reset, tims: 3}]', "Did you mean times?"),
    "an unknown fault": (b'faults: [{operation: "*", fault: explode}]', ", ".join(FAULTS)),
    "no fault": (b'faults: [{operation: "*"}]', "Fault 1 names no fault"),
    "not YAML": (b"faults: [", "is not YAML"),
    "not UTF-8": (b"faults: \xff\xfe\xfa", "is not YAML"),
    "a plan that is too long": (b" " * (LONGEST_PLAN + 1), "longer than 64 KiB"),
}


@pytest.mark.parametrize(("text", "said"), NO_PLANS.values(), ids=NO_PLANS.keys())
def test_what_is_no_plan_is_refused_in_one_line(text: bytes, said: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        read_plan(text)
    assert said in refused.value.message
    assert "\n" not in refused.value.message


def test_a_plan_is_read_as_it_is_written() -> None:
    plan = read_plan(b'faults: [{operation: "*", fault: throttled, seconds: 2.5, times: 3}]')
    assert plan == {"faults": [{"operation": "*", "fault": "throttled", "seconds": 2.5, "times": 3}]}


def test_the_faults_are_those_of_the_service() -> None:
    assert list(FAULTS) == [kind.value for kind in FaultKind]


def test_every_member_that_the_service_reads_can_be_written() -> None:
    line = dict.fromkeys(Fault.__struct_fields__, "reset")
    assert read_plan(json.dumps({"faults": [line]}).encode()) == {"faults": [line]}


def test_the_command_exits_2_before_it_asks_anybody() -> None:
    refused = command_line("faults", "set", "-", given=_BOMB)
    assert (refused.returncode, refused.stdout) == (2, "")
