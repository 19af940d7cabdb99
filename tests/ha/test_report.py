"""The verdict on a run against the highly available set-up."""

from __future__ import annotations

from ha.report import BROKEN, KEPT, NOT_HEALED, VOID, Played, Report
from tests.history.verdict import Findings

CRASH = Played("crash", takes_leader=True, count=1, gap=21.0, healthy_after=30.0)
WORTH = Findings(puts=100, refused=20, concurrent=40, unanswered=3)


def _report(findings: Findings = WORTH, played: Played = CRASH, lost: tuple[str, ...] = ()) -> Report:
    return Report(seed=1, played=[played], findings=findings, promised=50, lost=list(lost))


def test_a_run_that_lost_its_leader_and_nothing_else_kept_the_promises() -> None:
    assert _report().exit_code == KEPT


def test_one_lost_update_breaks_them() -> None:
    assert _report(lost=("an id",)).exit_code == BROKEN


def test_one_violation_breaks_them() -> None:
    assert _report(Findings(puts=100, refused=20, concurrent=40, unanswered=3, chain=["late"])).exit_code == BROKEN


def test_a_run_in_which_every_outcome_was_known_is_void() -> None:
    assert _report(Findings(puts=100, refused=20, concurrent=40)).exit_code == VOID


def test_a_run_without_concurrent_updates_is_void() -> None:
    assert _report(Findings(puts=100, refused=20, unanswered=3)).exit_code == VOID


def test_a_run_whose_fault_did_nothing_is_void() -> None:
    assert _report(played=Played("cancel", takes_leader=True, count=0, gap=0, healthy_after=1)).exit_code == VOID


def test_a_cluster_that_did_not_come_back_is_told_apart_from_a_broken_promise() -> None:
    report = _report()
    report.not_healed = "The cluster did not be healthy within 120 s."
    assert report.exit_code == NOT_HEALED


def test_a_planned_change_is_no_loss() -> None:
    assert _report(played=Played("switch-over", takes_leader=False, count=1, gap=3, healthy_after=5)).losses == 0


def test_the_gaps_of_leader_losses_are_told_together() -> None:
    report = _report()
    report.played.append(Played("freeze", takes_leader=True, count=1, gap=25.0, healthy_after=30.0))
    assert "  leader losses              2   21.0   25.0   25.0" in list(report.lines())
