"""`python -m ha`: take the leader away again and again, under load, and check that nothing is lost."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

import click

from ha import lab
from ha.cluster import ClusterError, running_cluster
from ha.programs import MissingProgramsError, find_programs
from ha.report import KEPT, MISSING, Report

_ENDED_BY_SIGTERM = 128 + signal.SIGTERM


@click.command()
@click.option("--losses", type=click.IntRange(1), default=30, show_default=True, help="How often the leader is lost.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of what the clients choose.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write the figures there, as JSON.")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), hidden=True)
def main(losses: int, seed: int, report: Path | None, folder: Path | None) -> None:
    """Run the highly available set-up, take its leader away under load, and check what the clients saw.

    Exit codes: 0 every promise was kept, 1 one was broken, 3 programs are not installed, 4 the run shows nothing,
    5 the cluster did not come back.

    \b
    Examples:
      python -m ha --losses 3
      python -m ha --losses 30 --report ha.json
    """
    signal.signal(signal.SIGTERM, _end)
    try:
        programs = find_programs()
    except MissingProgramsError as error:
        click.echo(error, err=True)
        sys.exit(MISSING)
    if folder is None or not lab.is_inside():
        sys.exit(_run_in_lab(programs, sys.argv[1:]))
    made = Report(seed)
    _run(programs, losses, made, folder)
    for line in made.lines():
        click.echo(line)
    click.echo(json.dumps(made.to_dict()))
    if report is not None:
        report.write_text(json.dumps(made.to_dict(), indent=2) + "\n")
    sys.exit(made.exit_code)


def _run(programs: dict[str, str], losses: int, report: Report, folder: Path) -> None:
    from ha.campaign import run

    began = time.monotonic()
    try:
        with running_cluster(folder, programs) as cluster:
            report.started_after = time.monotonic() - began
            click.echo(f"The cluster is healthy after {report.started_after:.1f} s.")
            asyncio.run(run(cluster, folder, losses, report, click.echo))
    except ClusterError as error:
        click.echo(error, err=True)
        report.not_healed = str(error).partition("\n")[0]


def _run_in_lab(programs: dict[str, str], arguments: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="partnercenter-ha-"))
    os.chmod(folder, 0o711)  # the unprivileged user must reach its folders below
    code = None
    try:
        code = lab.run_inside(programs, [*arguments, "--folder", str(folder)])
        return code
    finally:
        if code in (KEPT, None):
            shutil.rmtree(folder, ignore_errors=True)
        else:
            click.echo(f"Logs and histories: {folder}", err=True)


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(_ENDED_BY_SIGTERM)


if __name__ == "__main__":
    main()
