"""`partnercenter billing validate --file`: the rules on this machine, with nobody signed in."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.in_process import command_line
from tests.cli.stage import Stage

# Nobody is signed in, and no service runs.


def test_a_profile_that_get_wrote_is_acceptable(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "billing.yaml"
    file.write_text(command_line("billing", "get", "-o", "yaml").stdout)
    sent = len(stage.sent)
    checked = command_line("billing", "validate", "--file", str(file))
    assert (checked.returncode, checked.stdout) == (0, "The billing profile is acceptable.\n")
    assert len(stage.sent) == sent


def test_every_violation_of_a_file_is_printed_and_exits_6() -> None:
    given = b"{companyName: '', billingDay: 40, address: {country: US, postalCode: x}}"
    checked = command_line("billing", "validate", "-f", "-", given=given)
    assert checked.returncode == 6
    assert "billingDay: must be a day of the month, 1 to 31\n" in checked.stdout
    assert "address.postalCode: must be a postal code of US" in checked.stdout


def test_a_value_of_another_type_is_a_violation() -> None:
    checked = command_line("billing", "validate", "-f", "-", "-o", "json", given=b'{"billingDay": "x"}')
    assert checked.returncode == 6
    violation = {"member": "billingDay", "message": "billingDay: must be a whole number", "byCountry": False}
    assert violation in json.loads(checked.stdout)["violations"]


def test_what_the_text_and_what_the_rules_are_against_is_told_at_once() -> None:
    given = b'{"companyName": 3, "foo": 1, "address": 5, "billingDay": 77}'
    told = command_line("billing", "validate", "-f", "-", given=given).stdout
    assert "foo is no member" in told
    assert "companyName: must be text\n" in told
    assert "billingDay: must be a day of the month, 1 to 31\n" in told
    assert (told.count("companyName: "), told.count("address: "), told.count("address.")) == (1, 1, 0)


def test_a_text_that_is_no_profile_is_wrong_usage() -> None:
    assert command_line("billing", "validate", "-f", "-", given=b"a: [").returncode == 2
