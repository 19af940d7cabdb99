"""What a newcomer mistypes or has not set up, and the sentence that helps."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import click
import pytest

from partnercenter import BillingProfile, LegalBusinessProfile
from partnercenter.cli import _cli
from partnercenter.cli.failures import without_pointer
from partnercenter.cli.profile import assignments, groups
from partnercenter.wire.shapes import Shape
from tests.cli.in_process import command_line
from tests.running_service import RunningService

ADMIN_TOKEN = {"PARTNERCENTER_ADMIN_TOKEN": "token"}


def test_the_cloud_that_stands_behind_the_command_is_told_its_place() -> None:
    refused = command_line("billing", "get", "--cloud", "china")
    assert refused.returncode == 2
    assert "partnercenter --cloud china billing get" in refused.stderr


def test_the_context_that_stands_behind_the_command_is_told_its_place() -> None:
    refused = command_line("billing", "get", "--context", "production")
    assert refused.returncode == 2
    assert "partnercenter --context production billing get" in refused.stderr


def test_another_option_that_is_none_is_told_nothing_of_the_cloud() -> None:
    assert "before the command" not in command_line("billing", "get", "--colour").stderr


def test_a_mistyped_verb_is_told_the_nearest_one() -> None:
    refused = command_line("biling", "get")
    assert refused.returncode == 2
    assert "Did you mean 'billing'?" in refused.stderr


def test_a_mistyped_command_of_a_profile_is_told_the_nearest_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups.billing, "commands", {})  # none is loaded yet, as in a process of its own
    refused = command_line("billing", "updat")
    assert (refused.returncode, "Did you mean 'update'?" in refused.stderr) == (2, True)


@pytest.mark.parametrize("command", ["set", "edit", "restore"])
def test_who_wants_to_change_the_partner_network_profile_is_told_that_nobody_can(command: str) -> None:
    refused = command_line("mpn", command, "x=1")
    assert (refused.returncode, "Nobody can change the partner network profile" in refused.stderr) == (2, True)


@pytest.mark.parametrize(
    ("typed", "meant"), [("purchaseOrderNumbr=3", "purchaseOrderNumber"), ("adress.city=x", "address.city")]
)
def test_a_mistyped_member_is_told_the_nearest_path(typed: str, meant: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        assignments.apply(BillingProfile(), [typed], [])
    assert refused.value.message.endswith(f" Did you mean {meant}?")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Members are wrong. See data for each one.", "Members are wrong."),
        (
            "Members are wrong. See data for each one (HTTP 400, code 1).\n  - x",
            "Members are wrong (HTTP 400, code 1).\n  - x",
        ),
        ("A property is wrong. See data for each one, and GET /v1/x.", "A property is wrong."),
        ("See data.", "See data."),
    ],
)
def test_a_refusal_does_not_lead_to_a_body_that_no_person_sees(said: str, told: str) -> None:
    assert without_pointer(said) == told


def test_a_verb_that_is_like_none_is_told_none() -> None:
    assert "Did you mean" not in command_line("xyz").stderr


@pytest.mark.parametrize(
    ("profile", "assignment", "said"),
    [
        (BillingProfile(), "=5", "'' is not a member of the billing profile; it has: companyName"),
        (BillingProfile(), "purchaseOrderNumer=1", "purchaseOrderNumer is not a member of the billing profile; it has"),
        (LegalBusinessProfile(), "x=1", "x is not a member of the legal business profile; it has"),
        (BillingProfile(), "links=1", "links cannot be changed. What can: companyName"),
    ],
)
def test_a_member_that_is_none_is_told_those_that_are(profile: Shape, assignment: str, said: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        assignments.apply(profile, [assignment], [])
    assert said in refused.value.message


def test_env_without_a_service_names_the_whole_folder_and_the_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = command_line("env")
    assert refused.returncode == 1
    assert str(tmp_path / ".partnercenter") in refused.stderr
    assert "--data FOLDER" in refused.stderr


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_env_says_so_if_its_file_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / "environment.json").write_text(content)
    refused = command_line("env", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert "environment.json is damaged" in refused.stderr


def test_an_administration_that_cannot_be_reached_exits_7_with_the_next_step() -> None:
    refused = command_line("faults", "show", environ=ADMIN_TOKEN | {"PARTNERCENTER_BASE_URL": "http://localhost:1"})
    assert refused.returncode == 7
    assert 'eval "$(partnercenter env)"' in refused.stderr


def test_a_token_without_its_service_exits_2_and_names_the_variable() -> None:
    refused = command_line("faults", "show", environ=ADMIN_TOKEN)
    assert refused.returncode == 2
    assert "PARTNERCENTER_BASE_URL is not" in refused.stderr


def test_a_token_that_no_header_can_carry_exits_2() -> None:
    environ = {"PARTNERCENTER_ADMIN_TOKEN": "tok\u00e9n", "PARTNERCENTER_BASE_URL": "http://localhost:1"}
    refused = command_line("faults", "show", environ=environ)
    assert refused.returncode == 2
    assert "tok\u00e9n" not in refused.stderr


class _SignInPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Sign in</html>")

    def do_DELETE(self) -> None:
        self.connection.close()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def somebody_else() -> Iterator[dict[str, str]]:
    """The variables of an address where no Partner Center answers."""
    with HTTPServer(("127.0.0.1", 0), _SignInPage) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield ADMIN_TOKEN | {"PARTNERCENTER_BASE_URL": f"http://127.0.0.1:{server.server_port}"}
        server.shutdown()


def test_an_answer_that_is_none_of_the_administration_is_said_to_be(somebody_else: dict[str, str]) -> None:
    refused = command_line("faults", "show", environ=somebody_else)
    assert refused.returncode == 6
    assert "is not a local Partner Center" in refused.stderr


def test_an_administration_that_does_not_answer_exits_7(somebody_else: dict[str, str]) -> None:
    refused = command_line("faults", "clear", environ=somebody_else)
    assert refused.returncode == 7
    assert "did not answer" in refused.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
@pytest.mark.parametrize("format_", ["table", "json"])
def test_output_that_cannot_be_written_exits_1_in_one_line(local_service: RunningService, format_: str) -> None:
    command = [sys.executable, "-m", "partnercenter", "billing", "get", "-o", format_]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command, env=local_service.environ, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert ended.returncode == 1
    assert re.fullmatch(r"Error: The output cannot be written: .+\.\n", ended.stderr)


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        yield (*path, name)
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


@pytest.mark.parametrize("path", [*_commands(_cli)], ids=" ".join)
def test_every_help_text_has_an_example_and_no_trailing_blank(path: tuple[str, ...]) -> None:
    examples = command_line(*path, "--help").stdout.split("Example", 1)[1]
    assert f"partnercenter {path[0]}" in examples
    assert [line for line in examples.splitlines() if line != line.rstrip()] == []


def test_the_days_of_an_audit_are_asked_for_as_they_are_written() -> None:
    assert command_line("audit", "list", "--help").stdout.count(" YYYY-MM-DD ") == 2
