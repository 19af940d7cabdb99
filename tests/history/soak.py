"""`python -m tests.history.soak --backend … --minutes N`: a long run with every kind of fault.

Exit codes: 0 nothing found, 1 a violation, 2 the run was void. The history of a tenant with a violation is kept.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from tests.history.faults import FaultPlan
from tests.history.floors import LONG
from tests.history.report import Report
from tests.history.run import tell
from tests.history.session import BACKENDS, Plan, run

_EVERY_SECONDS = 10.0


@click.command(help=__doc__)
@click.option("--backend", type=click.Choice(BACKENDS), default=BACKENDS[0], show_default=True)
@click.option("--minutes", type=float, default=60, show_default=True)
@click.option("--operations", type=int, help="End after so many, if the minutes are not over before.")
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where everything is; a new temporary one if not given."
)
def main(backend: str, minutes: float, operations: int | None, seed: int, folder: Path | None) -> None:
    plan = Plan(
        backend=backend,
        seconds=minutes * 60,
        operations=operations,
        seed=seed,
        clients=12,
        tenants_at_once=8,
        tenants=512,
        failpoint_probability=0.0004,
        faults=FaultPlan(kill=2.5, freeze=20, database=45),
        floors=LONG,
    )
    made = folder or Path(tempfile.mkdtemp(prefix="partnercenter-soak-"))
    made.mkdir(parents=True, exist_ok=True)
    click.echo(f"{backend}, {minutes:g} minutes, in {made}")
    report = run(plan, made, _Progress())
    tell(report)
    sys.exit(report.exit_code)


class _Progress:
    """A line now and then."""

    def __init__(self) -> None:
        self._next = _EVERY_SECONDS
        self._answers = 0

    def __call__(self, report: Report) -> None:
        if report.seconds < self._next:
            return
        rate = (report.answers - self._answers) / _EVERY_SECONDS
        self._next, self._answers = report.seconds + _EVERY_SECONDS, report.answers
        click.echo(
            f"{report.seconds:6.0f} s  {report.answers:9d} answers  {rate:6.0f}/s  {report.kills:5d} kills"
            f" ({sum(report.fired.values())} by failpoints)  {report.findings.operations:9d} operations judged,"
            f" {len(report.findings.violations)} violations"
        )


if __name__ == "__main__":
    main()
