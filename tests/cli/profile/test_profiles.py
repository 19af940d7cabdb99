"""The five profiles on the command line: one table of commands, as their user runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner, Result

from partnercenter import FixedToken, PartnerCenter, VettingVersion
from partnercenter.cli.profile import groups
from partnercenter.cli.profile.profile_verbs import VETTING_VERSIONS
from partnercenter.cli.signing_in import session
from partnercenter.wire.messages import Request, Response
from tests.running_service import RunningService, run_cli, running_service

# What a user changes in each of them, as --set takes it, and what the result has.
WRITABLE = [
    ("legal", "companyApproverEmail", "new@contoso.com"),
    ("organization", "culture", "es-US"),
    ("support", "telephone", "4255550199"),
]
VERBS = ["billing", "legal", "organization", "support", "mpn"]
COMMANDS = [
    (verb, command)
    for verb in VERBS
    for command in ("get", "set", "update", "edit", "diff", "history", "restore", "validate")
    if verb != "mpn" or command in ("get", "diff", "validate")
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("profiles")) as running:
        yield running


def document(service: RunningService, *arguments: str) -> dict[str, object]:
    shown = run_cli(service, *arguments, "-o", "json")
    assert shown.returncode == 0, shown.stderr
    found: dict[str, object] = json.loads(shown.stdout)
    return found


def help_of(verb: str, command: str) -> str:
    group = getattr(groups, verb)
    context = click.Context(group, info_name=verb, parent=click.Context(group, info_name="partnercenter"))
    found = group.get_command(context, command)
    return str(found.get_help(click.Context(found, info_name=command, parent=context)))


@pytest.mark.parametrize(("verb", "command"), COMMANDS)
def test_every_command_of_every_profile_has_a_help_text_with_an_example(verb: str, command: str) -> None:
    assert f"partnercenter {verb} {command}" in help_of(verb, command).split("Examples:", 1)[1]


def test_nobody_can_update_the_partner_network_profile() -> None:
    assert groups.mpn.list_commands(click.Context(groups.mpn)) == ["get", "diff", "validate"]


@pytest.mark.parametrize(
    ("verb", "type_"),
    [
        ("legal", "LegalBusinessProfile"),
        ("organization", "OrganizationProfile"),
        ("support", "support_profile"),
        ("mpn", "MpnProfile"),
    ],
)
def test_get_prints_the_profile_of_the_verb(service: RunningService, verb: str, type_: str) -> None:
    assert document(service, verb, "get")["profileType"] == type_


@pytest.mark.parametrize(("verb", "member", "value"), WRITABLE)
def test_update_changes_the_profile_of_the_verb(service: RunningService, verb: str, member: str, value: str) -> None:
    changed = run_cli(service, verb, "update", "--set", f"{member}={value}")
    assert changed.returncode == 0, changed.stderr
    assert f" → {value}\n" in changed.stdout
    after = document(service, verb, "get")
    assert after[member] == value
    assert f"New entity tag: {after['attributes']['etag']}" in changed.stdout  # type: ignore[index]


def test_update_clears_a_member_that_is_unset(service: RunningService) -> None:
    assert "website" not in document(service, "support", "update", "--unset", "website")


def test_the_legal_profile_can_be_asked_for_in_a_vetting_version(service: RunningService) -> None:
    assert document(service, "legal", "get", "--vetting-version", "last-finalized")["vettingStatus"] == "authorized"


def test_a_vetting_version_that_is_none_exits_2(service: RunningService) -> None:
    refused = run_cli(service, "legal", "get", "--vetting-version", "next")
    assert refused.returncode == 2
    assert "last-finalized" in refused.stderr


def test_another_partner_is_shown_by_its_id(service: RunningService) -> None:
    assert document(service, "mpn", "get", "--mpn-id", "4391508")["mpnId"] == "4391508"


def test_an_id_that_is_not_digits_exits_2(service: RunningService) -> None:
    refused = run_cli(service, "mpn", "get", "--mpn-id", "one")
    assert refused.returncode == 2
    assert "mpn_id is digits" in refused.stderr


def test_a_partner_that_is_not_there_exits_6(service: RunningService) -> None:
    assert run_cli(service, "mpn", "get", "--mpn-id", "9999999").returncode == 6


def test_a_member_that_the_service_sets_is_kept_and_said_to_be(service: RunningService) -> None:
    refused = run_cli(service, "legal", "update", "--set", "vettingStatus=rejected")
    assert refused.returncode == 6
    assert "the service kept vettingStatus at authorized" in refused.stderr


@pytest.mark.parametrize("verb", VERBS)
def test_validate_finds_nothing_in_the_profile_as_it_was_seeded(local_service: RunningService, verb: str) -> None:
    checked = run_cli(local_service, verb, "validate")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.endswith("profile is acceptable.\n")


def test_validate_of_a_program_is_an_empty_list(service: RunningService) -> None:
    assert document(service, "billing", "validate") == {"violations": []}


class OldProfile:
    """A service that keeps a profile which it would not take today."""

    def send(self, request: Request, timeout: float) -> Response:
        return Response(200, body=b'{"companyName":"","billingDay":40,"address":{"country":"US","postalCode":"x"}}')

    def close(self) -> None:
        return


def validated(monkeypatch: pytest.MonkeyPatch, *options: str) -> Result:
    partner = PartnerCenter(FixedToken("token"), transport=OldProfile())
    monkeypatch.setattr(session, "open_partner_center", lambda: partner)
    return CliRunner().invoke(groups.billing, ["validate", *options])


def test_validate_prints_every_violation_and_exits_6(monkeypatch: pytest.MonkeyPatch) -> None:
    checked = validated(monkeypatch)
    assert checked.exit_code == 6
    assert "billingDay: must be a day of the month, 1 to 31\n" in checked.stdout
    assert "address.postalCode: must be a postal code of US" in checked.stdout


def test_validate_tells_a_program_which_violations_are_of_a_country(monkeypatch: pytest.MonkeyPatch) -> None:
    told = json.loads(validated(monkeypatch, "-o", "json").stdout)["violations"]
    by_country = {violation["member"]: violation["byCountry"] for violation in told}
    assert (by_country["billingDay"], by_country["address.postalCode"]) == (False, True)


def test_every_vetting_version_can_be_asked_for() -> None:
    assert [name.upper().replace("-", "_") for name in VETTING_VERSIONS] == [one.name for one in VettingVersion]
