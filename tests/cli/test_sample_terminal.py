"""`partnercenter sample` on a terminal: a person chooses from the menu, mistypes, repeats and stops."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator

import pytest

from partnercenter.cli.sample.scenarios import SCENARIOS
from tests.cli.terminal import Terminal, terminal
from tests.running_service import RunningService, running_service

PROMPT = "Q to quit: "
QUESTION = "New email address of the support profile: "


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("sample")) as running:
        yield running


@pytest.fixture
def sample(service: RunningService) -> Iterator[Terminal]:
    """The sample, which shows its menu and asks."""
    with terminal("sample", environ=service.environ) as opened:
        yield opened


def _choose(sample: Terminal, choice: str) -> str:
    """Type a choice at the prompt; what is shown until the next prompt, which stays to be answered."""
    sample.type(choice)
    return sample.until(PROMPT)


def test_the_menu_lists_the_nine_by_their_numbers(sample: Terminal) -> None:
    menu = sample.until(PROMPT)
    assert re.findall(r"^ +(\d)  (.+?)\r?$", menu, re.MULTILINE) == [
        (str(number), scenario.title) for number, scenario in enumerate(SCENARIOS, 1)
    ]


def test_a_scenario_is_played_below_its_title(sample: Terminal) -> None:
    sample.until(PROMPT)
    shown = _choose(sample, "1")
    assert f"{SCENARIOS[0].title}\r\n{'-' * 80}" in shown
    assert "CompanyName: TEST_TEST_BugBash1" in shown


def test_the_menu_comes_back(sample: Terminal) -> None:
    sample.until(PROMPT)
    _choose(sample, "1")
    assert SCENARIOS[8].title in _choose(sample, "")


def test_a_wrong_choice_asks_again(sample: Terminal) -> None:
    sample.until(PROMPT)
    assert "'12' is no scenario. Choose a number from 1 to 9." in _choose(sample, "12")
    assert "MpnId" in _choose(sample, "4")


def test_r_repeats_and_a_number_needs_no_menu(sample: Terminal) -> None:
    sample.until(PROMPT)
    assert "Nothing was run yet." in _choose(sample, "r")
    assert ["MpnId" in _choose(sample, choice) for choice in ("4", "R", "5")] == [True, True, False]


def test_the_email_address_is_asked_for_until_it_is_given(sample: Terminal) -> None:
    sample.until(PROMPT)
    sample.type("9")
    sample.until(QUESTION)
    sample.type("")
    assert "Type something" in sample.until(QUESTION)
    assert "    Email: new@contoso.example" in _choose(sample, "new@contoso.example")


def test_what_goes_wrong_is_shown_and_the_menu_comes_back(sample: Terminal) -> None:
    sample.until(PROMPT)
    sample.type("9")
    sample.until(QUESTION)
    assert "Error: " in _choose(sample, "no address")
    assert SCENARIOS[0].title in _choose(sample, "")


def test_after_something_went_wrong_q_ends_with_0(sample: Terminal) -> None:
    sample.until(PROMPT)
    sample.type("9")
    sample.until(QUESTION)
    _choose(sample, "no address")
    sample.type("q")
    assert sample.exit_code() == 0


def test_q_ends_with_0(sample: Terminal) -> None:
    sample.until(PROMPT)
    sample.type("q")
    assert sample.exit_code() == 0


@pytest.mark.parametrize("keys", ["Ctrl+C", "Ctrl+D"])
@pytest.mark.parametrize("before", [[], ["4"]], ids=["at-the-start", "after-a-scenario"])
def test_keys_that_end_a_program_end_the_menu_with_0(sample: Terminal, before: list[str], keys: str) -> None:
    sample.until(PROMPT)
    for choice in before:
        _choose(sample, choice)
    sample.press(keys)
    assert sample.exit_code() == 0


@pytest.mark.parametrize("keys", ["Ctrl+C", "Ctrl+D"])
def test_keys_instead_of_an_email_address_end_with_0_and_change_nothing(
    service: RunningService, sample: Terminal, keys: str
) -> None:
    sample.until(PROMPT)
    email = re.findall("Email: .*", _choose(sample, "5"))
    sample.type("9")
    sample.until(QUESTION)
    sample.press(keys)
    assert sample.exit_code() == 0
    with terminal("sample", "--run", "5", environ=service.environ) as again:
        assert email == re.findall("Email: .*", again.until("ProfileType"))


def test_without_a_menu_ctrl_c_is_an_interruption(service: RunningService) -> None:
    service.process.send_signal(signal.SIGSTOP)  # so that the command waits for its answer
    try:
        with terminal("sample", "--run", "1", environ=service.environ) as waiting:
            for _ in range(15):  # turns of the spinner: time to load what signs in, and to begin to wait
                waiting.until("Signing in")
            waiting.press("Ctrl+C")
            assert waiting.exit_code() == 130
    finally:
        service.process.send_signal(signal.SIGCONT)


def test_a_terminal_gets_colours(service: RunningService) -> None:
    with terminal("sample", "--run", "1", environ=service.environ) as coloured:
        assert "\x1b[33m    CompanyName: " in coloured.rest()


def test_no_color_is_obeyed_on_a_terminal(service: RunningService) -> None:
    with terminal("sample", "--run", "1", environ=service.environ, NO_COLOR="1") as plain:
        assert re.search(r"\x1b\[3\d", plain.rest()) is None
