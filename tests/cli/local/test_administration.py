"""`faults`, `accounts` and `keys`: a running service is told to fail, and real clients meet it over TLS."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter import PartnerCenter, SignInError
from partnercenter.cli.local.administration import ask
from partnercenter.service import seed
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.cli.in_process import command_line
from tests.running_service import RunningService, run_cli, running_service


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("administered"), "--admin", "on") as service:
        yield service


def _told(service: RunningService, *arguments: str) -> dict[str, object]:
    answered = run_cli(service, *arguments, "-o", "json")
    assert answered.returncode == 0, answered.stderr
    told = json.loads(answered.stdout)
    assert isinstance(told, dict)
    return told


def _plan(service: RunningService, *faults: JsonObject) -> None:
    ask(service.folder, "PUT", "/admin/faults", {"faults": [*faults]})


def _unused(service: RunningService) -> JsonValue:
    return ask(service.folder, "GET", "/admin/faults")["unused"]


def _partner(service: RunningService) -> PartnerCenter:
    return PartnerCenter.from_env(service.environ)


UPDATE = "update_billing_profile"
# Every fault that a client can get over by itself, and how often the request comes in.
FAULTS: dict[str, JsonObject] = {
    "429": {"fault": "throttled", "seconds": 1},
    "500": {"fault": "status", "status": 500},
    "503": {"fault": "status", "status": 503},
    "html": {"fault": "gateway-html", "status": 502},
    "reset": {"fault": "reset"},
    "nothing-done": {"fault": "no-answer-before-commit"},
    "all-done": {"fault": "no-answer-after-commit"},
    "bom": {"fault": "bom"},
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_the_sdk_gets_over_the_fault_and_updates_once(running: RunningService, fault: JsonObject) -> None:
    with _partner(running) as partner:
        profile = partner.profiles.billing_profile.get()
        before = len(partner.audit_records.query())
        _plan(running, {"operation": UPDATE, **fault})
        profile.purchase_order_number = "9321"
        updated = partner.profiles.billing_profile.update(profile)
        effects = len(partner.audit_records.query()) - before
    assert (updated.purchase_order_number, effects, _unused(running)) == ("9321", 1, 0)


def test_a_plan_is_read_from_standard_input(running: RunningService) -> None:
    command = [sys.executable, "-m", "partnercenter", "faults", "set", "-"]
    given = 'faults: [{operation: "*", fault: reset, after: 7}]'
    run = subprocess.run(
        command, env=running.environ, input=given, text=True, check=True, timeout=60, capture_output=True
    )
    assert "reset" in run.stdout


def test_the_report_says_which_planned_faults_were_not_used(running: RunningService) -> None:
    _plan(running, {"operation": UPDATE, "fault": "reset", "times": 2})
    assert _told(running, "faults", "show")["unused"] == 2


def test_clear_ends_the_faults(running: RunningService) -> None:
    _plan(running, {"operation": "*", "fault": "status", "times": 99})
    _told(running, "faults", "clear")
    assert run_cli(running, "billing", "get").returncode == 0


def test_a_plan_that_cannot_be_says_what_would_be_right(running: RunningService, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("faults: [{operation: nothing, fault: reset}]")
    refused = run_cli(running, "faults", "set", str(tmp_path / "plan.yaml"))
    assert refused.returncode == 6
    assert UPDATE in refused.stderr


def test_a_service_without_administration_says_how_to_get_it(local_service: RunningService) -> None:
    refused = run_cli(local_service, "faults", "show", "--data", str(local_service.folder))
    assert refused.returncode == 1
    assert "--admin on" in refused.stderr


def test_the_folder_names_the_service_too(running: RunningService) -> None:
    command = [sys.executable, "-m", "partnercenter", "faults", "show", "--data", str(running.folder)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert "Planned and not used yet" in told.stdout


def test_the_folder_that_is_named_goes_before_the_environment(running: RunningService) -> None:
    elsewhere = running.environ | {"PARTNERCENTER_BASE_URL": "https://localhost:1"}
    assert command_line("faults", "show", "--data", str(running.folder), environ=elsewhere).returncode == 0


def test_a_pipe_gets_whole_names(running: RunningService) -> None:
    line: JsonObject = {"operation": "update_legal_business_profile", "fault": "no-answer-after-commit"}
    _plan(running, {**line, "times": 10**15, "after": 10**15})
    shown = command_line("faults", "show", environ=running.environ).stdout
    ask(running.folder, "DELETE", "/admin/faults")
    assert f"{line['operation']}  {line['fault']}  {10**15}  {10**15}" in shown


def test_a_refusal_says_what_is_wrong_in_the_place_of_where_to_look(running: RunningService, tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text('faults: [{operation: "*", fault: reset, times: 0}]')
    refused = command_line("faults", "set", str(tmp_path / "plan.yaml"), environ=running.environ)
    assert refused.returncode == 6
    assert refused.stderr.startswith("Error: Members have invalid values. Expected `int` >= 1")


@pytest.mark.parametrize("account", ["c0000000-0000-4000-8000-00000000ffff", "admin@first.partner.example", "a b"])
def test_an_account_that_is_none_is_told_where_ids_stand(running: RunningService, account: str) -> None:
    refused = command_line("accounts", "disable", account, environ=running.environ)
    assert refused.returncode == 6
    assert "docs/seed-data.md" in refused.stderr


def test_the_published_refresh_tokens_go_on_when_the_old_keys_are_forgotten(running: RunningService) -> None:
    assert command_line("keys", "rotate", "--now", environ=running.environ).returncode == 0
    assert command_line("billing", "get", environ=running.environ).returncode == 0


def test_a_disabled_user_is_told_so_at_the_next_sign_in(running: RunningService) -> None:
    _told(running, "accounts", "disable", seed.GLOBAL_ADMIN.id)
    refused = run_cli(running, "billing", "get")
    _told(running, "accounts", "enable", seed.GLOBAL_ADMIN.id)
    assert refused.returncode == 3
    assert "AADSTS50057" in refused.stderr


def test_a38_a_client_goes_on_with_its_token_over_a_rotation(running: RunningService) -> None:
    with _partner(running) as partner:
        partner.profiles.billing_profile.get()
        _told(running, "keys", "rotate")
        assert partner.profiles.billing_profile.get().company_name == "TEST_TEST_BugBash1"


def test_a38_nobody_goes_on_when_the_old_keys_are_forgotten(running: RunningService) -> None:
    with _partner(running) as partner:
        partner.profiles.billing_profile.get()
        _told(running, "keys", "rotate", "--now")
        with pytest.raises(SignInError, match="AADSTS70000"):
            partner.profiles.billing_profile.get()
