"""`partnercenter sample` by pipe: what a script sees of the nine scenarios, against a local service."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import click
import pytest

from partnercenter import PartnerCenter
from partnercenter.cli.sample.printing import print_profile
from partnercenter.cli.sample.scenarios import SCENARIOS
from partnercenter.cli.sample.stage import Stage
from partnercenter.wire.profiles import BillingProfile
from tests.cli.in_process import command_line
from tests.running_service import RunningService, running_service

TITLES = ["billing", "legal business", "organization", "MPN", "support"]
READS = ["billing", "legal-business", "organization", "mpn", "support"]
UPDATES = ["billing", "legal-business", "organization", "support"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("sample")) as running:
        yield running


def _sample(service: RunningService, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return command_line("sample", *arguments, environ=service.environ, given=given.encode())


def _written(service: RunningService) -> list[str | None]:
    """The member that each of the four updates changes."""
    with PartnerCenter.from_env(service.variables) as partner:
        profiles = partner.profiles
        return [
            profiles.billing_profile.get().purchase_order_number,
            profiles.legal_business_profile.get().company_approver_address.phone_number,
            profiles.organization_profile.get().default_address.phone_number,
            profiles.support_profile.get().email,
        ]


def test_the_scenarios_are_those_of_the_original_in_its_order() -> None:
    names = [f"get-{what}-profile" for what in READS] + [f"update-{what}-profile" for what in UPDATES]
    assert [scenario.name for scenario in SCENARIOS] == names


def test_list_prints_what_run_takes() -> None:
    listed = [line.split() for line in command_line("sample", "--list").stdout.splitlines()]
    assert listed == [[str(number), scenario.name] for number, scenario in enumerate(SCENARIOS, 1)]


@pytest.mark.parametrize("number", range(1, 6))
def test_a_line_of_a_pipe_chooses_a_scenario(service: RunningService, number: int) -> None:
    ran = _sample(service, given=f"{number}\n")
    assert ran.returncode == 0
    assert re.findall("^Partner's (.+) profile$", ran.stdout, re.MULTILINE) == [TITLES[number - 1]]


def test_a_read_prints_title_rules_and_members_with_objects_set_in(service: RunningService) -> None:
    title, rule, first, second, third, *_, last = _sample(service, given="1\n").stdout.splitlines()
    assert (title, rule, last) == ("Partner's billing profile", "-" * 90, "-" * 90)
    assert (first, second, third) == ("    CompanyName: TEST_TEST_BugBash1", "    Address:", "        Country: US")


def test_the_tax_id_is_masked(service: RunningService) -> None:
    printed = _sample(service, given="1\n").stdout
    assert ("12-345678" in printed, "    TaxId: *******78\n" in printed) == (False, True)


def test_a_null_is_not_printed_and_an_empty_text_is(capsys: pytest.CaptureFixture[str]) -> None:
    print_profile(BillingProfile.from_wire({"companyName": None, "new": None, "purchaseOrderNumber": ""}))
    assert capsys.readouterr().out == "PurchaseOrderNumber: \n"


def test_a_member_that_the_class_does_not_know_is_printed_as_it_stood(capsys: pytest.CaptureFixture[str]) -> None:
    print_profile(BillingProfile.from_wire({"new": {"list": [1, {"deep": "x"}]}}))
    assert capsys.readouterr().out == "new:\n    list:\n        1\n        deep: x\n"


@pytest.mark.parametrize("index", range(len(UPDATES)), ids=UPDATES)
def test_an_update_changes_the_member_of_the_original_alone(service: RunningService, index: int) -> None:
    before = _written(service)
    ran = _sample(service, "--run", f"update-{UPDATES[index]}-profile")
    after = _written(service)
    assert ran.returncode == 0, ran.stderr
    assert [number for number in range(len(UPDATES)) if before[number] != after[number]] == [index]


def test_an_update_prints_the_profile_before_it_and_the_answer(service: RunningService) -> None:
    number, _, _, _ = _written(service)
    printed = _sample(service, "--run", "update-billing-profile").stdout
    before, _, after = printed.partition("Updated partner billing profile\n")
    assert f"\nPurchaseOrderNumber: {number}\n" in before
    assert f"\n    PurchaseOrderNumber: {_written(service)[0]}\n" in after


def test_the_purchase_order_number_is_from_9000_to_9999_and_another_one(service: RunningService) -> None:
    numbers = [_written(service)[0] or ""]
    for _ in range(3):
        _sample(service, "--run", "6")
        numbers.append(_written(service)[0] or "")
    assert all(9000 <= int(number) <= 9999 for number in numbers[1:])
    assert all(before != after for before, after in pairwise(numbers))


def test_the_email_address_is_the_next_line(service: RunningService) -> None:
    assert _sample(service, given="9\nhelp@contoso.example\n").returncode == 0
    assert _written(service)[3] == "help@contoso.example"


def test_the_email_address_can_be_an_option(service: RunningService) -> None:
    assert _sample(service, "--email", "desk@contoso.example", given="9\n").returncode == 0
    assert _written(service)[3] == "desk@contoso.example"


def test_a_pipe_that_ends_before_the_email_address_changes_nothing(service: RunningService) -> None:
    before = _written(service)
    ran = _sample(service, given="9\n")
    assert (ran.returncode, _written(service)) == (2, before)
    assert "or use --email" in ran.stderr


def test_all_runs_the_nine_one_after_another(service: RunningService) -> None:
    ran = _sample(service, "--all")
    headings = [line for line in ran.stdout.splitlines() if line in [scenario.title for scenario in SCENARIOS]]
    assert (ran.returncode, headings) == (0, [scenario.title for scenario in SCENARIOS])


@pytest.mark.parametrize("given", ["", "\n\n", "q\n", "Q\n1\n"], ids=["end", "empty-lines", "q", "capital-q"])
def test_no_choice_ends_with_0_and_prints_nothing(service: RunningService, given: str) -> None:
    ran = _sample(service, given=given)
    assert (ran.returncode, ran.stdout) == (0, "")


def test_r_repeats_the_last_scenario(service: RunningService) -> None:
    assert _sample(service, given="4\nr\n").stdout.count("Partner's MPN profile") == 2


@pytest.mark.parametrize("wrong", ["0", "10", "-1", "x", "³", "r"])
def test_a_wrong_choice_is_named_the_next_one_is_taken_and_the_code_is_2(service: RunningService, wrong: str) -> None:
    ran = _sample(service, given=f"{wrong}\n4\n")
    assert ran.returncode == 2
    assert ("no scenario" in ran.stderr or "Nothing was run" in ran.stderr, "MpnId" in ran.stdout) == (True, True)


def test_bytes_that_are_no_text_are_a_wrong_choice(service: RunningService) -> None:
    run = [sys.executable, "-m", "partnercenter", "sample"]
    ran = subprocess.run(run, env=service.environ, input=b"\xff\xfe\n", capture_output=True, timeout=60, check=False)
    assert (ran.returncode, b"is no scenario" in ran.stderr) == (2, True)


def test_what_goes_wrong_is_said_the_next_is_run_and_the_code_is_that_of_the_error(service: RunningService) -> None:
    ran = _sample(service, "--email", "no-address", given="9\n4\n")
    assert (ran.returncode, "MpnId" in ran.stdout) == (6, True)
    assert "email: must be" in ran.stderr


def test_what_is_run_after_a_scenario_that_failed_is_run_all_the_same(service: RunningService) -> None:
    ran = _sample(service, "--email", "no-address", "--run", "9", "--run", "4")
    assert (ran.returncode, "MpnId" in ran.stdout) == (6, True)


def test_who_is_not_signed_in_is_told_once(service: RunningService, tmp_path: Path) -> None:
    environ = service.variables | {"PARTNERCENTER_CONFIG_DIR": str(tmp_path / "config")}
    environ.pop("PARTNERCENTER_REFRESH_TOKEN")
    ran = command_line("sample", "--all", environ=environ)
    assert (ran.returncode, ran.stderr.count("Error: ")) == (3, 1)


@pytest.mark.parametrize("options", [["--all", "--list"], ["--all", "--run", "1"]], ids=" ".join)
def test_options_that_contradict_each_other_are_wrong_usage(options: list[str]) -> None:
    assert command_line("sample", *options).returncode == 2


def test_a_name_that_is_none_is_answered_with_those_that_are() -> None:
    refused = command_line("sample", "--run", "get-billing")
    assert refused.returncode == 2
    assert "get-billing-profile" in refused.stderr


def test_without_consent_a_profile_is_read_and_not_updated(
    service: RunningService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in service.variables.items():
        monkeypatch.setenv(name, value)
    before = _written(service)
    with Stage(None, _refuse) as stage, pytest.raises(click.Abort, match="update the billing profile"):
        SCENARIOS[5].play(stage)
    assert _written(service) == before


def _refuse(_partner: PartnerCenter, change: str) -> None:
    raise click.Abort(change)
