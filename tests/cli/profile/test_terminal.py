"""What asks a person, on a pseudo-terminal: an editor that takes the screen, and the question of `restore`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import terminal
from tests.running_service import RunningService, run_cli, running_service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("terminal")) as running:
        yield running


def _number(service: RunningService) -> str:
    return run_cli(service, "billing", "get", "--query", "purchaseOrderNumber", "-o", "tsv").stdout.strip()


@pytest.fixture
def line_editor(tmp_path: Path) -> str:
    """An editor that asks on the terminal for a `sed` expression, as a small `ed` would."""
    script = tmp_path / "line-editor"
    script.write_text('#!/bin/sh\nprintf "edit> " > /dev/tty\nread -r line < /dev/tty\nsed -i "$line" "$1"\n')
    script.chmod(0o700)
    return str(script)


def test_an_editor_on_the_terminal_is_asked_again_after_a_refusal(service: RunningService, line_editor: str) -> None:
    with terminal("billing", "edit", environ=service.environ, EDITOR=line_editor, VISUAL="") as screen:
        screen.until("edit> ")
        screen.type("s/^billingDay:.*/billingDay: 40/")
        screen.until("edit> ")
        screen.type("s/^billingDay:.*//; s/^purchaseOrderNumber:.*/purchaseOrderNumber: 9321/")
        told = screen.rest()
        assert screen.exit_code() == 0
    assert "\x1b[32m9321\x1b[0m" in told
    assert _number(service) == "9321"


def test_ctrl_c_in_the_editor_is_for_the_editor(service: RunningService, line_editor: str) -> None:
    with terminal("billing", "edit", environ=service.environ, EDITOR=line_editor, VISUAL="") as screen:
        screen.until("edit> ")
        screen.press("Ctrl+C")
        assert "Nothing was sent." in screen.rest()
        assert screen.exit_code() == 1


def test_restore_asks_and_no_is_no(service: RunningService) -> None:
    run_cli(service, "billing", "set", "purchaseOrderNumber=1")
    with terminal("billing", "restore", "1", environ=service.environ) as screen:
        screen.until("Put these values back? [y/N]: ")
        screen.type("n")
        assert screen.exit_code() == 130
    assert _number(service) == "1"


def test_restore_asks_and_yes_is_yes(service: RunningService) -> None:
    run_cli(service, "billing", "set", "purchaseOrderNumber=4711")
    run_cli(service, "billing", "set", "purchaseOrderNumber=1")
    with terminal("billing", "restore", "1", environ=service.environ) as screen:
        assert "1 → 4711" in screen.until("Put these values back? [y/N]: ")
        screen.type("y")
        assert screen.exit_code() == 0
    assert _number(service) == "4711"


@pytest.mark.parametrize("arguments", [["set", "billingDay=40"], ["set", "--unset", "companyName", "address.city=X"]])
def test_no_color_is_obeyed_on_stderr_too(service: RunningService, arguments: list[str]) -> None:
    with terminal("billing", *arguments, environ=service.environ, NO_COLOR="1") as screen:
        assert "\x1b[3" not in screen.rest()
    with terminal("billing", *arguments, environ=service.environ) as screen:
        assert "\x1b[3" in screen.rest()


def test_a_table_on_a_terminal_can_be_read_as_json_by_a_program(service: RunningService) -> None:
    with terminal("billing", "get", "-o", "json", environ=service.environ) as screen:
        assert json.loads(screen.rest())["profileType"] == "BillingProfile"
