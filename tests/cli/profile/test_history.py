"""`partnercenter billing history`: the audit of one profile, as changes of its members."""

from __future__ import annotations

import json
import re

import pytest

from tests.cli.in_process import command_line
from tests.cli.stage import Stage

GUID = "c0000000-0000-4000-8000-00000000abcd"


def test_the_newest_change_is_number_1(stage: Stage) -> None:
    stage.change(city="Seattle")
    stage.change(city="Spokane")
    items = json.loads(command_line("billing", "history", "-o", "json").stdout)["items"]
    assert [(item["number"], item["changes"]) for item in items] == [
        (1, [{"member": "address.city", "old": "Seattle", "new": "Spokane"}]),
        (2, [{"member": "address.city", "old": "Redmond", "new": "Seattle"}]),
    ]


def test_a_change_has_its_user_its_request_id_and_both_tags(stage: Stage) -> None:
    before = stage.billing().attributes.etag
    command_line("billing", "set", "purchaseOrderNumber=1", "--request-id", GUID)
    (item,) = json.loads(command_line("billing", "history", "-o", "json").stdout)["items"]
    assert (item["user"], item["requestId"]) == ("admin@first.partner.example", GUID)
    assert (item["oldEtag"], item["newEtag"]) == (before, stage.billing().attributes.etag)


def test_a_person_sees_who_when_and_what(stage: Stage) -> None:
    command_line("billing", "set", "purchaseOrderNumber=1", "address.city=Seattle", "--request-id", GUID)
    assert re.fullmatch(
        rf"1  [\dT:.-]+Z  admin@first\.partner\.example  request id {GUID}\n"
        r"   address\.city         Redmond → Seattle\n"
        r"   purchaseOrderNumber  9888 → 1\n",
        command_line("billing", "history").stdout,
    )


@pytest.mark.parametrize("format_", ["table", "json"])
def test_no_tax_id_is_in_the_history(stage: Stage, format_: str) -> None:
    stage.change(tax_id="98-765432")
    told = command_line("billing", "history", "-o", format_).stdout
    assert "*******32" in told
    assert "98-765432" not in told


def test_tsv_has_a_line_of_plain_values_for_each_change(stage: Stage) -> None:
    stage.change(city="Seattle")
    command_line("billing", "set", "purchaseOrderNumber=1", "address.city=Spokane", "--request-id", GUID)
    first, second = command_line("billing", "history", "-o", "tsv").stdout.splitlines()
    number, date, user, request_id, members = first.split("\t")
    assert (number, user, request_id) == ("1", "admin@first.partner.example", GUID)
    assert (date.endswith("Z"), members) == (True, "address.city,purchaseOrderNumber")
    assert second.endswith("\taddress.city")


def test_what_a_query_picks_is_the_same_in_tsv(stage: Stage) -> None:
    stage.change(city="Seattle")
    assert command_line("billing", "history", "-o", "tsv", "--query", "totalCount").stdout == "1\n"


def test_another_profile_has_another_history(stage: Stage) -> None:
    stage.change(city="Seattle")
    empty = command_line("support", "history")
    assert (empty.stdout, empty.stderr) == ("", "No changes.\n")


def test_every_change_since_a_day_is_found_though_one_query_spans_30(stage: Stage) -> None:
    from datetime import UTC, datetime, timedelta

    stage.change(city="Seattle")
    since = (datetime.now(UTC).date() - timedelta(days=85)).isoformat()
    assert command_line("billing", "history", "--since", since).stdout.startswith("1  ")


def test_a_day_that_is_too_long_ago_is_refused_by_the_service(stage: Stage) -> None:
    refused = command_line("billing", "history", "--since", "2020-01-01")
    assert refused.returncode == 6
    assert "90" in refused.stderr
