"""`partnercenter journal`: what a local service was asked, shown, followed, exported and judged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema_rs
import pytest

from partnercenter import PartnerCenter
from partnercenter.cli.local.administration import ask
from tests.cli.in_process import command_line
from tests.cli.local.journal.har_schema import SCHEMA
from tests.cli.terminal import terminal
from tests.running_service import RunningService, running_service

BILLING, MPN = "/v1/profiles/billing", "/v1/profiles/mpn"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("journal"), "--test") as service:
        yield service


@pytest.fixture
def partner(running: RunningService) -> Iterator[PartnerCenter]:
    """Signed in, and the journal is empty then."""
    ask(running.folder, "POST", "/admin/reset", {})
    with PartnerCenter.from_env(running.variables) as client:
        client.access_token()
        ask(running.folder, "DELETE", "/admin/journal")
        yield client


def _run(service: RunningService, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command_line("journal", *arguments, environ=service.environ)


def _said(service: RunningService, *arguments: str) -> str:
    ran = _run(service, *arguments)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _numbers(service: RunningService) -> list[int]:
    entries = json.loads(_said(service, "list", "-o", "json"))["entries"]
    return [entry["sequence"] for entry in entries]


def test_a_line_tells_number_status_method_and_target(running: RunningService, partner: PartnerCenter) -> None:
    partner.profiles.mpn_profile.get("4391507")
    [line] = _said(running, "list").splitlines()
    number, _time, status, _milliseconds, _unit, method, target = line.split()
    assert (int(number), status, method, target) == (*_numbers(running), "200", "GET", f"{MPN}?mpnId=4391507")


def test_requests_of_the_administration_are_not_in_it(running: RunningService, partner: PartnerCenter) -> None:
    _said(running, "list")
    assert _run(running, "list").stderr == "No entries.\n"


def test_a_fault_that_was_played_is_named(running: RunningService, partner: PartnerCenter) -> None:
    fault = {"operation": "get_mpn_profile", "fault": "no-answer-before-commit"}
    ask(running.folder, "PUT", "/admin/faults", {"faults": [{**fault}]})
    partner.profiles.mpn_profile.get()
    lost, answered = _said(running, "list").splitlines()
    assert lost.endswith("fault no-answer-before-commit")
    assert (lost.split()[2], answered.split()[2]) == ("-", "200")


def test_after_and_most_choose(running: RunningService, partner: PartnerCenter) -> None:
    for _ in range(4):
        partner.profiles.mpn_profile.get()
    first, second, third, _ = _numbers(running)
    listed = _said(running, "list", "--after", str(first), "--most", "2").splitlines()
    assert [int(line.split()[0]) for line in listed] == [second, third]


def test_more_than_one_page_of_entries_is_listed(
    running: RunningService, partner: PartnerCenter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("partnercenter.cli.local.journal.reading._AT_ONCE", 2)
    for _ in range(5):
        partner.profiles.mpn_profile.get()
    assert len(_said(running, "list").splitlines()) == 5


def test_show_prints_request_and_answer_without_secrets(running: RunningService, partner: PartnerCenter) -> None:
    token = partner.access_token()
    partner.profiles.billing_profile.get()
    shown = _said(running, "show", str(*_numbers(running)))
    assert f"> GET {BILLING}\n" in shown
    assert "> authorization: bearer [removed]\n" in shown.lower()
    assert "< 200\n" in shown
    assert '  "companyName": "TEST_TEST_BugBash1"' in shown
    assert [secret for secret in (token, "12-345678") if secret in shown] == []


def test_an_entry_that_is_not_there_is_refused(running: RunningService, partner: PartnerCenter) -> None:
    refused = _run(running, "show", "999999")
    assert (refused.returncode, "has no entry 999999" in refused.stderr) == (6, True)


def test_clear_forgets_and_numbers_go_on(running: RunningService, partner: PartnerCenter) -> None:
    partner.profiles.mpn_profile.get()
    [before] = _numbers(running)
    assert _said(running, "clear") == "Cleared.\n"
    partner.profiles.mpn_profile.get()
    assert _numbers(running) == [before + 1]


def test_follow_shows_what_comes_until_the_count_is_reached(running: RunningService, partner: PartnerCenter) -> None:
    with terminal("journal", "follow", "--after", "0", "--count", "2", environ=running.environ) as watching:
        partner.profiles.mpn_profile.get()
        watching.until(MPN)
        partner.profiles.billing_profile.get()
        watching.until(BILLING)
        assert watching.exit_code() == 0


def test_follow_begins_with_what_comes_next(running: RunningService, partner: PartnerCenter) -> None:
    partner.profiles.mpn_profile.get()
    command = [sys.executable, "-m", "partnercenter", "journal", "follow", "--count", "1", "--json"]
    with subprocess.Popen(command, env=running.environ, stdout=subprocess.PIPE, text=True) as following:
        # It may begin after the first of these, but not after all: each is another request.
        while following.poll() is None:
            partner.profiles.billing_profile.get()
        assert following.stdout
        shown = json.loads(following.stdout.read())
    assert shown["target"] == BILLING


def test_ctrl_c_ends_follow_with_0(running: RunningService, partner: PartnerCenter) -> None:
    with terminal("journal", "follow", "--after", "0", environ=running.environ) as watching:
        partner.profiles.mpn_profile.get()
        watching.until(MPN)
        watching.press("Ctrl+C")
        assert watching.exit_code() == 0


def test_a_har_of_real_requests_is_valid(running: RunningService, partner: PartnerCenter) -> None:
    with partner.profiles.billing_profile.edit() as profile:
        profile.purchase_order_number = "9321"
    document = json.loads(_said(running, "export", "--har"))
    jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True).validate(document)
    urls = [entry["request"]["url"] for entry in document["log"]["entries"]]
    assert urls == [f"{running.base_url}{BILLING}"] * 2


def test_a_line_of_curl_asks_the_same_again(running: RunningService, partner: PartnerCenter) -> None:
    partner.profiles.mpn_profile.get("4391507")
    line = _said(running, "export", "--curl")
    environ = running.environ | {"TOKEN": partner.access_token()}
    ran = subprocess.run(["bash", "-eu", "-c", line], env=environ, capture_output=True, timeout=60, check=True)
    assert json.loads(ran.stdout)["mpnId"] == "4391507"


def test_a_replay_by_curl_is_answered_and_done_once(running: RunningService, partner: PartnerCenter) -> None:
    profile = partner.profiles.support_profile.get()
    profile.telephone = "O'Neil's $HOME"
    partner.profiles.support_profile.update(profile)
    line = _said(running, "export", "--curl", str(_numbers(running)[-1]))
    environ = running.environ | {"TOKEN": partner.access_token()}
    ran = subprocess.run(["bash", "-eu", "-c", line], env=environ, capture_output=True, timeout=60, check=True)
    assert json.loads(ran.stdout)["telephone"] == "O'Neil's $HOME"
    assert len(partner.audit_records.query()) == 1


def test_entries_are_exported_by_number(running: RunningService, partner: PartnerCenter) -> None:
    for _ in range(3):
        partner.profiles.mpn_profile.get()
    _, second, _ = _numbers(running)
    assert _said(running, "export", "--curl", str(second)).startswith(f"# {second}: ")


@pytest.mark.parametrize(
    "wrong", [["export"], ["export", "--har", "1", "--after", "1"], ["show", "0"], ["list", "--most", "0"]]
)
def test_wrong_usage_is_said_before_anything_is_asked(wrong: list[str]) -> None:
    assert command_line("journal", *wrong).returncode == 2


def test_findings_of_a_client_with_good_manners_are_none(running: RunningService, partner: PartnerCenter) -> None:
    partner.profiles.mpn_profile.get()
    found = _run(running, "findings")
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "No findings.\n")


@pytest.mark.parametrize("verb", ["whoami", "doctor"])
def test_a_verb_that_asks_beside_the_sdk_has_good_manners(
    running: RunningService, partner: PartnerCenter, verb: str
) -> None:
    command_line(verb, environ=running.environ)
    assert "/v1/profiles/organization" in _said(running, "list")
    assert _run(running, "findings").stderr == "No findings.\n"


def test_a_finding_says_what_was_done_where_and_what_to_do(running: RunningService, partner: PartnerCenter) -> None:
    profile = partner.profiles.support_profile.get()
    profile.attributes.etag = None
    body = json.dumps(profile.to_wire(keep_nulls=False))
    token = f"Authorization: Bearer {partner.access_token()}"
    put = ["-X", "PUT", "-H", token, "-H", "Content-Type: application/json", "--data-raw", body]
    command = ["curl", "-sS", "--cacert", running.variables["PARTNERCENTER_CA_BUNDLE"], *put]
    subprocess.run([*command, f"{running.base_url}/v1/profiles/support"], check=True, timeout=60, capture_output=True)
    found = _run(running, "findings")
    assert found.returncode == 6
    assert (
        f"names no entity tag, so it overwrites whatever others wrote meanwhile. (entries {_numbers(running)[-1]})"
        in (found.stdout)
    )
    assert "Send the tag that was read as If-Match" in found.stdout


def test_a_service_without_an_administration_says_how_to_start_one(running: RunningService, tmp_path: Path) -> None:
    without = {name: value for name, value in running.variables.items() if "ADMIN" not in name}
    (tmp_path / "environment.json").write_text(json.dumps(without), "utf-8")
    refused = command_line("journal", "list", "--data", str(tmp_path))
    assert "Start it with: partnercenter serve --admin on" in refused.stderr
