"""`reset`, `seed`, `snapshot` and `clock`, which drive a local service for tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter import PartnerCenter
from partnercenter.cli.local import env
from partnercenter.cli.local.administration import ask
from partnercenter.wire.json_text import JsonValue
from tests.cli.in_process import command_line
from tests.running_service import RunningService, running_service

TWO_PARTNERS = """
partners:
  - tenant: fabrikam.example
  - tenant: contoso.example
    name: Contoso
    billing: {purchaseOrderNumber: "0123"}
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("test-mode"), "--test") as service:
        yield service


@pytest.fixture
def service(running: RunningService) -> Iterator[RunningService]:
    """As new, with the published seed, and so it is left."""
    published = ask(running.folder, "GET", "/admin/seed")
    yield running
    ask(running.folder, "PUT", "/admin/seed", published)
    ask(running.folder, "POST", "/admin/reset", {})


@pytest.fixture(scope="module")
def not_for_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("for-use"), "--admin", "on") as service:
        yield service


def _run(service: RunningService, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return command_line(*arguments, environ=service.environ, given=given.encode())


def _said(service: RunningService, *arguments: str, given: str = "") -> str:
    ran = _run(service, *arguments, given=given)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def _told(service: RunningService, *arguments: str, given: str = "") -> dict[str, JsonValue]:
    told = json.loads(_said(service, *arguments, "-o", "json", given=given))
    assert isinstance(told, dict)
    return told


def _number(service: RunningService) -> str | None:
    with PartnerCenter.from_env(env.read(service.folder)) as partner:
        return partner.profiles.billing_profile.get().purchase_order_number


def _write(service: RunningService, number: str) -> None:
    with (
        PartnerCenter.from_env(env.read(service.folder)) as partner,
        partner.profiles.billing_profile.edit() as profile,
    ):
        profile.purchase_order_number = number


def test_reset_undoes_an_update(service: RunningService) -> None:
    _write(service, "9321")
    assert _said(service, "reset") == "As new. Partners: 2\n"
    assert _number(service) == "9888"


def test_reset_tells_programs_what_there_is(service: RunningService) -> None:
    assert _told(service, "reset") == {"partners": 2}


def test_seed_show_lists_the_partners(service: RunningService) -> None:
    titles, first, *_ = _said(service, "seed", "show").splitlines()
    assert titles.split() == ["tenant", "name", "id"]
    assert first.split()[:2] == ["first.partner.example", "TEST_TEST_BugBash1"]


def test_seed_set_reads_yaml_and_the_service_has_those_partners_alone(service: RunningService) -> None:
    assert _said(service, "seed", "set", "-", given=TWO_PARTNERS) == "Seeded. Partners: 2\n"
    shown = _said(service, "seed", "show").splitlines()[1:]
    assert [line.split()[0] for line in shown] == ["fabrikam.example", "contoso.example"]


def test_the_variables_are_those_of_the_partners_that_were_seeded(service: RunningService, tmp_path: Path) -> None:
    file = tmp_path / "partners.yaml"
    file.write_text(TWO_PARTNERS.replace("fabrikam.example", "zzz.example", 1), "utf-8")
    _said(service, "seed", "set", str(file))
    with PartnerCenter.from_env(env.read(service.folder)) as partner:
        assert partner.profiles.organization_profile.get().domain == "zzz.example"


def test_a_reset_keeps_the_seed_that_was_set(service: RunningService) -> None:
    _said(service, "seed", "set", "-", given=TWO_PARTNERS)
    _said(service, "reset")
    assert "contoso.example" in _said(service, "seed", "show")


@pytest.mark.parametrize("output", ["yaml", "json"])
def test_a_seed_that_was_shown_can_be_set(service: RunningService, output: str) -> None:
    shown = _said(service, "seed", "show", "-o", output)
    assert _told(service, "seed", "set", "-", given=shown) == {"partners": 2}
    assert _said(service, "seed", "show", "-o", output) == shown


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "It is an object"),
        ("- a", "It is an object"),
        ("partners: [", "The seed is not YAML"),
        ("partners: &all [{tenant: a.example, users: *all}]", "an alias"),
    ],
)
def test_a_seed_that_cannot_be_read_is_wrong_usage(service: RunningService, given: str, said: str) -> None:
    refused = _run(service, "seed", "set", "-", given=given)
    assert (refused.returncode, said in refused.stderr) == (2, True)


