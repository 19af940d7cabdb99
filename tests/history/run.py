"""`python -m tests.history.run`: one run; with `--bug NAME`, of nodes that have that bug, until it is caught.

Exit codes: 0 nothing found, 1 a violation, 2 the run was void.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from pathlib import Path

import click

from tests.history import prove
from tests.history.report import Report, summary
from tests.history.seeded_bugs import BUGS
from tests.history.session import BACKENDS, Plan, run


@click.command(help=__doc__)
@click.option("--backend", type=click.Choice(BACKENDS), default=BACKENDS[0], show_default=True)
@click.option("--seconds", type=float, default=10, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--bug", type=click.Choice(list(BUGS)), help="One of tests/history/seeded_bugs.py.")
def main(backend: str, seconds: float, seed: int, bug: str | None) -> None:
    plan = Plan(backend=backend, seconds=seconds, seed=seed) if bug is None else prove.plan_for(bug, backend, seed)
    folder = Path(tempfile.mkdtemp(prefix="partnercenter-history-"))
    report = run(plan, folder)
    tell(report)
    click.echo(f"  {folder}")
    sys.exit(report.exit_code)


def tell(report: Report) -> None:
    """The report as lines to read, then as one of JSON."""
    for line in summary(report):
        click.echo(line)
    click.echo(json.dumps(dataclasses.asdict(report)))


if __name__ == "__main__":
    main()
