"""`partnercenter billing diff`: against a file, and against what it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.in_process import command_line
from tests.cli.stage import Stage


def test_a_file_that_get_wrote_is_no_difference(stage: Stage, tmp_path: Path) -> None:
    for format_ in ("json", "yaml"):
        file = tmp_path / f"billing.{format_}"
        file.write_text(command_line("billing", "get", "-o", format_).stdout)
        compared = command_line("billing", "diff", "--file", str(file), "--exit-code")
        assert (compared.returncode, compared.stdout) == (0, "")


def test_the_difference_leads_to_the_file(stage: Stage) -> None:
    compared = command_line("billing", "diff", "--file", "-", given=b"Address: {city: Seattle}")
    assert (compared.returncode, compared.stdout) == (0, "address.city  Redmond → Seattle\n")


def test_a_difference_exits_5_if_that_is_asked_for(stage: Stage) -> None:
    compared = command_line("billing", "diff", "-f", "-", "--exit-code", given=b"purchaseOrderNumber: 0123")
    assert (compared.returncode, compared.stdout) == (5, "purchaseOrderNumber  9888 → 0123\n")


def test_what_a_file_does_not_name_is_not_compared(stage: Stage) -> None:
    assert command_line("billing", "diff", "-f", "-", given=b"companyName: TEST_TEST_BugBash1").stdout == ""


def test_what_a_whole_profile_does_not_name_has_no_value(stage: Stage) -> None:
    profile = json.loads(command_line("billing", "get", "-o", "json").stdout)
    del profile["purchaseOrderNumber"]
    compared = command_line("billing", "diff", "-f", "-", given=json.dumps(profile).encode())
    assert compared.stdout == "purchaseOrderNumber  9888 → (none)\n"


def test_a_tax_id_is_masked_for_people_and_whole_for_programs(stage: Stage) -> None:
    given = b"taxId: 98-765432"
    assert command_line("billing", "diff", "-f", "-", given=given).stdout == "taxId  *******78 → *******32\n"
    told = json.loads(command_line("billing", "diff", "-f", "-", "-o", "json", given=given).stdout)
    assert told == {"differences": [{"member": "taxId", "old": "12-345678", "new": "98-765432"}]}


def test_a_masked_tax_id_is_the_one_that_is_there(stage: Stage) -> None:
    assert command_line("billing", "diff", "-f", "-", given=b"taxId: '*******78'").stdout == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"addres: {city: x}", "addres is no member; there are companyName, address"),
        (b"address: {town: x}", "address.town is no member; there are country"),
        (b"address: x", "address: must be an object"),
        (b"billingDay: 1.5", "billingDay: must be a whole number"),
        (b'{"purchaseOrderNumber": 1}', "purchaseOrderNumber: must be text"),
        (b"- a", "is no object"),
        (b"", "is no object"),
        (b"a: *b", "has an alias"),
        (b"a: [", "is not YAML: "),
        (b"{{[", "is not YAML"),
        (b"taxId: 1\nTaxID: 2", "has 'TaxID' twice in one object, again in line 2"),
        (b"\xff", "is not UTF-8"),
        (b"[" * 60_000, "is nested deeper than 32 levels"),
        (b"a: " + b"{b: " * 40, "is nested deeper than 32 levels"),
        (b"# " * 40_000, "is longer than 64 Ki characters"),
    ],
)
def test_a_file_that_is_no_such_profile_exits_2_and_says_why(stage: Stage, given: bytes, said: str) -> None:
    refused = command_line("billing", "diff", "-f", "-", given=given)
    assert refused.returncode == 2
    assert said in refused.stderr


def test_a_file_that_is_not_there_exits_2_before_anything_is_sent(stage: Stage) -> None:
    refused = command_line("billing", "diff", "-f", "/no/such/file")
    assert (refused.returncode, stage.sent) == (2, [])
    assert "/no/such/file: No such file or directory." in refused.stderr


def test_since_a_tag_it_tells_what_others_changed(stage: Stage) -> None:
    tag = stage.billing().attributes.etag or ""
    stage.change(city="Seattle")
    stage.change(purchase_order_number="77")
    told = command_line("billing", "diff", "--since", tag).stdout
    assert told == "address.city         Redmond → Seattle\npurchaseOrderNumber  9888 → 77\n"


def test_since_the_tag_that_it_has_there_is_no_difference(stage: Stage) -> None:
    tag = stage.change(city="Seattle").attributes.etag or ""
    assert command_line("billing", "diff", "--since", tag, "--exit-code").returncode == 0


def test_since_a_date_it_tells_what_was_changed_since_then(stage: Stage) -> None:
    from datetime import UTC, datetime

    stage.change(city="Seattle")
    today = datetime.now(UTC).date().isoformat()
    assert command_line("billing", "diff", "--since", today).stdout == "address.city  Redmond → Seattle\n"
    assert command_line("billing", "diff", "--since", "2999-01-01").stdout == ""


def test_since_something_else_exits_2_and_names_what_it_takes(stage: Stage) -> None:
    refused = command_line("billing", "diff", "--since", "yesterday")
    assert refused.returncode == 2
    assert "takes a date, as in 2026-11-01" in refused.stderr


@pytest.mark.parametrize("arguments", [[], ["--file", "x", "--since", "2026-11-01"]])
def test_one_thing_to_compare_with_has_to_be_named(arguments: list[str]) -> None:
    assert command_line("billing", "diff", *arguments).returncode == 2


def test_the_partner_network_profile_can_be_compared_with_a_file(stage: Stage) -> None:
    assert command_line("mpn", "diff", "-f", "-", given=b"mpnId: 1").stdout == "mpnId  4391507 → 1\n"
