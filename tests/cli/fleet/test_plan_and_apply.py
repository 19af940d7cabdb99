"""`plan` and `apply` as a person and a script meet them."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter.fleet.report_file import ReportFile
from tests.cli.fleet.stage import Fleet, running_fleet
from tests.cli.in_process import command_line

FIRST, SECOND, THIRD = "t0.example", "t1.example", "t2.example"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with running_fleet(tmp_path_factory.mktemp("fleet"), 3) as fleet:
        yield fleet


@pytest.fixture
def fleet(running: Fleet) -> Fleet:
    assert not command_line("reset", environ=running.environ).returncode
    return running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What is wanted: the first is to change, the second is so already, and the third has a violation."""
    place = tmp_path / "profiles.yaml"
    place.write_text(f"""partners:
  - {{tenant: {FIRST}, billing: {{purchaseOrderNumber: "1"}}, support: {{email: a@{FIRST}}}}}
  - {{tenant: {SECOND}, billing: {{purchaseOrderNumber: "9000"}}}}
  - {{tenant: {THIRD}, billing: {{address: {{country: XX}}}}}}
""")
    return place


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """What is wanted: the first two are to change."""
    place = tmp_path / "good.csv"
    place.write_text(f"tenant,billing.purchaseOrderNumber\n{FIRST},1\n{SECOND},2\n")
    return place


def _order(fleet: Fleet, tenant: str) -> str | None:
    with fleet.client(tenant) as partner:
        return partner.profiles.billing_profile.get().purchase_order_number


def _change(fleet: Fleet, tenant: str) -> None:
    with fleet.client(tenant) as partner, partner.profiles.billing_profile.edit() as profile:
        profile.purchase_order_number = "theirs"


def test_a_plan_shows_what_changes_and_what_is_in_the_way(fleet: Fleet, file: Path) -> None:
    ended = fleet.plan("-f", str(file))
    assert "billing.purchaseOrderNumber  9000 → 1\n" in ended.stdout
    assert f"support.email                support@{FIRST} → a@{FIRST}\n" in ended.stdout
    assert "billing.address.country: " in ended.stdout
    assert ended.stdout.endswith("1 partner to change, 1 already so, 1 with problems.\n")
    assert ended.returncode == 6


def test_a_plan_changes_nothing(fleet: Fleet, good: Path) -> None:
    assert fleet.plan("-f", str(good)).returncode == 0
    assert _order(fleet, FIRST) == "9000"


def test_a_plan_is_a_stream_of_json_lines(fleet: Fleet, file: Path) -> None:
    lines = [json.loads(line) for line in fleet.plan("-f", str(file), "--json").stdout.splitlines()]
    assert {line["tenant"]: line["status"] for line in lines} == {FIRST: "change", SECOND: "same", THIRD: "problem"}


def test_a_plan_can_be_one_document(fleet: Fleet, file: Path) -> None:
    document = json.loads(fleet.plan("-f", str(file), "-o", "json").stdout)
    assert document["summary"] == {"toChange": 1, "same": 1, "problems": 1}


def test_whoever_is_not_signed_in_is_a_problem_of_that_partner_alone(fleet: Fleet, tmp_path: Path) -> None:
    place = tmp_path / "p.csv"
    place.write_text(f"tenant,billing.purchaseOrderNumber\nstranger.example,1\n{FIRST},1\n")
    ended = fleet.plan("-f", str(place))
    assert "no credential for stranger.example" in ended.stdout
    assert "1 partner to change, 0 already so, 1 with problems." in ended.stdout
    assert ended.returncode == 3


def test_one_tenant_under_two_names_is_refused(fleet: Fleet, tmp_path: Path) -> None:
    exports = fleet.service.variables
    place = tmp_path / "p.csv"
    place.write_text(f"tenant,billing.taxId\n{FIRST},1\n{exports['PARTNERCENTER_TENANT_ID']},1\n")
    ended = command_line("plan", "-f", str(place), environ={**exports, **fleet.environ})
    assert "are one tenant" in ended.stderr
    assert ended.returncode == 2


def test_apply_does_what_was_planned_and_leaves_a_report_beside_the_file(fleet: Fleet, good: Path) -> None:
    ended = fleet.apply("-f", str(good), "--yes")
    assert (ended.returncode, _order(fleet, FIRST), _order(fleet, SECOND)) == (0, "1", "2")
    [report] = good.parent.glob("good.*.report.jsonl")
    assert ended.stdout.endswith(f"2 updates applied. Report: {report}\n")