def test_everything_that_is_wrong_with_a_seed_is_said_each_on_its_line(service: RunningService) -> None:
    refused = _run(service, "seed", "set", "-", given="partners: [{tenant: 1}, {tenant: b.example, x: 1}]")
    lines = refused.stderr.splitlines()
    assert (refused.returncode, lines[0].partition(":")[0]) == (6, "Error")
    assert any("partners[0].tenant" in line for line in lines)
    assert any("partners[1]" in line for line in lines)


def test_a_snapshot_is_taken_and_restored(service: RunningService) -> None:
    _write(service, "9001")
    assert _said(service, "snapshot", "take", "before") == "Taken: before\n"
    _write(service, "9002")
    assert _said(service, "snapshot", "restore", "before") == "Restored: before\n"
    assert _number(service) == "9001"


def test_snapshots_are_listed_with_time_and_size(service: RunningService) -> None:
    _said(service, "snapshot", "take", "listed")
    titles, *rows = _said(service, "snapshot", "list").splitlines()
    name, taken, size = rows[-1].split()
    assert (titles.split(), name) == (["name", "taken", "bytes"], "listed")
    assert (taken.endswith("Z"), int(size) > 0) == (True, True)


def test_a_snapshot_that_was_removed_is_gone(service: RunningService) -> None:
    _said(service, "snapshot", "take", "gone")
    assert _said(service, "snapshot", "remove", "gone") == "Removed: gone\n"
    assert "gone" not in str(_told(service, "snapshot", "list"))


@pytest.mark.parametrize("verb", ["restore", "remove"])
def test_for_a_snapshot_that_is_none_those_that_are_there_are_named(service: RunningService, verb: str) -> None:
    _said(service, "snapshot", "take", "this-one")
    refused = _run(service, "snapshot", verb, "that-one")
    assert (refused.returncode, "this-one" in refused.stderr) == (6, True)


def test_a_name_that_cannot_be_is_refused(service: RunningService) -> None:
    refused = _run(service, "snapshot", "take", "a/b c")
    assert (refused.returncode, "letters, digits" in refused.stderr) == (6, True)


@pytest.mark.parametrize(
    ("span", "seconds"),
    [("90", 90), ("1.5", 1.5), ("90s", 90), ("15m", 900), ("1h", 3600), ("1h30m", 5400), ("2d", 172800), ("1H", 3600)],
)
def test_the_clock_is_set_ahead_by_a_span(service: RunningService, span: str, seconds: float) -> None:
    _said(service, "reset")
    assert _told(service, "clock", "advance", span)["ahead"] == seconds


def test_the_clock_is_shown_for_people(service: RunningService) -> None:
    _said(service, "reset")
    _said(service, "clock", "advance", "25h")
    date, ahead = _said(service, "clock", "show").splitlines()
    assert (date.split()[0], ahead) == ("date", "ahead  1 d 1 h")


@pytest.mark.parametrize("span", ["x", "1y", "h", "", "1h 30m", "³", "1.h", "inf", "nan"])
def test_what_is_no_span_of_time_is_wrong_usage(service: RunningService, span: str) -> None:
    assert _run(service, "clock", "advance", span).returncode == 2


def test_a_token_expires_when_the_clock_is_set_ahead(service: RunningService) -> None:
    with PartnerCenter.from_env(env.read(service.folder)) as partner:
        before = partner.access_token()
        _said(service, "clock", "advance", "2h")
        partner.profiles.billing_profile.get()  # 401, and another token without a word
        assert partner.access_token() != before


VERBS = [
    ["reset"],
    ["seed", "show"],
    ["snapshot", "list"],
    ["snapshot", "take", "x"],
    ["snapshot", "restore", "x"],
    ["clock", "show"],
    ["clock", "advance", "1s"],
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_service_that_is_not_for_tests_says_how_to_start_one(not_for_tests: RunningService, verb: list[str]) -> None:
    refused = _run(not_for_tests, *verb)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Start it with: partnercenter serve --test" in refused.stderr


def test_a_service_without_an_administration_says_the_same(not_for_tests: RunningService, tmp_path: Path) -> None:
    without = {name: value for name, value in not_for_tests.variables.items() if "ADMIN" not in name}
    (tmp_path / "environment.json").write_text(json.dumps(without), "utf-8")
    refused = command_line("reset", "--data", str(tmp_path))
    assert "Start it with: partnercenter serve --test" in refused.stderr
