"""A change in a real cloud is visible, and asked for once. Nothing is sent there: the token is a fixed one."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pexpect  # type: ignore[import-untyped]
import pytest

from partnercenter import ClientSettings, Cloud, FixedToken, PartnerCenter, no_real_clouds
from partnercenter.cli.signing_in.production import confirm, is_production
from tests.running_service import RunningService, run_cli

CLAIMS = {"tid": "the-tenant", "upn": "jo@contoso.example"}
TOKEN = f"x.{base64.urlsafe_b64encode(json.dumps(CLAIMS).encode()).decode().rstrip('=')}.x"
ASKING = f"""
import click
from partnercenter import PartnerCenter, FixedToken
from partnercenter.cli.signing_in.production import confirm

@click.command()
def main():
    with PartnerCenter(FixedToken({TOKEN!r})) as partner:
        confirm(partner, "update the billing profile", False)
    print("went on")
main()
"""


@pytest.fixture
def production() -> Iterator[PartnerCenter]:
    with no_real_clouds(), PartnerCenter(FixedToken(TOKEN)) as partner:
        yield partner


@pytest.mark.filterwarnings("ignore:The cloud 'germany'")
@pytest.mark.parametrize("cloud", Cloud)
def test_every_cloud_is_production(cloud: Cloud) -> None:
    assert is_production(ClientSettings(cloud=cloud))


def test_another_address_is_not_production() -> None:
    assert not is_production(ClientSettings(base_url="https://localhost:8443"))


def test_a_change_names_cloud_tenant_user_and_what(
    production: PartnerCenter, capsys: pytest.CaptureFixture[str]
) -> None:
    confirm(production, "update the billing profile", yes=True)
    told = capsys.readouterr()
    line = "Production: cloud global, tenant the-tenant, user jo@contoso.example: update the billing profile.\n"
    assert (told.out, told.err) == ("", line)


def test_without_a_terminal_and_without_yes_a_change_is_refused_as_wrong_usage(production: PartnerCenter) -> None:
    with pytest.raises(click.UsageError, match="--yes") as caught:
        confirm(production, "update the billing profile", yes=False)
    assert caught.value.exit_code == 2


def test_a_change_of_a_local_service_is_not_asked_for(local_service: RunningService) -> None:
    changed = run_cli(local_service, "billing", "update", "--set", "purchaseOrderNumber=9000")
    assert changed.returncode == 0, changed.stderr
    assert "Production" not in changed.stderr


def _ask(tmp_path: Path, answer: str) -> str:
    (tmp_path / "asking.py").write_text(ASKING)
    child = pexpect.spawn(
        sys.executable,
        [str(tmp_path / "asking.py")],
        env=os.environ | {"PARTNERCENTER_REAL_CLOUDS": "refuse"},
        timeout=20,
        encoding="utf-8",
    )
    child.expect_exact("Go on? [y/N]")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    return f"{child.before}"


def test_on_a_terminal_a_change_is_asked_for_and_yes_goes_on(tmp_path: Path) -> None:
    assert "went on" in _ask(tmp_path, "y")


@pytest.mark.parametrize("answer", ["n", ""])
def test_on_a_terminal_any_other_answer_ends_it(tmp_path: Path, answer: str) -> None:
    assert "went on" not in _ask(tmp_path, answer)


def test_a_context_of_a_real_cloud_and_an_export_of_one_count_alike(tmp_path: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "PARTNERCENTER_CONFIG_DIR": str(tmp_path),
        "PARTNERCENTER_REAL_CLOUDS": "refuse",
        "PARTNERCENTER_CLOUD": "china",
        "PARTNERCENTER_TENANT_ID": "t",
        "PARTNERCENTER_CLIENT_ID": "c",
        "PARTNERCENTER_REFRESH_TOKEN": "canary",
    }
    command = [sys.executable, "-m", "partnercenter", "whoami"]
    refused = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert refused.returncode == 2
    assert "login.partner.microsoftonline.cn is a real cloud" in refused.stderr
