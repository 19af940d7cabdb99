"""`python -m bench`: measure everything, print the tables, and write them to `docs/performance.md` with a chart."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import apsw

from bench import chart, tables
from bench.measuring import FULL, QUICK, measure
from bench.processes import ROOT

_PAGE = ROOT / "docs" / "performance.md"
_CHART = ROOT / "docs" / "performance.svg"
_RESULTS = ROOT / ".bench" / "results"
_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_PACKAGES = ("uvicorn", "httptools", "msgspec", "cryptography", "pyjwt", "psycopg", "httpx2")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--seconds", type=float, help=f"of each row; {FULL.seconds:g}, or {QUICK.seconds:g} if quick")
    parser.add_argument("--quick", action="store_true", help="fewer connections, no growth, nothing written to docs")
    given = parser.parse_args()
    plan = QUICK if given.quick else FULL
    if given.seconds:
        plan = replace(plan, seconds=given.seconds)
    began = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - began:4.0f} s  {line}", file=sys.stderr, flush=True)

    results = measure(plan, tell)
    results.versions = _versions()
    words = tables.text(results)
    print(words)
    _RESULTS.mkdir(parents=True, exist_ok=True)
    (_RESULTS / "latest.json").write_text(json.dumps(asdict(results), indent=2))
    (_RESULTS / "latest.md").write_text(words + "\n")
    if not given.quick:
        _CHART.write_text(chart.svg(results.figures))
        _write_page(_PAGE, f"![Requests a second]({_CHART.name})\n\n{words}")


def _write_page(page: Path, words: str) -> None:
    """Put the tables between the markers; the rest of the page stays as it is."""
    before, begin, rest = page.read_text().partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not (begin and end):
        sys.exit(f"{page.name} has lost its markers {_BEGIN} and {_END}; the tables are in .bench/results/latest.md.")
    page.write_text(f"{before}{begin}\n\n{words}\n\n{end}{after}")


def _versions() -> dict[str, str]:
    found = {"cores": str(os.cpu_count()), "Python": platform.python_version(), "SQLite": apsw.sqlite_lib_version()}
    postgres = shutil.which("pgbench")
    if postgres:
        done = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=False)
        found["PostgreSQL"] = done.stdout.split(")")[1].split()[0]
    return found | {name: version(name) for name in _PACKAGES} | _versions_of_peers()


def _versions_of_peers() -> dict[str, str]:
    pinned = dict(line.split("==") for line in (ROOT / "bench" / "requirements.txt").read_text().split())
    packages: dict[str, dict[str, str]] = json.loads((ROOT / "bench" / "peers" / "package.json").read_text())
    wanted = ("fastapi", "pydantic", "SQLAlchemy", "kinto", "uvloop")
    return {name: pinned[name] for name in wanted} | packages["dependencies"]


if __name__ == "__main__":
    main()
