"""`partnercenter billing set`: members by their paths, one version or none."""

from __future__ import annotations

import json

import pytest

from tests.cli.in_process import command_line
from tests.cli.stage import Stage

GUID = "c0000000-0000-4000-8000-00000000abcd"


def test_set_changes_every_member_that_is_named(stage: Stage) -> None:
    changed = command_line("billing", "set", "purchaseOrderNumber=9321", "address.city=Seattle")
    assert changed.returncode == 0, changed.stderr
    profile = stage.billing()
    assert (profile.purchase_order_number, profile.address.city) == ("9321", "Seattle")


def test_set_shows_the_difference_and_the_new_tag(stage: Stage) -> None:
    shown = command_line("billing", "set", "purchaseOrderNumber=9321").stdout
    assert shown == f"purchaseOrderNumber  9888 → 9321\nUpdated. New entity tag: {stage.billing().attributes.etag}\n"


def test_update_is_the_same_command_with_options(stage: Stage) -> None:
    said = command_line("billing", "set", "purchaseOrderNumber=1", "--dry-run").stdout
    assert command_line("billing", "update", "--set", "purchaseOrderNumber=1", "--dry-run").stdout == said


def test_unset_clears_a_member(stage: Stage) -> None:
    command_line("billing", "set", "--unset", "primaryContact.firstName")
    assert stage.billing().primary_contact.first_name is None


def test_a_value_may_have_equals_signs(stage: Stage) -> None:
    command_line("billing", "set", "purchaseOrderNumber=a=b")
    assert stage.billing().purchase_order_number == "a=b"


def test_a_dry_run_sends_nothing(stage: Stage) -> None:
    shown = command_line("billing", "set", "purchaseOrderNumber=1", "--dry-run")
    assert "Dry run: nothing was sent." in shown.stdout
    assert stage.updates() == 0


def test_the_request_id_that_is_given_is_sent(stage: Stage) -> None:
    command_line("billing", "set", "purchaseOrderNumber=1", "--request-id", GUID)
    assert stage.sent[-1].headers.get("MS-RequestId") == GUID


@pytest.mark.parametrize("quote", ["", '"'])
def test_if_match_lets_an_update_of_that_version_pass(stage: Stage, quote: str) -> None:
    tag = f"{quote}{stage.billing().attributes.etag}{quote}"
    assert command_line("billing", "set", "purchaseOrderNumber=1", "--if-match", tag).returncode == 0


def test_if_match_with_an_older_tag_is_refused_by_the_service_and_exits_5(stage: Stage) -> None:
    tag = stage.billing().attributes.etag or ""
    stage.change(city="Seattle")
    refused = command_line("billing", "set", "purchaseOrderNumber=1", "--if-match", tag)
    assert (refused.returncode, stage.billing().purchase_order_number) == (5, "9888")
    assert "HTTP 412" in refused.stderr


@pytest.mark.parametrize("arguments", [["purchaseOrderNumber=1", "--dry-run"], ["purchaseOrderNumber=9888"]])
def test_if_match_is_looked_at_even_where_nothing_is_sent(stage: Stage, arguments: list[str]) -> None:
    refused = command_line("billing", "set", *arguments, "--if-match", "another")
    assert (refused.returncode, stage.updates()) == (5, 0)
    assert stage.billing().attributes.etag in refused.stderr  # type: ignore[operator]


def test_a_profile_that_somebody_changed_meanwhile_is_left_alone_and_the_next_step_is_a_command(stage: Stage) -> None:
    stage.meanwhile.append(lambda: stage.change(city="Seattle"))
    refused = command_line("billing", "set", "purchaseOrderNumber=1")
    assert (refused.returncode, stage.billing().purchase_order_number) == (5, "9888")
    assert "Run the command again" in refused.stderr


def test_where_the_user_named_the_version_the_next_step_is_another_tag_or_none(stage: Stage) -> None:
    refused = command_line("billing", "set", "purchaseOrderNumber=1", "--if-match", "bad")
    assert (
        f"Leave --if-match out, or give it the entity tag of the profile as it is now: {_tag(stage)}" in refused.stderr
    )
    assert "Run the command again" not in refused.stderr


@pytest.mark.parametrize("command", [["set", "purchaseOrderNumber=1"], ["restore"]])
def test_a_request_id_that_is_no_guid_is_told_what_one_is_like(stage: Stage, command: list[str]) -> None:
    refused = command_line("billing", *command, "--request-id", "bad")
    assert (refused.returncode, stage.sent) == (2, [])
    assert "'--request-id': 'bad' is no GUID. Write it as in " in refused.stderr


def test_what_the_service_finds_wrong_is_told_without_a_pointer_to_it(stage: Stage) -> None:
    refused = command_line("billing", "set", "address.postalCode=x")
    assert refused.returncode == 6
    assert "\n  - address.postalCode" in refused.stderr
    assert "See data" not in refused.stderr


def _tag(stage: Stage) -> str:
    return stage.billing().attributes.etag or ""


def test_nothing_to_change_is_wrong_usage(stage: Stage) -> None:
    assert command_line("billing", "set").returncode == 2


def test_a_change_without_a_value_is_told_how_it_is_written(stage: Stage) -> None:
    refused = command_line("billing", "set", "purchaseOrderNumber")
    assert refused.returncode == 2
    assert "MEMBER=VALUE" in refused.stderr


def test_a_program_gets_the_profile_that_the_update_left(stage: Stage) -> None:
    told = command_line("billing", "set", "purchaseOrderNumber=1", "-o", "json").stdout
    assert json.loads(told)["attributes"]["etag"] == stage.billing().attributes.etag


def test_production_is_asked_for_even_with_no_terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from partnercenter.cli.signing_in import session

    real = "https://api.partnercenter.microsoft.com"  # in name alone: the transport ends in this process
    monkeypatch.setattr(session, "open_partner_center", lambda: stage.partner(base_url=real))
    refused = command_line("billing", "set", "purchaseOrderNumber=1")
    assert (refused.returncode, stage.updates()) == (2, 0)
    assert "--yes" in refused.stderr
    assert command_line("billing", "set", "purchaseOrderNumber=1", "--yes").returncode == 0
