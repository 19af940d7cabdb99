"""`partnercenter sample`: the console test app of the .NET SDK, its nine profile scenarios, in Python."""

from __future__ import annotations

import click

from partnercenter.cli.sample.menu import answer, run_all, run_menu
from partnercenter.cli.sample.scenarios import SCENARIOS, Scenario, named
from partnercenter.cli.sample.stage import Stage
from partnercenter.cli.signing_in.production import confirm, yes_option


def _chosen(_context: click.Context, _parameter: click.Parameter, typed: tuple[str, ...]) -> tuple[Scenario, ...]:
    found = [(text, named(text)) for text in typed]
    for text, scenario in found:
        if scenario is None:
            names = ", ".join(each.name for each in SCENARIOS)
            raise click.BadParameter(f"{text[:40]!a} is no scenario. It can be {names}, or a number.")
    return tuple(scenario for _, scenario in found if scenario)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--run",
    "chosen",
    multiple=True,
    metavar="SCENARIO",
    callback=_chosen,
    help="Run this one, by name or number, without the menu. Repeatable.",
)
@click.option("--all", "every", is_flag=True, help="Run all nine, one after another, without the menu.")
@click.option("--list", "listed", is_flag=True, help="Print the names of the scenarios.")
@click.option(
    "--email", metavar="ADDRESS", help="What update-support-profile writes. [default: asked for; made up without menu]"
)
@yes_option
def command(chosen: tuple[Scenario, ...], every: bool, listed: bool, email: str | None, yes: bool) -> None:
    """Run the profile scenarios of the console test app: read a profile, change it, send it back, print it.

    Without an option a menu asks which one. In a pipe each line of standard input chooses one. It speaks as whoever
    the environment names or is signed in, to a local service or to production.

    \b
    Examples:
      partnercenter sample
      partnercenter sample --run update-billing-profile
      echo 1 | partnercenter sample
      partnercenter sample --all
    """
    if sum((bool(chosen), every, listed)) > 1:
        raise click.UsageError("Use one of --run, --all and --list.")
    if listed:
        for number, scenario in enumerate(SCENARIOS, 1):
            click.echo(f"{number}  {scenario.name}")
    else:
        raise click.exceptions.Exit(_run(SCENARIOS if every else chosen, email, yes))


def _run(chosen: tuple[Scenario, ...], email: str | None, yes: bool) -> int:
    by_hand = answer if not chosen else None
    answered = by_hand if email is None else lambda _question: email
    with Stage(answered, lambda partner, change: confirm(partner, change, yes)) as stage:
        return run_all(stage, chosen) if chosen else run_menu(stage)
