"""`partnercenter serve --test` and `--seed`, as whole processes."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_service import RunningService, run_cli, running_service

PARTNERS = "partners:\n  - tenant: contoso.example\n    billing: {purchaseOrderNumber: '4711'}\n  - tenant: b.example\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("data"), "--test") as running:
        yield running


def administer(
    service: RunningService, method: str, path: str, document: object = None, **lines: str
) -> tuple[int, object]:
    """Status and JSON of the answer to one request of the administration."""
    bearer = {"Authorization": f"Bearer {service.variables.get('PARTNERCENTER_ADMIN_TOKEN', '')}"}
    body = None if document is None else json.dumps(document).encode()
    request = urllib.request.Request(service.base_url + path, body, bearer | lines, method=method)
    try:
        with urllib.request.urlopen(request, context=service.tls(), timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, None


def test_the_ready_line_says_that_nothing_is_kept(service: RunningService) -> None:
    assert "test mode, data in memory" in service.ready_line


def test_a_change_is_gone_after_a_reset(service: RunningService) -> None:
    run_cli(service, "billing", "set", "purchaseOrderNumber=1")
    assert administer(service, "POST", "/admin/reset")[0] == 200
    assert '"purchaseOrderNumber": "9888"' in run_cli(service, "billing", "get", "-o", "json").stdout


def test_no_database_is_left_in_the_folder(service: RunningService) -> None:
    assert [*service.folder.glob("*.sqlite3*")] == []


def test_other_partners_are_published_at_once(tmp_path: Path) -> None:
    with running_service(tmp_path, "--test") as service:
        administer(service, "PUT", "/admin/seed", {"partners": [{"tenant": "contoso.example"}]})
        shown = json.loads((tmp_path / "environment.json").read_text())
    assert shown["PARTNERCENTER_REFRESH_TOKEN"] == "local-refresh-token-of-contoso.example"


def test_a_seed_file_says_who_there_is(tmp_path: Path) -> None:
    (tmp_path / "partners.yaml").write_text(PARTNERS)
    with running_service(tmp_path / "data", "--test", "--seed", str(tmp_path / "partners.yaml")) as service:
        assert '"purchaseOrderNumber": "4711"' in run_cli(service, "billing", "get", "-o", "json").stdout


def test_a_fresh_folder_keeps_its_partners(tmp_path: Path) -> None:
    (tmp_path / "partners.yaml").write_text(PARTNERS)
    with running_service(tmp_path / "data", "--seed", str(tmp_path / "partners.yaml")):
        pass
    with running_service(tmp_path / "data") as service:
        assert '"purchaseOrderNumber": "4711"' in run_cli(service, "billing", "get", "-o", "json").stdout


def test_a_token_that_was_named_beforehand_opens_the_administration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTNERCENTER_ADMIN_TOKEN", "a-token-for-containers")
    with running_service(tmp_path, "--test") as service:
        assert service.variables["PARTNERCENTER_ADMIN_TOKEN"] == "a-token-for-containers"
        assert administer(service, "GET", "/admin/clock")[0] == 200


def test_a_service_that_keeps_its_data_takes_no_named_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERCENTER_ADMIN_TOKEN", "a-token-for-containers")
    with running_service(tmp_path, "--admin", "on") as service:
        assert service.variables["PARTNERCENTER_ADMIN_TOKEN"] != "a-token-for-containers"
        assert administer(service, "POST", "/admin/reset")[0] == 404


def test_a_certificate_of_ours_is_shown(service: RunningService) -> None:
    assert service.tls().verify_mode is ssl.CERT_REQUIRED


WRONG = {
    "no-file": (["--test", "--seed", "nothing.yaml"], "--seed nothing.yaml"),
    "empty": (["--test", "--seed", "empty.yaml"], "The seed is empty"),
    "no-yaml": (["--test", "--seed", "bad.yaml"], "The seed is not YAML"),
    "mistakes": (["--test", "--seed", "wrong.yaml"], "partners[0]: tenant must be a domain name"),
    "database": (["--test", "--database", "postgresql://u@h/n"], "--test keeps its data in memory"),
}


@pytest.mark.parametrize(("options", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_is_refused_before_anything_starts(tmp_path: Path, options: list[str], said: str) -> None:
    for name, text in {"empty": "", "bad": "a: [", "wrong": "partners: [{tenant: X}]"}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    command = [sys.executable, "-m", "partnercenter", "serve", "--port", "0", *options]
    ended = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=60, env={**os.environ}, check=False
    )
    assert (ended.returncode, said in ended.stderr) == (2, True), ended.stderr
