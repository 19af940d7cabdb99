"""Signing in on the command line, and what later commands make of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.sign_in import BILLING_ADMIN, WITHOUT_TOKEN, login, with_browser
from tests.running_service import RunningService, run_cli


def run(service: RunningService, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run_cli(service, *arguments, **(WITHOUT_TOKEN | {"PARTNERCENTER_CONFIG_DIR": str(folder)} | more))


def user(service: RunningService, folder: Path, *before: str) -> str:
    shown = run(service, folder, *before, "whoami", "-o", "json")
    assert shown.returncode == 0, shown.stderr
    return str(json.loads(shown.stdout)["user"])


@pytest.fixture(scope="module")
def signed_in(local_service: RunningService, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a user whom `login` remembers."""
    folder = tmp_path_factory.mktemp("signed-in")
    assert login(local_service, folder).returncode == 0
    return folder


def test_a_login_says_who_it_was_and_where_it_is_remembered(local_service: RunningService, tmp_path: Path) -> None:
    told = login(local_service, tmp_path).stdout
    assert f"Signed in as {BILLING_ADMIN}" in told
    assert "context default" in told


def test_later_commands_use_the_access_token_of_the_login(local_service: RunningService, signed_in: Path) -> None:
    kept = next((signed_in / "tokens").glob("*.json"))
    before = kept.read_bytes()
    assert user(local_service, signed_in) == BILLING_ADMIN
    assert kept.read_bytes() == before


def test_a_renewed_refresh_token_takes_the_place_of_the_old_one(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path)
    file = tmp_path / "tokens" / "default.json"
    (account,) = json.loads(file.read_text()).items()
    name, first = account[0], account[1]["refreshToken"]
    file.write_text(json.dumps({name: {"refreshToken": first}}))  # as after the end of the access token
    assert user(local_service, tmp_path) == BILLING_ADMIN
    assert json.loads(file.read_text())[name]["refreshToken"] != first


def test_a_kept_token_that_the_service_rejects_is_replaced_in_the_file(
    local_service: RunningService, tmp_path: Path
) -> None:
    login(local_service, tmp_path)
    file = tmp_path / "tokens" / "default.json"
    kept = json.loads(file.read_text())
    ((scope, found),) = next(iter(kept.values()))["accessTokens"].items()
    next(iter(kept.values()))["accessTokens"][scope] = found | {"token": "canary"}
    file.write_text(json.dumps(kept))
    shown = run(local_service, tmp_path, "billing", "get")
    assert shown.returncode == 0, shown.stderr
    assert "canary" not in file.read_text()


