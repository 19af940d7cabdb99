"""Short runs against real nodes that are killed: the right service passes, and services with a bug do not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import partnercenter
from tests.history import prove, racers
from tests.history.faults import FaultPlan
from tests.history.floors import SHORT, Floors, shortfalls
from tests.history.report import GOOD, VIOLATED, VOID, Report, summary
from tests.history.seeded_bugs import BUGS
from tests.history.session import BACKENDS, Plan, run
from tests.history.verdict import Findings

KILLS = 5
# A busy machine is slow, and a short run has few of each: what counts is that there was some of everything.
SOME = Floors(answers=1, kills=1, fired=0, concurrent=0.01, refused=(0.01, 0.9), unknown=(0.0001, 0.9))


@pytest.mark.parametrize("backend", BACKENDS)
def test_p3_a_history_with_kills_lost_answers_and_late_duplicates_is_linearizable(backend: str, tmp_path: Path) -> None:
    plan = Plan(
        backend=backend,
        seconds=4,
        least_kills=KILLS,
        failpoint_probability=0.004,
        faults=FaultPlan(kill=0.6, database=2.5),
        floors=SOME,
    )
    report = run(plan, tmp_path)
    assert report.exit_code == GOOD, "\n".join(summary(report))
    assert report.kills >= KILLS


@pytest.mark.parametrize("bug", ["acknowledged-before-commit", "answer-remembered-after-commit", "stale-working-set"])
def test_p22_a_seeded_bug_is_caught(bug: str) -> None:
    report = prove.hunt(bug)
    assert report.exit_code == VIOLATED, "\n".join(summary(report))


def test_p22_there_are_at_least_ten_seeded_bugs() -> None:
    assert len(BUGS) >= 10


def test_p22_the_product_has_no_seeded_bugs_and_no_failpoints() -> None:
    texts = [path.read_text().lower() for path in Path(partnercenter.__file__).parent.rglob("*.py")]
    assert [text for text in texts if "seeded_bug" in text or "failpoint" in text] == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_p5_of_fifty_racers_with_one_tag_exactly_one_wins_at_one_node_and_at_three(
    backend: str, tmp_path: Path
) -> None:
    assert racers.race(backend, 3, tmp_path) == {(1, racers.RACERS - 1): 3}


GOOD_REPORT = Report(
    "sqlite",
    seconds=10,
    answers=5_000,
    fired={"before reply": 1},
    ends={"-9": 10},
    findings=Findings(operations=5_000, puts=4_000, refused=1_000, unknown=100, concurrent=2_000),
)


def test_p3_a_run_with_some_of_everything_is_not_void() -> None:
    assert list(shortfalls(GOOD_REPORT, SHORT)) == []


@pytest.mark.parametrize(
    "worthless",
    [
        replace(GOOD_REPORT, answers=100),
        replace(GOOD_REPORT, ends={"0": 10}),
        replace(GOOD_REPORT, fired={}),
        replace(GOOD_REPORT, findings=replace(GOOD_REPORT.findings, refused=0)),
        replace(GOOD_REPORT, findings=replace(GOOD_REPORT.findings, refused=3_900)),
        replace(GOOD_REPORT, findings=replace(GOOD_REPORT.findings, unknown=0)),
        replace(GOOD_REPORT, findings=replace(GOOD_REPORT.findings, concurrent=0)),
    ],
)
def test_p3_a_run_that_saw_too_little_of_something_is_void(worthless: Report) -> None:
    worthless = replace(worthless, void=list(shortfalls(worthless, SHORT)))
    assert worthless.exit_code == VOID
