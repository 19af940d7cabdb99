"""`partnercenter doctor`: everything that a command needs, looked at one by one, and what mends what does not work."""

from __future__ import annotations

from collections.abc import Iterator

import click
from rich.text import Text

from partnercenter.cli.doctor.finding import Finding, State, skipped
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, console, output_option, show
from partnercenter.cli.patience import patience
from partnercenter.wire.json_text import JsonValue

_COLOURS = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "bold red", State.SKIPPED: "dim"}


@click.command()
@output_option
def command(output: Format) -> None:
    """Check versions, trust, proxy, DNS, TLS, the clock, the authority, the token, MFA, the roles and the API.

    Each finding is ok, a warning or a problem, and comes with the line that mends it. Nothing is changed. Exits with 1
    if there is a problem.

    \b
    Examples:
      partnercenter doctor
      partnercenter --context production doctor
      partnercenter doctor --query "[?state=='problem'].mend" -o tsv
      partnercenter doctor -o json | jq -r '.[].mend // empty'
    """
    found: list[Finding] = []
    with patience("Looking") as looking:
        for finding in examine():
            found.append(finding)
            if output is Format.TABLE:
                _print(finding)
            else:
                looking(len(found))
    problems = sum(finding.state is State.PROBLEM for finding in found)
    if output is Format.TABLE:
        warnings = sum(finding.state is State.WARNING for finding in found)
        console().print(f"{problems} problem(s), {warnings} warning(s).", style="bold")
    else:
        listed: list[JsonValue] = [finding.as_json() for finding in found]
        show(listed, output)
    if problems:
        raise click.exceptions.Exit(ExitCode.UNEXPECTED)


def examine() -> Iterator[Finding]:
    """Every finding, as soon as it is known."""
    from partnercenter.cli.doctor import machine, network, sign_in

    yield from machine.versions()
    speaks, finding = sign_in.who()
    yield finding
    settings = sign_in.settings_of(speaks)
    yield from machine.trust_variables(settings)
    blocked = False
    if settings is not None:
        # The API and the authority may be one host, as that of a local service.
        for url in dict.fromkeys((settings.api_url, settings.authority_url)):
            yield from machine.proxy(url)
            if machine.has_broken_proxy(url):
                blocked = True
                continue
            ways = list(network.way_to(url, settings))
            yield from ways
            if url == settings.authority_url:
                blocked |= any(way.state is State.PROBLEM or way.told.endswith(network.NO_TRUST) for way in ways)
        if not machine.has_broken_proxy(settings.api_url):
            yield from network.clock(settings)
    if speaks is not None and not blocked:
        yield from sign_in.authority(speaks)
        yield from sign_in.user(speaks)
    else:
        why = "see the problems above"
        yield from (skipped(subject, why) for subject in ("authority", "token", "mfa", "roles", "api"))


def _print(finding: Finding) -> None:
    state = Text(finding.state.value.ljust(9), _COLOURS[finding.state])
    console().print(Text.assemble(state, (finding.subject.ljust(12), "bold"), finding.told))
    if finding.mend:
        console().print(Text.assemble(" " * 21, ("mend: ", "dim"), finding.mend))