def test_commands_at_once_renew_the_token_once(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path)
    file = tmp_path / "tokens" / "default.json"
    kept = json.loads(file.read_text())
    next(iter(kept.values()))["accessTokens"].clear()
    file.write_text(json.dumps(kept))
    environ = local_service.environ | WITHOUT_TOKEN | {"PARTNERCENTER_CONFIG_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "partnercenter", "whoami", "-o", "json"]
    started = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    ends = {json.loads(one.communicate(timeout=60)[0])["expiresAt"] for one in started}
    assert len(ends) == 1
    assert len(next(iter(json.loads(file.read_text()).values()))["accessTokens"]) == 1


def test_a_login_belongs_to_the_context_that_it_names(local_service: RunningService, tmp_path: Path) -> None:
    told = login(local_service, tmp_path, "--context", "mine").stdout
    assert "Next: partnercenter --context mine whoami" in told
    assert user(local_service, tmp_path, "--context", "mine") == BILLING_ADMIN


def test_a_context_may_be_named_before_the_verb(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path, before=("--context", "mine"))
    assert user(local_service, tmp_path, "--context", "mine") == BILLING_ADMIN


def test_a_later_login_takes_the_place_of_an_earlier_one(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path)
    login(local_service, tmp_path, user="admin@first.partner.example")
    assert user(local_service, tmp_path) == "admin@first.partner.example"


def test_the_browser_signs_in_with_a_code_that_comes_back_to_this_machine(
    local_service: RunningService, tmp_path: Path
) -> None:
    done = run(local_service, tmp_path, "login", "--browser", **with_browser())
    assert done.returncode == 0, done.stderr
    assert user(local_service, tmp_path) == BILLING_ADMIN


def test_the_keyring_keeps_the_tokens_instead_of_a_file(
    local_service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.cli.signing_in.keyring_in_a_file.Keyring")
    monkeypatch.setenv("KEYRING_OF_THE_TEST", str(tmp_path / "keyring"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    login(local_service, tmp_path, "--keyring")
    assert user(local_service, tmp_path) == BILLING_ADMIN
    assert list(json.loads((tmp_path / "keyring").read_text())) == ["partnercenter/default"]
    assert list(tmp_path.rglob("default.json")) == []


def test_nobody_is_signed_in_after_a_logout(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path)
    assert run(local_service, tmp_path, "logout").stdout == "Signed out of the context default.\n"
    refused = run(local_service, tmp_path, "whoami")
    assert refused.returncode == 3
    assert "partnercenter login --context default" in refused.stderr


def test_a_logout_removes_tokens_that_others_can_read(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path)
    (tmp_path / "tokens" / "default.json").chmod(0o640)
    assert run(local_service, tmp_path, "logout").stdout == "Signed out of the context default.\n"
    assert not (tmp_path / "tokens" / "default.json").exists()


def test_a_table_has_the_roles_in_words(local_service: RunningService) -> None:
    shown = run_cli(local_service, "whoami").stdout
    assert [line.split(maxsplit=1) for line in shown.splitlines() if line.startswith("roles")] == [
        ["roles", "global admin"]
    ]


def test_tokens_that_others_can_read_are_refused(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path)
    (tmp_path / "tokens" / "default.json").chmod(0o640)
    refused = run(local_service, tmp_path, "whoami")
    assert refused.returncode == 2
    assert "chmod 600" in refused.stderr


def test_two_names_for_one_login_are_refused(local_service: RunningService, tmp_path: Path) -> None:
    refused = run(local_service, tmp_path, "--context", "a", "login", "--context", "b")
    assert refused.returncode == 2


def test_a_login_of_an_earlier_version_becomes_the_default_context(
    local_service: RunningService, signed_in: Path, tmp_path: Path
) -> None:
    (tokens,) = json.loads((signed_in / "tokens" / "default.json").read_text()).values()
    names = ("CLOUD", "BASE_URL", "AUTHORITY", "TENANT_ID", "CLIENT_ID", "CA_BUNDLE")
    old = {f"PARTNERCENTER_{name}": local_service.variables[f"PARTNERCENTER_{name}"] for name in names}
    old["PARTNERCENTER_REFRESH_TOKEN"] = tokens["refreshToken"]
    (tmp_path / "login.json").write_text(json.dumps(old))
    assert user(local_service, tmp_path) == BILLING_ADMIN
    assert not (tmp_path / "login.json").exists()


def test_a_damaged_login_of_an_earlier_version_is_refused_in_a_sentence(
    local_service: RunningService, tmp_path: Path
) -> None:
    (tmp_path / "login.json").write_text("{")
    refused = run(local_service, tmp_path, "whoami")
    assert refused.returncode == 2
    assert "earlier version" in refused.stderr


def test_the_variable_of_earlier_versions_is_refused_in_a_sentence(local_service: RunningService) -> None:
    old = {"PARTNERCENTER_CONFIG_DIR": "", "PARTNERCENTER_LOGIN_FILE": "/x"}
    refused = run_cli(local_service, "whoami", **(WITHOUT_TOKEN | old))
    assert refused.returncode == 2
    assert "Name a folder with PARTNERCENTER_CONFIG_DIR" in refused.stderr


def test_whoami_says_what_the_service_says_of_the_second_factor(local_service: RunningService) -> None:
    facts = json.loads(run_cli(local_service, "whoami", "-o", "json").stdout)
    assert (facts["mfa"], facts["mfaByService"]) == (True, True)


def test_whoami_says_that_a_user_without_a_second_factor_is_not_compliant(
    local_service: RunningService, tmp_path: Path
) -> None:
    login(local_service, tmp_path, user="nomfa@first.partner.example")
    facts = json.loads(run(local_service, tmp_path, "whoami", "-o", "json").stdout)
    assert (facts["mfa"], facts["mfaByService"]) == (False, False)


def test_whoami_says_why_it_is_this_user(local_service: RunningService, signed_in: Path) -> None:
    exported = json.loads(run_cli(local_service, "whoami", "-o", "json").stdout)
    assert (exported["context"], exported["signedInBy"]) == (None, "PARTNERCENTER_REFRESH_TOKEN is set")
    remembered = json.loads(run(local_service, signed_in, "whoami", "-o", "json").stdout)
    assert (remembered["context"], remembered["production"]) == ("default", False)


def test_whoami_says_when_the_token_ends_in_both_ways(local_service: RunningService) -> None:
    facts = json.loads(run_cli(local_service, "whoami", "-o", "json").stdout)
    assert 0 < facts["expiresInSeconds"] <= 3600
    assert facts["expiresAt"].endswith("+00:00")


def test_whoami_works_while_the_api_is_down(local_service: RunningService) -> None:
    shown = run_cli(local_service, "whoami", "-o", "json", PARTNERCENTER_BASE_URL="https://localhost:1")
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["mfaByService"] is None
