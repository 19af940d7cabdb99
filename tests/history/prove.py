"""`python -m tests.history.prove`: is every seeded bug caught, by whom, and how soon?

Exit codes: 0 all were caught in time, 1 one was not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from tests.history.report import Report
from tests.history.seeded_bugs import BUGS
from tests.history.session import BACKENDS, Plan, run

MOST_SECONDS = 60.0


def plan_for(bug: str, backend: str = BACKENDS[0], seed: int = 1) -> Plan:
    """A run of nodes with `bug` that ends with the first violation. Tenants are judged early and often."""
    return Plan(
        backend=backend,
        seconds=MOST_SECONDS,
        seed=seed,
        bug=bug,
        tenants=512,
        attempts_each=80,
        stops_at_violation=True,
    )


def hunt(bug: str, backend: str = BACKENDS[0], seed: int = 1) -> Report:
    """The report of such a run."""
    with tempfile.TemporaryDirectory(prefix="partnercenter-history-") as folder:
        return run(plan_for(bug, backend, seed), Path(folder))


def row(report: Report) -> str:
    """A line of the table."""
    caught = report.caught_after
    time = "not caught" if caught is None else f"{caught:5.1f} s"
    violations = [report.findings.chain, report.findings.search, report.findings.assertions]
    first = next((found[0] for found in violations[::-1] if found), "")
    return f"{report.bug:<42} {time:<10} {', '.join(report.findings.catchers):<26} {first}"


@click.command(help=__doc__)
@click.option("--backend", type=click.Choice(BACKENDS), default=BACKENDS[0], show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.argument("bugs", nargs=-1)
def main(backend: str, seed: int, bugs: tuple[str, ...]) -> None:
    sys.exit(0 if all([*_caught(bugs or tuple(BUGS), backend, seed)]) else 1)


def _caught(bugs: tuple[str, ...], backend: str, seed: int) -> Iterator[bool]:
    for bug in bugs:
        report = hunt(bug, backend, seed)
        click.echo(row(report))
        yield report.caught_after is not None and report.caught_after <= MOST_SECONDS


if __name__ == "__main__":
    main()