def test_apply_a_second_time_has_nothing_to_do_and_leaves_no_report(fleet: Fleet, good: Path) -> None:
    fleet.apply("-f", str(good), "--yes", "--report", str(good.parent / "first"))
    ended = fleet.apply("-f", str(good))
    assert (ended.returncode, ended.stderr) == (0, "Nothing to apply.\n")
    assert list(good.parent.glob("*.report.jsonl")) == []


def test_without_a_terminal_and_without_yes_nothing_is_applied(fleet: Fleet, good: Path) -> None:
    ended = fleet.apply("-f", str(good))
    assert ended.returncode == 2
    assert "--yes" in ended.stderr
    assert _order(fleet, FIRST) == "9000"


def test_nothing_is_applied_while_there_are_problems(fleet: Fleet, file: Path) -> None:
    ended = fleet.apply("-f", str(file), "--yes")
    assert ended.returncode == 6
    assert "--keep-going" in ended.stderr
    assert _order(fleet, FIRST) == "9000"


def test_with_keep_going_the_partners_without_problems_are_applied(fleet: Fleet, file: Path) -> None:
    assert fleet.apply("-f", str(file), "--yes", "--keep-going").returncode == 6
    assert _order(fleet, FIRST) == "1"


def test_a_kept_plan_is_not_applied_over_a_change_that_came_later(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    plan = tmp_path / "kept.plan"
    fleet.plan("-f", str(good), "--out", str(plan))
    _change(fleet, FIRST)
    ended = fleet.apply("--plan", str(plan), "--yes", "--parallel", "1")
    assert ended.returncode == 5
    assert "0 updates applied, 1 moved, 1 not begun." in ended.stdout
    assert _order(fleet, FIRST) == "theirs"


def test_what_was_not_begun_is_gone_on_with(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    plan, report = tmp_path / "kept.plan", tmp_path / "report"
    fleet.plan("-f", str(good), "--out", str(plan))
    _change(fleet, FIRST)
    fleet.apply("--plan", str(plan), "--yes", "--parallel", "1", "--report", str(report))
    assert fleet.apply("--resume", str(report)).returncode == 5
    assert (_order(fleet, FIRST), _order(fleet, SECOND)) == ("theirs", "2")


def test_a_plan_of_a_file_that_wants_something_else_now_is_refused(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    plan = tmp_path / "kept.plan"
    fleet.plan("-f", str(good), "--out", str(plan))
    good.write_text(good.read_text().replace(",1\n", ",7\n"))
    ended = fleet.apply("--plan", str(plan), "--yes")
    assert (ended.returncode, "wants something else" in ended.stderr) == (2, True)


def test_a_file_that_was_moved_can_be_named(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    plan = tmp_path / "kept.plan"
    fleet.plan("-f", str(good), "--out", str(plan))
    moved = good.rename(tmp_path / "moved.csv")
    assert "Say where it is: --file" in fleet.apply("--plan", str(plan), "--yes").stderr
    assert fleet.apply("--plan", str(plan), "--yes", "-f", str(moved)).returncode == 0


def test_an_outcome_that_is_unknown_exits_8_and_says_how_to_find_out(
    fleet: Fleet, good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partnercenter.client.retry.MOST_UNSENT", 1)
    monkeypatch.setattr("partnercenter.client.attempts.Session.limits", property(lambda _session: _limits()))
    fleet.fail("update_billing_profile", "no-answer-after-commit", times=2)
    report = good.parent / "report"
    ended = fleet.apply("-f", str(good), "--yes", "--parallel", "1", "--report", str(report))
    assert ended.returncode == 8
    assert f"To go on: partnercenter apply --resume {report}" in ended.stderr
    monkeypatch.undo()
    assert command_line("faults", "clear", environ=fleet.environ).returncode == 0
    assert fleet.apply("--resume", str(report)).returncode == 0
    assert (fleet.updates(FIRST, "PurchaseOrderNumber"), fleet.updates(SECOND, "PurchaseOrderNumber")) == (1, 1)


def _limits() -> object:
    from partnercenter.client.retry import Limits

    return Limits(5.0, 1)


def test_a_stream_of_json_lines_tells_each_end_and_the_sum(fleet: Fleet, good: Path) -> None:
    lines = [json.loads(line) for line in fleet.apply("-f", str(good), "--yes", "--json").stdout.splitlines()]
    assert [line["event"] for line in lines] == ["ended", "ended", "summary"]
    assert lines[-1]["applied"] == 2


def test_a_stream_of_json_lines_tells_what_is_in_the_way(fleet: Fleet, file: Path) -> None:
    ended = fleet.apply("-f", str(file), "--yes", "--json")
    [problem] = [json.loads(line) for line in ended.stdout.splitlines()]
    assert (problem["event"], problem["tenant"], ended.returncode) == ("problem", THIRD, 6)
    assert "billing.address.country" in problem["messages"][0]


def test_a_plan_that_nobody_agreed_to_is_not_gone_on_with(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    plan = tmp_path / "kept.plan"
    fleet.plan("-f", str(good), "--out", str(plan))
    ended = fleet.apply("--resume", str(plan))
    assert (ended.returncode, f"partnercenter apply --plan {plan}" in ended.stderr) == (2, True)
    assert _order(fleet, FIRST) == "9000"


def test_a_report_is_never_written_over(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    assert fleet.apply("-f", str(good), "--yes", "--report", str(tmp_path / "mine")).returncode == 2
    assert (tmp_path / "mine").read_text() == "mine"


@pytest.mark.parametrize("text", ["", "{}\n", '{"event":"begun"}\n', "partners: []\n"])
def test_what_is_no_report_is_not_gone_on_with(fleet: Fleet, tmp_path: Path, text: str) -> None:
    place = tmp_path / "report"
    place.write_text(text)
    assert fleet.apply("--resume", str(place)).returncode == 2


def test_a_report_that_another_process_writes_is_left_to_it(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    plan = tmp_path / "kept.plan"
    fleet.plan("-f", str(good), "--out", str(plan))
    with ReportFile.reopen(plan)[0]:
        ended = fleet.apply("--resume", str(plan))
    assert (ended.returncode, "Another process" in ended.stderr) == (2, True)


def test_one_of_the_three_ways_to_begin_is_chosen(fleet: Fleet, good: Path) -> None:
    assert fleet.apply("--yes").returncode == 2
    assert fleet.apply("--plan", str(good), "--resume", str(good)).returncode == 2
    assert fleet.apply("--resume", str(good), "--report", "x").returncode == 2


def test_ctrl_c_lets_what_is_under_way_end_and_says_how_to_go_on(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    fleet.fail("update_billing_profile", "slow", seconds=1.5, times=2)
    report = tmp_path / "report"
    process = fleet.start_apply("-f", str(good), "--yes", "--parallel", "1", "--report", str(report))
    _wait_until_begun(report)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "1 update applied, 1 not begun." in out
    assert f"To go on: partnercenter apply --resume {report}" in err
    assert fleet.apply("--resume", str(report)).returncode == 0


def test_a_process_that_is_killed_in_the_middle_goes_on(fleet: Fleet, good: Path, tmp_path: Path) -> None:
    fleet.fail("update_billing_profile", "slow", seconds=0.5, times=2)
    report = tmp_path / "report"
    process = fleet.start_apply("-f", str(good), "--yes", "--parallel", "1", "--report", str(report))
    _wait_until_begun(report)
    process.kill()
    process.communicate(timeout=30)
    assert fleet.apply("--resume", str(report)).returncode == 0
    assert [fleet.updates(tenant, "PurchaseOrderNumber") for tenant in (FIRST, SECOND)] == [1, 1]


def test_an_output_that_nobody_reads_any_more_does_not_stop_what_was_agreed_to(fleet: Fleet, good: Path) -> None:
    fleet.fail("update_billing_profile", "slow", seconds=0.5, after=1)
    process = fleet.start_apply("-f", str(good), "--yes", "--json", "--parallel", "1")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(timeout=30) == 0, process.stderr.read()
    process.stderr.close()
    assert (_order(fleet, FIRST), _order(fleet, SECOND)) == ("1", "2")


def _wait_until_begun(report: Path) -> None:
    for _ in range(2_000):
        if report.exists() and b'"begun"' in report.read_bytes():
            return
        time.sleep(0.01)
    raise AssertionError("nothing was begun")
