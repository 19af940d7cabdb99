"""`partnercenter audit` as its user runs it: processes, a running service, a file that was changed by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from partnercenter.service import seed
from partnercenter.service.app import DATABASE_NAME
from tests.cli.in_process import command_line
from tests.running_service import RunningService, run_cli, running_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("audit")) as running:
        for number in ("1", "2", "3"):
            assert run_cli(running, "billing", "update", "--set", f"purchaseOrderNumber={number}").returncode == 0
        yield running


@pytest.fixture
def copy(service: RunningService, tmp_path: Path) -> Path:
    """A folder with a copy of the data."""
    source = apsw.Connection(str(service.folder / DATABASE_NAME), flags=apsw.SQLITE_OPEN_READONLY)
    target = apsw.Connection(str(tmp_path / DATABASE_NAME))
    with target.backup("main", source, "main") as backup:
        backup.step()
    source.close()
    target.close()
    return tmp_path


def verify(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "partnercenter", "audit", "verify", "--data", str(folder), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=dict(os.environ))


def change(folder: Path, statement: str) -> None:
    connection = apsw.Connection(str(folder / DATABASE_NAME))
    connection.execute(statement)
    connection.close()


def test_list_prints_a_line_for_each_record(service: RunningService) -> None:
    listed = run_cli(service, "audit", "list")
    assert listed.returncode == 0
    assert listed.stdout.count("update_partner_billing_profile  succeeded  admin@first.partner.example") == 3


def test_list_as_tsv_has_a_line_of_plain_values_for_each_record(service: RunningService) -> None:
    lines = [line.split("\t") for line in run_cli(service, "audit", "list", "-o", "tsv").stdout.splitlines()]
    told = ["update_partner_billing_profile", "succeeded", "admin@first.partner.example"]
    assert [line[1:] for line in lines] == [told] * 3


def test_list_as_json_is_newest_first(service: RunningService) -> None:
    items = json.loads(run_cli(service, "audit", "list", "-o", "json").stdout)["items"]
    assert [json.loads(item["resourceNewValue"])["PurchaseOrderNumber"] for item in items] == ["3", "2", "1"]


def test_verify_finds_the_audit_intact_while_the_service_runs(service: RunningService) -> None:
    verified = verify(service.folder)
    assert (verified.returncode, verified.stderr) == (0, "")
    assert verified.stdout == f"{seed.FIRST_TENANT.id}  3 entries intact\n"


def test_a_list_without_records_says_so_beside_the_table(local_service: RunningService) -> None:
    listed = command_line("audit", "list", "--resource-type", "nothing", environ=local_service.environ)
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "", "No records.\n")


def test_a_list_without_records_is_plain_json(local_service: RunningService) -> None:
    arguments = ("audit", "list", "--resource-type", "nothing", "-o", "json")
    listed = command_line(*arguments, environ=local_service.environ)
    assert (json.loads(listed.stdout), listed.stderr) == ({"totalCount": 0, "items": []}, "")


def test_verify_says_so_if_there_is_no_entry(copy: Path) -> None:
    change(copy, "DELETE FROM audit")
    change(copy, "DELETE FROM audit_head")
    verified = command_line("audit", "verify", "--data", str(copy))
    assert (verified.returncode, verified.stdout) == (0, "")
    assert "No entries" in verified.stderr


def test_verify_as_json_tells_the_head(service: RunningService) -> None:
    told = json.loads(verify(service.folder, "-o", "json").stdout)
    (tenant,) = told["tenants"]
    assert (told["intact"], tenant["head"]["sequence"], len(tenant["head"]["hash"])) == (True, 3, 64)


def test_t15_verify_names_the_tenant_and_the_entry_that_was_changed(copy: Path) -> None:
    change(copy, "UPDATE audit SET record = replace(record, 'succeeded', 'succeedet') WHERE sequence = 2")
    verified = verify(copy)
    assert verified.returncode == 6
    assert f"tenant {seed.FIRST_TENANT.id}, entry 2: the record, its date or its hash was changed" in verified.stderr
    assert "1 entry intact, broken at 2" in verified.stdout


def test_verify_as_json_tells_the_break(copy: Path) -> None:
    change(copy, "DELETE FROM audit WHERE sequence = 3")
    verified = verify(copy, "-o", "json")
    assert verified.returncode == 6
    told = json.loads(verified.stdout)
    assert (told["intact"], told["tenants"][0]["broken"]) == (False, {"sequence": 3, "damage": "cut"})


def test_verify_says_what_to_do_without_a_database(tmp_path: Path) -> None:
    verified = verify(tmp_path)
    assert verified.returncode == 1
    assert "Name the folder of the service" in verified.stderr


def test_verify_says_so_if_the_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(b"damaged" * 1000)
    verified = verify(tmp_path)
    assert verified.returncode == 1
    assert "cannot be used" in verified.stderr
    assert "Traceback" not in verified.stderr
