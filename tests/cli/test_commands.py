"""The other verbs, and what their exit codes mean."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.browser_by_hand import Browser
from tests.running_service import RunningService, run_cli, running_service

EXAMPLE = Path(__file__).parents[2] / "examples" / "update_billing_profile.py"
CHECKING_EXAMPLE = EXAMPLE.with_name("check_profiles.py")


def _run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "partnercenter", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environ or None)


def test_serve_prints_one_line_that_begins_with_ready_and_names_the_base_url(local_service: RunningService) -> None:
    assert local_service.ready_line.startswith(f"Ready: {local_service.base_url} ")


def test_serve_keeps_every_file_to_its_owner(local_service: RunningService) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in local_service.folder.iterdir() if path.is_file()}
    assert modes == dict.fromkeys(modes, 0o600)


def test_serve_says_what_to_do_if_the_port_is_taken(local_service: RunningService, tmp_path: Path) -> None:
    refused = _run("serve", "--port", str(local_service.port), "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "--port 0 takes a free one" in refused.stderr


def test_serve_refuses_a_folder_in_which_another_one_runs(local_service: RunningService) -> None:
    refused = _run("serve", "--port", "0", "--data", str(local_service.folder))
    assert refused.returncode == 1
    assert "Give this one another --data" in refused.stderr
    assert _run("env", "--data", str(local_service.folder)).returncode == 0


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("ca.pem", "a new local CA is made"),
        ("signing-key.pem", "signing-key.pem"),
        ("partnercenter.sqlite3", "cannot be used"),
    ],
)
def test_serve_says_what_to_do_about_a_damaged_file(tmp_path: Path, file: str, said: str) -> None:
    with running_service(tmp_path):
        pass
    (tmp_path / file).write_bytes(b"damaged" * 1000)
    refused = _run("serve", "--port", "0", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_serve_refuses_plain_http_beyond_this_machine(tmp_path: Path) -> None:
    refused = _run("serve", "--no-tls", "--host", "0.0.0.0", "--data", str(tmp_path))
    assert refused.returncode == 2
    assert "Leave it out, or listen on 127.0.0.1" in refused.stderr


def test_serve_without_tls_speaks_plain_http_on_loopback(tmp_path: Path) -> None:
    with running_service(tmp_path, "--no-tls") as plain:
        assert plain.base_url.startswith("http://localhost:")
        assert "SSL_CERT_FILE" not in plain.variables


def test_serve_goes_on_with_its_data_after_a_restart(tmp_path: Path) -> None:
    with running_service(tmp_path) as first:
        run_cli(first, "billing", "update", "--set", "purchaseOrderNumber=9321")
    with running_service(tmp_path) as second:
        assert json.loads(run_cli(second, "billing", "get", "-o", "json").stdout)["purchaseOrderNumber"] == "9321"


def test_env_prints_exports_that_a_shell_can_evaluate(local_service: RunningService) -> None:
    printed = _run("env", "--data", str(local_service.folder)).stdout
    exported = dict(shlex.split(line)[1].split("=", 1) for line in printed.splitlines())
    assert exported == local_service.variables


def test_env_names_every_promised_variable(local_service: RunningService) -> None:
    names = "CLOUD BASE_URL AUTHORITY TENANT_ID CLIENT_ID CLIENT_SECRET REFRESH_TOKEN APP_ONLY_CLIENT_ID "
    names += "APP_ONLY_CLIENT_SECRET SECOND_TENANT_ID SECOND_REFRESH_TOKEN CA_BUNDLE"
    others = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"]
    assert list(local_service.variables) == [f"PARTNERCENTER_{name}" for name in names.split()] + others


def test_env_without_a_running_service_says_how_to_start_one(tmp_path: Path) -> None:
    refused = _run("env", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert f"partnercenter serve --data {tmp_path}" in refused.stderr


def test_env_of_a_service_that_was_stopped_is_gone(tmp_path: Path) -> None:
    with running_service(tmp_path):
        pass
    assert _run("env", "--data", str(tmp_path)).returncode == 1


def test_env_of_a_service_that_was_killed_says_so(tmp_path: Path) -> None:
    with running_service(tmp_path) as service:
        service.kill()
        refused = _run("env", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "No local Partner Center is running" in refused.stderr


def test_whoami_shows_the_user_the_roles_and_the_second_factor(local_service: RunningService) -> None:
    facts = json.loads(run_cli(local_service, "whoami", "-o", "json").stdout)
    assert facts["user"] == "admin@first.partner.example"
    assert (facts["roles"], facts["mfa"], facts["permissions"]) == (["global admin"], True, "App+User")


def test_whoami_shows_the_cloud(local_service: RunningService) -> None:
    assert json.loads(run_cli(local_service, "whoami", "-o", "json").stdout)["cloud"] == "global"


def test_an_unknown_cloud_is_told_the_known_ones() -> None:
    refused = _run("--cloud", "mars", "whoami")
    assert refused.returncode == 2
    assert "'global', 'china', 'us-government', 'germany'" in refused.stderr


def test_the_option_goes_before_the_variable_and_decides_the_audience(local_service: RunningService) -> None:
    refused = run_cli(local_service, "--cloud", "china", "whoami")
    # Base URL and authority are still those of the environment: this authority knows no such resource.
    assert refused.returncode == 3
    assert "AADSTS500011" in refused.stderr


def test_the_option_in_any_casing_is_that_cloud(local_service: RunningService) -> None:
    shown = run_cli(local_service, "--cloud", "Global", "whoami", "-o", "json", PARTNERCENTER_CLOUD="china")
    assert json.loads(shown.stdout)["cloud"] == "global"


def test_serve_answers_as_the_cloud_that_was_named_before_it(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "partnercenter",
        "--cloud",
        "china",
        "serve",
        "--port",
        "0",
        "--data",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serve:
        assert serve.stdout is not None
        serve.stdout.readline()
        exported = json.loads(_run("env", "--data", str(tmp_path), "--json").stdout)
        serve.terminate()
    assert exported["PARTNERCENTER_CLOUD"] == "china"


def test_whoami_shows_no_token(local_service: RunningService) -> None:
    assert "eyJ" not in run_cli(local_service, "whoami").stdout


WITHOUT_TOKEN = {"PARTNERCENTER_REFRESH_TOKEN": ""}


@pytest.fixture
def logged_in(local_service: RunningService) -> RunningService:
    """The service, with a user whom `login` remembers."""
    if (local_service.folder / "config" / "contexts.json").exists():
        return local_service
    command = [sys.executable, "-m", "partnercenter", "login"]
    environ = local_service.environ | WITHOUT_TOKEN
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as login:
        watchdog = threading.Timer(20, login.kill)
        watchdog.start()
        _enter_device_code(local_service, login)
        assert login.wait() == 0
        watchdog.cancel()
    return local_service


def test_login_remembers_the_user_who_gave_the_device_code(logged_in: RunningService) -> None:
    facts = json.loads(run_cli(logged_in, "whoami", "-o", "json", **WITHOUT_TOKEN).stdout)
    assert facts["user"] == "billing@first.partner.example"


def test_an_exported_user_goes_before_a_remembered_one_and_login_says_so(local_service: RunningService) -> None:
    command = [sys.executable, "-m", "partnercenter", "login"]
    with subprocess.Popen(
        command, env=local_service.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as login:
        watchdog = threading.Timer(20, login.kill)
        watchdog.start()
        _enter_device_code(local_service, login)
        _, said = login.communicate()
        watchdog.cancel()
    assert "unset PARTNERCENTER_REFRESH_TOKEN" in said
    facts = json.loads(run_cli(local_service, "whoami", "-o", "json").stdout)
    assert facts["user"] == "admin@first.partner.example"


def _enter_device_code(service: RunningService, login: subprocess.Popen[str]) -> None:
    assert login.stderr is not None
    message = login.stderr.readline()
    code, url = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", message), re.search(r"https://\S+", message)
    assert code
    assert url
    browser = Browser(service)
    browser.sign_in(browser.submit(browser.open(url.group()), user_code=code.group()), "billing@first.partner.example")


def test_the_remembered_login_is_kept_to_its_owner(logged_in: RunningService) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (logged_in.folder / "config").rglob("*.json")}
    assert modes == {"contexts.json": 0o600, "default.json": 0o600}


def test_quickstart_that_is_terminated_leaves_no_service_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "partnercenter", "quickstart"]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as quickstart:
        while not list(tmp_path.glob("partnercenter-*/environment.json")) and quickstart.poll() is None:
            time.sleep(0.01)
        quickstart.terminate()
        quickstart.communicate(timeout=30)
    assert list(tmp_path.iterdir()) == []


def test_without_a_sign_in_both_ways_to_sign_in_are_named(tmp_path: Path) -> None:
    refused = _run("billing", "get", HOME=str(tmp_path), PARTNERCENTER_CONFIG_DIR=str(tmp_path / "none"))
    assert refused.returncode == 3
    assert "partnercenter login" in refused.stderr
    assert "partnercenter env" in refused.stderr


def test_a_login_for_another_service_than_the_exported_one_is_refused(logged_in: RunningService) -> None:
    elsewhere = {"PARTNERCENTER_REFRESH_TOKEN": "", "PARTNERCENTER_BASE_URL": "https://localhost:1"}
    refused = run_cli(logged_in, "billing", "update", "--set", "purchaseOrderNumber=1", **elsewhere)
    assert refused.returncode == 2
    assert "PARTNERCENTER_BASE_URL is https://localhost:1, but the login remembered in" in refused.stderr


def test_login_says_before_the_sign_in_that_it_cannot_remember_it(
    local_service: RunningService, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    refused = run_cli(local_service, "login", PARTNERCENTER_CONFIG_DIR=str(tmp_path / "file" / "config"))
    assert refused.returncode == 2
    assert "PARTNERCENTER_CONFIG_DIR" in refused.stderr


def test_a_wrong_secret_exits_3_with_the_next_step(local_service: RunningService) -> None:
    refused = run_cli(local_service, "billing", "get", PARTNERCENTER_CLIENT_SECRET="wrong")
    assert refused.returncode == 3
    assert "AADSTS7000215" in refused.stderr


def test_a_service_that_is_not_there_exits_7(local_service: RunningService) -> None:
    refused = run_cli(local_service, "whoami", PARTNERCENTER_AUTHORITY="https://localhost:1")
    assert refused.returncode == 7


def test_waiting_for_a_service_that_is_not_there_is_not_silent(local_service: RunningService) -> None:
    refused = run_cli(local_service, "billing", "get", PARTNERCENTER_BASE_URL="https://localhost:1")
    assert refused.returncode == 7
    assert "attempt 2 of 4" in refused.stderr


def test_quickstart_tells_the_story_and_leaves_nothing_behind() -> None:
    told = _run("quickstart")
    assert told.returncode == 0
    number = re.search(r"purchaseOrderNumber  9888 → (9\d{3})\n", told.stdout)
    assert number
    assert f"PurchaseOrderNumber {number.group(1)}, TaxId *******78" in told.stdout


def test_the_example_prints_the_new_purchase_order_number(local_service: RunningService) -> None:
    run = [sys.executable, str(EXAMPLE)]
    printed = subprocess.run(run, env=local_service.environ, capture_output=True, text=True, timeout=60, check=True)
    assert re.fullmatch(r"9\d{3}\n", printed.stdout)


def test_the_checking_example_finds_nothing_in_the_seeded_profiles(local_service: RunningService) -> None:
    run = [sys.executable, str(CHECKING_EXAMPLE)]
    printed = subprocess.run(run, env=local_service.environ, capture_output=True, text=True, timeout=60, check=True)
    assert printed.stdout.splitlines() == [
        "BillingProfile: 0 violations",
        "LegalBusinessProfile: 0 violations",
        "OrganizationProfile: 0 violations",
    ]


def test_the_example_has_fewer_than_15_lines() -> None:
    assert len(EXAMPLE.read_text().splitlines()) < 15


@pytest.mark.parametrize("verb", ["quickstart", "serve", "env", "login", "whoami"])
def test_every_verb_has_a_help_text_with_an_example(verb: str) -> None:
    assert re.search(f"partnercenter .*{verb}", _run(verb, "--help").stdout.split("Example", 1)[1])


def test_ctrl_c_ends_serve_in_good_order(tmp_path: Path) -> None:
    import signal

    with running_service(tmp_path) as service:
        service.process.send_signal(signal.SIGINT)
        watchdog = threading.Timer(15, service.process.kill)
        watchdog.start()
        assert service.process.wait() == 0
        watchdog.cancel()
