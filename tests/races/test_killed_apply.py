"""kill -9 of `partnercenter apply` at every moment: resumed, it applies everything exactly once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from partnercenter.fleet import carry_out
from partnercenter.fleet.carry_out import Announce, Errand
from partnercenter.fleet.report import EndedLine, Outcome, lines_of, read
from partnercenter.fleet.signed_in import SignedIn
from tests.cli.fleet.stage import (
    Fleet,
    dying_at,
    dying_when_an_answer_is_lost,
    killed_in_a_process_of_its_own,
    running_fleet,
)

_PARTNERS = 2
_MOMENTS = range(1, 4 * 2 * _PARTNERS + 1)
"""Before and after the two lines of the two profiles of each partner."""

_marks = itertools.count()


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with running_fleet(tmp_path_factory.mktemp("fleet"), _PARTNERS) as running:
        yield running


def _killed(fleet: Fleet, folder: Path, plant: Callable[[], None]) -> tuple[str, Path]:
    """An `apply` that was killed: the mark of its values, and its report."""
    mark = f"mark{next(_marks)}x"
    file, report = fleet.write_file(folder / "profiles.csv", mark), folder / "report.jsonl"
    arguments = ("-f", str(file), "--yes", "--report", str(report), "--parallel", "1")
    assert killed_in_a_process_of_its_own(plant, lambda: fleet.apply(*arguments)), "it lived too long"
    return mark, report


def _applied(fleet: Fleet, mark: str) -> list[int]:
    return [fleet.updates(tenant, mark) for tenant in fleet.tenants]


@pytest.mark.parametrize("moment", _MOMENTS)
def test_a_killed_apply_goes_on_and_applies_everything_exactly_once(fleet: Fleet, tmp_path: Path, moment: int) -> None:
    mark, report = _killed(fleet, tmp_path, dying_at(moment))
    ended = fleet.apply("--resume", str(report))
    assert ended.returncode == 0, ended.stderr
    assert _applied(fleet, mark) == [2, 2]  # one of each profile
    ends = read(lines_of(report.read_bytes())).ended.values()
    assert [end.outcome for end in ends] == [Outcome.APPLIED] * 4


def test_one_that_is_killed_again_and_again_comes_to_its_end(fleet: Fleet, tmp_path: Path) -> None:
    mark, report = _killed(fleet, tmp_path, dying_at(3))
    for moment in (1, 2, 3, 2, 1):
        killed_in_a_process_of_its_own(dying_at(moment), lambda: fleet.apply("--resume", str(report)))
    assert fleet.apply("--resume", str(report)).returncode == 0
    assert _applied(fleet, mark) == [2, 2]


def test_half_of_the_last_line_is_no_harm(fleet: Fleet, tmp_path: Path) -> None:
    mark, report = _killed(fleet, tmp_path, dying_at(6))
    report.write_bytes(report.read_bytes()[:-20])
    assert fleet.apply("--resume", str(report)).returncode == 0
    assert _applied(fleet, mark) == [2, 2]


def test_one_that_is_killed_while_an_answer_is_lost_asks_again(fleet: Fleet, tmp_path: Path) -> None:
    fleet.fail("update_support_profile", "no-answer-after-commit")
    mark, report = _killed(fleet, tmp_path, dying_when_an_answer_is_lost)
    assert sum(_applied(fleet, mark)) > 1
    assert fleet.apply("--resume", str(report)).returncode == 0
    assert _applied(fleet, mark) == [2, 2]


def _forgetful(errand: Errand, signed_in: SignedIn, announce: Announce) -> EndedLine:
    """A bug: whoever goes on reads the profile again and sends it as a new request."""
    fresh = errand.wanted.kind.operations(signed_in.partner.profiles)
    fresh.update(fresh.get())
    return carry_out._ended(errand, None, Outcome.APPLIED)


def test_the_audit_shows_an_apply_that_sends_a_new_request_when_it_goes_on(
    fleet: Fleet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, report = _killed(fleet, tmp_path, dying_at(3))  # committed, and not written down
    monkeypatch.setattr("partnercenter.fleet.run.carry_out", _forgetful)
    fleet.apply("--resume", str(report))
    assert _applied(fleet, mark) != [2, 2]
