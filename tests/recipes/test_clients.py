"""The small clients in other languages: they read, change and write, and get over what a network does."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter import PartnerCenter
from partnercenter.cli.local.administration import ask
from partnercenter.wire.json_text import JsonObject
from tests.running_service import RunningService, running_service

EXAMPLES = Path(__file__).parents[2] / "examples"
CLIENTS = {
    "curl": ["bash", str(EXAMPLES / "curl" / "update_billing_profile.sh")],
    "node": ["node", str(EXAMPLES / "javascript" / "update_billing_profile.mjs")],
}
UPDATE = "update_billing_profile"
FAULTS: dict[str, JsonObject] = {
    "429": {"operation": UPDATE, "fault": "throttled", "seconds": 1},
    "503": {"operation": UPDATE, "fault": "status", "status": 503},
    "lost": {"operation": UPDATE, "fault": "no-answer-after-commit"},
    "read": {"operation": "get_billing_profile", "fault": "status", "status": 500},
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("clients"), "--test") as service:
        yield service


@pytest.fixture
def service(running: RunningService) -> RunningService:
    """As new."""
    ask(running.folder, "POST", "/admin/reset", {})
    return running


@pytest.fixture(params=[*CLIENTS.values()], ids=[*CLIENTS])
def client(request: pytest.FixtureRequest) -> list[str]:
    """The command of one client."""
    command: list[str] = request.param
    if not all(map(shutil.which, [command[0], "jq"])):
        pytest.skip(f"{command[0]} or jq is not installed")
    return command


def _run(client: list[str], service: RunningService) -> subprocess.CompletedProcess[str]:
    return subprocess.run(client, env=service.environ, capture_output=True, text=True, timeout=60, check=False)


def _numbers_written(service: RunningService) -> tuple[str | None, int]:
    """The purchase order number, and how many updates there were."""
    with PartnerCenter.from_env(service.variables) as partner:
        return partner.profiles.billing_profile.get().purchase_order_number, len(partner.audit_records.query())


def test_it_writes_the_number_that_it_prints(service: RunningService, client: list[str]) -> None:
    ran = _run(client, service)
    assert ran.returncode == 0, ran.stderr
    assert _numbers_written(service) == (ran.stdout.strip(), 1)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_it_gets_over_a_fault_and_updates_once(service: RunningService, client: list[str], fault: JsonObject) -> None:
    ask(service.folder, "PUT", "/admin/faults", {"faults": [fault]})
    ran = _run(client, service)
    assert ran.returncode == 0, ran.stderr
    assert _numbers_written(service) == (ran.stdout.strip(), 1)
    assert ask(service.folder, "GET", "/admin/faults")["unused"] == 0


@pytest.mark.parametrize(
    "fault",
    [pytest.param(fault, id=name) for name, fault in FAULTS.items()],
)
def test_it_has_good_manners(service: RunningService, client: list[str], fault: JsonObject) -> None:
    ask(service.folder, "PUT", "/admin/faults", {"faults": [fault]})
    _run(client, service)
    assert ask(service.folder, "GET", "/admin/findings") == {"findings": []}


def test_a_refusal_ends_it_at_once_and_is_shown(service: RunningService, client: list[str]) -> None:
    user = "c0000000-0000-4000-8000-000000000001"
    ask(service.folder, "PUT", f"/admin/accounts/{user}", {"enabled": False})
    ran = _run(client, service)
    assert (ran.returncode != 0, "invalid_grant" in ran.stderr) == (True, True)
    entries = ask(service.folder, "GET", "/admin/journal")["entries"]
    assert isinstance(entries, list)
    assert len(entries) == 1
