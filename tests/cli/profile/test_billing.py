"""`partnercenter billing` as its user runs it: a process, real TLS, a pipe instead of a terminal."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.running_service import RunningService, run_cli, running_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("billing")) as running:
        yield running


def _get(service: RunningService) -> dict[str, object]:
    profile: dict[str, object] = json.loads(run_cli(service, "billing", "get", "-o", "json").stdout)
    return profile


def test_get_prints_a_table_that_needs_no_terminal(service: RunningService) -> None:
    shown = run_cli(service, "billing", "get")
    assert shown.returncode == 0
    assert "companyName                 TEST_TEST_BugBash1\n" in shown.stdout


def test_get_as_json_is_the_profile_as_the_service_sent_it(service: RunningService) -> None:
    profile = _get(service)
    assert (profile["companyName"], profile["profileType"]) == ("TEST_TEST_BugBash1", "BillingProfile")


def test_get_as_yaml_can_be_read_back(service: RunningService) -> None:
    import yaml

    assert yaml.safe_load(run_cli(service, "billing", "get", "-o", "yaml").stdout) == _get(service)


def test_the_table_masks_the_tax_id(service: RunningService) -> None:
    shown = run_cli(service, "billing", "get").stdout
    assert "12-345678" not in shown
    assert "*******78" in shown


def test_update_shows_the_change_and_the_new_tag(service: RunningService) -> None:
    changed = run_cli(service, "billing", "update", "--set", "purchaseOrderNumber=9321")
    assert "purchaseOrderNumber  9888 → 9321\n" in changed.stdout
    assert f"New entity tag: {_get(service)['attributes']['etag']}" in changed.stdout  # type: ignore[index]


def test_update_takes_a_member_inside_an_object_in_any_casing(service: RunningService) -> None:
    changed = run_cli(service, "billing", "update", "--set", "Address.City=Seattle", "-o", "json")
    assert json.loads(changed.stdout)["address"]["city"] == "Seattle"


def test_unset_clears_a_member(service: RunningService) -> None:
    run_cli(service, "billing", "update", "--unset", "primaryContact.firstName")
    assert "firstName" not in _get(service)["primaryContact"]  # type: ignore[operator]


def test_dry_run_shows_the_change_and_sends_nothing(service: RunningService) -> None:
    before = _get(service)
    shown = run_cli(service, "billing", "update", "--set", "purchaseOrderNumber=1", "--dry-run")
    assert "→ 1\n" in shown.stdout
    assert _get(service) == before


def test_a_change_that_changes_nothing_is_not_sent(service: RunningService) -> None:
    before = _get(service)
    shown = run_cli(service, "billing", "update", "--set", f"companyName={before['companyName']}")
    assert (shown.returncode, _get(service)) == (0, before)


def test_a_member_that_the_service_keeps_is_named(service: RunningService) -> None:
    shown = run_cli(service, "billing", "update", "--unset", "companyName", "--set", "purchaseOrderNumber=77")
    assert "the service kept companyName" in shown.stderr
    assert shown.returncode == 6


def test_a_pipe_gets_no_colours(service: RunningService) -> None:
    assert "\x1b[" not in run_cli(service, "billing", "update", "--set", "purchaseOrderNumber=2", "--dry-run").stdout


def _on_a_terminal(service: RunningService, *arguments: str, **changes: str) -> str:
    """What the command prints on a (pseudo) terminal."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "partnercenter", *arguments]
    environ = service.environ | {"TERM": "xterm-256color"} | changes
    environ = {name: value for name, value in environ.items() if name != "NO_COLOR" or "NO_COLOR" in changes}
    with subprocess.Popen(command, env=environ, stdin=slave, stdout=slave, stderr=subprocess.DEVNULL) as process:
        os.close(slave)
        printed = b""
        while chunk := _read(master):
            printed += chunk
        process.wait(timeout=30)
    os.close(master)
    return printed.decode()


def _read(master: int) -> bytes:
    try:
        return os.read(master, 4096)
    except OSError:  # how Linux says that the other side has closed
        return b""


def test_a_terminal_gets_the_difference_in_red_and_green(service: RunningService) -> None:
    printed = _on_a_terminal(service, "billing", "update", "--set", "purchaseOrderNumber=2", "--dry-run")
    assert "\x1b[32m2\x1b[0m" in printed


def test_no_color_is_obeyed_on_a_terminal(service: RunningService) -> None:
    shown = _on_a_terminal(service, "billing", "update", "--set", "purchaseOrderNumber=2", "--dry-run", NO_COLOR="1")
    assert "\x1b[3" not in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "purchaseOrderNumber"], "A change is written MEMBER=VALUE"),
        (["--set", "nothing=1"], "nothing is not a member of the billing profile; it has: companyName"),
        (["--set", "attributes.etag=x"], "attributes.etag cannot be changed"),
        (["--set", "address=x"], "Name one of its members: address.country"),
        (["--set", "billingDay=tomorrow"], "billingDay is a whole number"),
        (["--set", "taxId=1", "--unset", "TaxId"], "named twice"),
        ([], "Nothing to change"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_would_be_right(
    service: RunningService, arguments: list[str], said: str
) -> None:
    refused = run_cli(service, "billing", "update", *arguments)
    assert refused.returncode == 2
    assert said in refused.stderr.replace("\n", " ")


def test_a_refused_value_exits_6_and_names_the_member(service: RunningService) -> None:
    refused = run_cli(service, "billing", "update", "--set", "billingDay=40")
    assert refused.returncode == 6
    assert "billingDay: must be a day of the month" in refused.stderr


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_narrow_encoding_does_not_make_an_update_fail(service: RunningService, encoding: str) -> None:
    changed = run_cli(
        service, "billing", "update", "--set", f"purchaseOrderNumber={encoding}", PYTHONIOENCODING=encoding
    )
    assert changed.returncode == 0
    assert f"9888 ? {encoding}" in changed.stdout or f"? {encoding}\n" in changed.stdout
