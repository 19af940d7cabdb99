"""`partnercenter billing restore`: earlier values come back as an update like any other one."""

from __future__ import annotations

import pytest

from tests.cli.in_process import command_line
from tests.cli.stage import Stage

GUID = "c0000000-0000-4000-8000-00000000abcd"


def test_the_newest_change_is_undone(stage: Stage) -> None:
    stage.change(city="Seattle", purchase_order_number="1")
    done = command_line("billing", "restore", "1", "--yes")
    assert (done.returncode, stage.billing().address.city) == (0, "Redmond")
    assert done.stdout.startswith("address.city         Seattle → Redmond\npurchaseOrderNumber  1 → 9888\nUpdated.")


def test_an_older_change_takes_what_came_after_it_back_too(stage: Stage) -> None:
    stage.change(city="Seattle")
    stage.change(purchase_order_number="1")
    command_line("billing", "restore", "2", "--yes")
    profile = stage.billing()
    assert (profile.address.city, profile.purchase_order_number) == ("Redmond", "9888")


def test_after_it_is_as_the_change_left_it(stage: Stage) -> None:
    stage.change(city="Seattle")
    stage.change(city="Spokane")
    command_line("billing", "restore", "2", "--after", "--yes")
    assert stage.billing().address.city == "Seattle"


def test_a_change_can_be_named_by_its_request_id(stage: Stage) -> None:
    command_line("billing", "set", "address.city=Seattle", "--request-id", GUID)
    stage.change(purchase_order_number="1")
    command_line("billing", "restore", "--request-id", GUID.upper(), "--yes")
    profile = stage.billing()
    assert (profile.address.city, profile.purchase_order_number) == ("Redmond", "9888")


def test_a_member_that_had_no_value_is_cleared(stage: Stage) -> None:
    stage.change(region="West")
    command_line("billing", "restore", "1", "--yes")
    assert stage.billing().address.region is None


def test_a_restore_can_be_restored(stage: Stage) -> None:
    stage.change(city="Seattle")
    for _ in range(2):
        command_line("billing", "restore", "1", "--yes")
    assert stage.billing().address.city == "Seattle"


def test_a_tax_id_that_is_the_same_stays_without_a_word(stage: Stage) -> None:
    stage.change(city="Seattle")
    done = command_line("billing", "restore", "1", "--yes")
    assert (done.returncode, done.stderr, stage.billing().tax_id) == (0, "", "12-345678")


def test_a_masked_tax_id_is_not_restored_and_that_is_said(stage: Stage) -> None:
    stage.change(city="Seattle", tax_id="98-765432")
    done = command_line("billing", "restore", "1", "--yes")
    profile = stage.billing()
    assert (done.returncode, profile.address.city, profile.tax_id) == (6, "Redmond", "98-765432")
    assert "the tax id masked, so it cannot be restored" in done.stderr


def test_the_vetting_stays_what_the_service_says(stage: Stage) -> None:
    command_line("legal", "set", "companyApproverEmail=new@contoso.com")
    assert command_line("legal", "restore", "1", "--yes").returncode == 0


def test_a_dry_run_sends_nothing(stage: Stage) -> None:
    stage.change(city="Seattle")
    shown = command_line("billing", "restore", "1", "--dry-run")
    assert "Dry run: nothing was sent." in shown.stdout
    assert stage.updates() == 1


def test_nothing_to_restore_is_said_and_not_sent(stage: Stage) -> None:
    stage.change(city="Seattle")
    assert "Nothing to change" in command_line("billing", "restore", "1", "--after").stdout
    assert stage.updates() == 1


def test_without_a_terminal_it_wants_a_yes(stage: Stage) -> None:
    stage.change(city="Seattle")
    refused = command_line("billing", "restore", "1")
    assert (refused.returncode, stage.updates()) == (2, 1)
    assert "--yes" in refused.stderr


def test_somebody_who_changes_it_meanwhile_is_not_overwritten(stage: Stage) -> None:
    stage.change(city="Seattle")
    stage.meanwhile.append(lambda: stage.change(purchase_order_number="77"))
    refused = command_line("billing", "restore", "1", "--yes")
    assert (refused.returncode, stage.billing().purchase_order_number) == (5, "77")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name one change"),
        (["1", "--request-id", GUID], "Name one change"),
        (["2"], "There is 1 change to choose from"),
        (["--request-id", GUID], "There is 1 change to choose from"),
        (["0"], "not in the range"),
    ],
)
def test_a_change_that_is_not_there_exits_2(stage: Stage, arguments: list[str], said: str) -> None:
    stage.change(city="Seattle")
    refused = command_line("billing", "restore", *arguments, "--yes")
    assert refused.returncode == 2
    assert said in refused.stderr
