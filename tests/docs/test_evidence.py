"""The page of evidence is complete: every behaviour has its standing, its source, and a test that is there.

The tests at the end show those behaviours of the page that no other test shows.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.gate.throttle import read_rate
from partnercenter.service.refusals import Reason
from partnercenter.service.settings import Option, options
from partnercenter.wire.error_envelope import ErrorCode
from partnercenter.wire.json_text import JsonObject
from tests.docs.evidence_page import ROWS, STANDINGS, Row, box, rows
from tests.service import conftest as stage_fixtures
from tests.service.stage import BASE_URL, DAY, NOW, Desk, ask, keys, token

desk, service = stage_fixtures.desk, stage_fixtures.service

ROOT = Path(__file__).parents[2]
SECTIONS = [
    "Replies and casing",
    "Requests",
    "Preconditions",
    "Replay",
    "Storage",
    "Errors",
    "Permission and tokens",
    "Clouds",
    "The five profiles",
    "Rules and country rules",
    "Address validation",
    "Audit",
    "Languages",
    "Throttling",
    "Faults and administration",
    "Framing and limits",
    "Switches",
    "Refusals",
]
_NAMED_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_row_has_four_cells() -> None:
    assert [cells for cells in rows() if len(cells) != len(Row._fields)] == []


def test_every_section_is_there_and_has_rows() -> None:
    assert [*dict.fromkeys(row.section for row in ROWS)] == SECTIONS


def test_no_behaviour_stands_twice() -> None:
    told = [row.behaviour for row in ROWS]
    assert sorted(behaviour for behaviour in set(told) if told.count(behaviour) > 1) == []


def test_every_standing_is_one_of_the_four() -> None:
    assert [row for row in ROWS if row.standing not in STANDINGS] == []


def test_every_row_has_a_source() -> None:
    assert [row.behaviour for row in ROWS if not re.search(r"\w", row.source)] == []


def test_every_row_names_a_test() -> None:
    assert [row.behaviour for row in ROWS if not _NAMED_TEST.search(row.shown_by)] == []


def test_nothing_but_tests_is_named_as_showing_it() -> None:
    assert [row.shown_by for row in ROWS if _NAMED_TEST.sub("", row.shown_by).strip(", ")] == []


def test_every_named_test_is_there() -> None:
    named = {match.groups() for row in ROWS for match in _NAMED_TEST.finditer(row.shown_by)}
    assert sorted(f"{path}::{name}" for path, name in named if name not in _tests_of(path)) == []


@cache
def _tests_of(path: str) -> frozenset[str]:
    file = ROOT / path
    nodes = ast.walk(ast.parse(file.read_text("utf-8"))) if file.exists() else iter(())
    return frozenset(node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _behaviours(section: str) -> list[str]:
    return [row.behaviour for row in ROWS if row.section == section]


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.name)
def test_every_refusal_has_one_row_with_its_status_and_code(reason: Reason) -> None:
    status, code, _ = reason.value
    answer = f"{status} without a code" if code is None else f"{status}/{code:d}"
    found = [row for row in _behaviours("Refusals") if row.startswith(f"`{reason.name}` ")]
    assert [row.partition(":")[0] for row in found] == [f"`{reason.name}` {answer}"]


def test_no_refusal_is_listed_that_is_none() -> None:
    named = {name for row in _behaviours("Refusals") for name in re.findall(r"^`(\w+)`", row)}
    assert named == set(Reason.__members__)


@pytest.mark.parametrize("code", ErrorCode, ids=lambda code: code.name)
def test_every_error_code_has_a_row(code: ErrorCode) -> None:
    assert any(re.match(rf"`\w+` \d+/{code:d}:", row) for row in _behaviours("Refusals"))


@pytest.mark.parametrize("option", options(), ids=lambda option: option.name)
def test_every_switch_has_one_row(option: Option) -> None:
    assert len([row for row in _behaviours("Switches") if re.match(rf"`--{option.name}[ `]", row)]) == 1


@pytest.mark.parametrize("option", options(), ids=lambda option: option.name)
def test_the_row_of_a_switch_names_every_choice(option: Option) -> None:
    (row,) = (row for row in _behaviours("Switches") if re.match(rf"`--{option.name}[ `]", row))
    assert [choice for choice in option.choices if f"`--{option.name} {choice}`" not in row] == []


def test_no_switch_is_listed_that_is_none() -> None:
    named = {name for row in _behaviours("Switches") for name in re.findall(r"^`--([\w-]+)", row)}
    assert named == {option.name for option in options()}


IN_US: JsonObject = {"country": "US", "city": "x", "state": "ZZ", "postalCode": "98052"}
JUDGED: dict[str, tuple[JsonObject, int]] = {"by-the-country": ({}, 27002), "anywhere-too": ({"billingDay": 99}, 3000)}


@pytest.mark.parametrize(("changes", "code"), JUDGED.values(), ids=JUDGED.keys())
def test_d20_27002_says_that_the_country_alone_forbids_it(service: Service, changes: JsonObject, code: int) -> None:
    answer = ask(service, "PUT", body={"address": IN_US, **changes})
    assert (answer.status, answer.code()) == (400, code)


def test_a_planned_fault_comes_before_authentication(service: Service) -> None:
    service.faults.replace([Fault("get_billing_profile", FaultKind.STATUS, status=502)])
    assert [ask(service, "GET", bearer="x").status for _ in range(2)] == [502, 401]


def test_d19_only_who_may_ask_is_counted(desk: Desk) -> None:
    over = make_service(BASE_URL, desk.storage, keys(), DAY, rate=read_rate("1/s"), clock=lambda: NOW)
    statuses = [ask(over, "GET", bearer=bearer).status for bearer in ("x", token(amr=["pwd"]), token(), token())]
    assert statuses == [401, 401, 200, 429]


@pytest.mark.parametrize("page", ["README.md", "docs/index.md"])
def test_a_page_that_counts_the_standings_counts_them_right(page: str) -> None:
    assert box() in (ROOT / page).read_text("utf-8")
