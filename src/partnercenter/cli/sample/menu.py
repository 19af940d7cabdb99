"""The menu of the sample: read a choice, play the scenario, show what went wrong, and come back."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable

import click

from partnercenter import ConfigurationError, PartnerCenterError, SignInError
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.failures import explain
from partnercenter.cli.output import console
from partnercenter.cli.sample.scenarios import SCENARIOS, Scenario, named
from partnercenter.cli.sample.stage import Stage

_TITLE, _RULE = "Partner profile samples", 80 * "-"
_CHOICE = f"Number of a scenario, 1 to {len(SCENARIOS)}, R to repeat the last one, Q to quit: "
_AFTER = "Enter for the menu, R to repeat, Q to quit: "


class Ended(Exception):  # noqa: N818 - nothing went wrong
    """Nobody says anything any more."""


def is_a_terminal() -> bool:
    """Whether a person answers."""
    return sys.stdin is not None and sys.stdin.isatty()


def line(prompt: str) -> str:
    """The next line that is typed or piped. prompt: shown on a terminal alone. Raises Ended at the end."""
    if is_a_terminal():
        click.echo(prompt, nl=False)
    typed = sys.stdin.readline() if sys.stdin is not None else ""
    if not typed:
        raise Ended
    return typed.strip()


def answer(question: str) -> str:
    """What the user answers; asks again until it is something.

    Raises click.UsageError if the input of a pipe ends before: a change that was asked for must not fall out unsaid.
    """
    while True:
        try:
            said = line(f"{question}: ")
        except Ended:
            if is_a_terminal():
                raise
            raise click.UsageError(f"{question}: not given. Put it on the next line, or use --email.") from None
        if said:
            return said
        click.secho("Type something, or Ctrl+C to stop.", fg="red", err=True)


def run_menu(stage: Stage) -> int:
    """Let the user choose until there is no more; the exit code.

    On a terminal that is 0, whatever went wrong was seen. In a pipe it is the code of the first scenario that failed.
    """
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # bytes that are no text are no choice, and no defect
    try:
        return _talk(stage) if is_a_terminal() else _obey(stage)
    except Ended:
        click.echo()
    except KeyboardInterrupt as interrupt:
        # The SDK notes whether an update that was under way may have been made.
        click.echo("\n" + " ".join(getattr(interrupt, "__notes__", [])), err=True)
    return ExitCode.OK


def run_all(stage: Stage, scenarios: Iterable[Scenario]) -> int:
    """Play `scenarios` one after another, whatever fails; the exit code of the first that did."""
    return _first(_play(stage, scenario, _headed) for scenario in scenarios)


def _talk(stage: Stage) -> int:
    last: Scenario | None = None
    while True:
        _show_menu()
        prompt = _CHOICE
        while True:
            typed = line(prompt)
            if typed.lower() == "q":
                return ExitCode.OK
            if not typed:
                break
            chosen = last if typed.lower() == "r" else named(typed)
            if chosen is None:
                _say_wrong(typed, last)
                continue
            last, prompt = chosen, _AFTER
            _play(stage, chosen, _headed)


def _obey(stage: Stage) -> int:
    """Play what the lines of a pipe choose."""
    codes: list[int] = []
    last: Scenario | None = None
    try:
        while (typed := line("")).lower() != "q":
            chosen = last if typed.lower() == "r" else named(typed)
            if chosen:
                last = chosen
                codes.append(_play(stage, chosen, _plain))
            elif typed:
                _say_wrong(typed, last)
                codes.append(ExitCode.USAGE)
    except Ended:
        pass
    return _first(codes)


def _play(stage: Stage, scenario: Scenario, heading: Callable[[Scenario], None]) -> int:
    """Play one scenario, and say what went wrong; the exit code.

    In a pipe SignInError and ConfigurationError go on: the next scenario would meet them again.
    """
    heading(scenario)
    try:
        scenario.play(stage)
    except (SignInError, ConfigurationError) as error:
        if not is_a_terminal():
            raise
        return _explained(error)
    except PartnerCenterError as error:
        return _explained(error)
    except click.Abort:
        click.echo("Left as it is.", err=True)  # the answer to the question about production was no
    return ExitCode.OK


def _explained(error: PartnerCenterError) -> int:
    code = explain(error)
    return ExitCode.UNEXPECTED if code is None else code


def _first(codes: Iterable[int]) -> int:
    """The first code that is not OK; every one of them is asked for."""
    return next((code for code in list(codes) if code), ExitCode.OK)


def _show_menu() -> None:
    out = console()
    out.print(f"\n{_TITLE}\n{_RULE}", style="cyan")
    for number, scenario in enumerate(SCENARIOS, 1):
        out.print(f"{number:3}  {scenario.title}")
    out.print()


def _headed(scenario: Scenario) -> None:
    console().print(f"\n{scenario.title}\n{_RULE}", style="cyan")


def _plain(scenario: Scenario) -> None:
    """A pipe gets what the scenario prints, and no heading."""


def _say_wrong(typed: str, last: Scenario | None) -> None:
    if typed.lower() == "r" and last is None:
        said = "Nothing was run yet."
    else:
        said = f"{typed[:40]!a} is no scenario. Choose a number from 1 to {len(SCENARIOS)}."
    click.secho(said, fg="red", err=True)
