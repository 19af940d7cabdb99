"""What is measured, section by section, and in which order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench import growth, lineup, pgbench, sdk_call, starts
from bench.figures import Figure, Row, measured
from bench.lineup import Lineup
from bench.load import Load, LoadError
from bench.processes import SERVER_CORE, Target, load, output, pinned, resident_bytes
from partnercenter.service.app import DATABASE_NAME

PGBENCH = "pgbench, one statement after the other"
PIPELINED = "pgbench, pipelined"
BARE_SQLITE = "SQLite loop, one commit each"
GROUPED_SQLITE = "SQLite loop, 64 in a commit"
USUAL = 64
"""Connections at which the targets are looked at."""


# One section that fails does not take the figures of the others along.
_FAILURES = (LoadError, OSError, subprocess.SubprocessError, psycopg.Error)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured. seconds: of each row. turns: in which they are measured. levels: connections."""

    seconds: float
    turns: int
    levels: tuple[int, ...]
    sizes: tuple[int, ...]
    times: int


FULL = Plan(3.0, 2, (1, 8, 32, 64, 256), (1_000, 100_000, 1_000_000), 9)
QUICK = Plan(1.0, 1, (1, 64), (), 3)


@dataclass(slots=True)
class Results:
    """All figures. missing: what could not be had, and why. single: figures that are no rates, by name, SI units.

    busy_before: processes that wanted a core in the minute before (the load average): what else was going on.
    """

    figures: list[Figure] = field(default_factory=list)
    growth: list[Figure] = field(default_factory=list)
    single: dict[str, float] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    busy_before: float = field(default_factory=lambda: os.getloadavg()[0])


def measure(plan: Plan, tell: Callable[[str], None]) -> Results:
    """Everything that the plan wants."""
    results = Results()
    with lineup.running(tell) as servers:
        results.missing |= servers.missing
        results.figures = measured(
            [*_http_rows(servers, plan), *_database_rows(servers, plan)], plan.seconds, plan.turns, tell
        )
        own = servers.targets.get(lineup.SQLITE)
        if own is not None:
            results.single["memory after load"] = resident_bytes(own.pid)
            _single(results, "SDK", lambda: _sdk(own, plan), tell)
        results.growth = _growth(servers, plan, results, tell)
    _single(results, "imports", lambda: starts.imports(plan.times), tell)
    _single(results, "commands", lambda: starts.commands(plan.times), tell)
    _single(results, "service start", lambda: _named(starts.service_starts(max(1, plan.times // 3))), tell)
    _single(results, "fixture", lambda: {"fixture reset": starts.fixture_resets(plan.times)}, tell)
    return results


def _http_rows(servers: Lineup, plan: Plan) -> Iterable[Row]:
    for level in plan.levels:
        for name, methods in (
            (lineup.CEILING, ["GET"]),
            *((own, ["GET", "PUT"]) for own in (lineup.SQLITE, lineup.POSTGRES)),
        ):
            if name in servers.targets:
                yield from (_http_row(name, servers.targets[name], method, level) for method in methods)
    for name in lineup.PEERS:
        if name in servers.targets:
            for method in ("GET", "PUT"):
                yield from (_http_row(name, servers.targets[name], method, level) for level in (1, USUAL))


def _http_row(name: str, target: Target, method: str, connections: int, partners: int | None = None) -> Row:
    return Row(
        name, method, connections, lambda seconds: load(target.job(method, connections, seconds, partners=partners))
    )


def _database_rows(servers: Lineup, plan: Plan) -> Iterable[Row]:
    if servers.pgbench is not None:
        for level in plan.levels:
            for name, pipelined in ((PGBENCH, False), (PIPELINED, True)):
                yield Row(name, "PUT", level, pgbench.measuring(servers.pgbench, level, pipelined=pipelined))
    for name, group in ((BARE_SQLITE, 1), (GROUPED_SQLITE, 64)):
        yield Row(name, "PUT", 1, _bare_sqlite(servers.folder / f"{group}.sqlite3", group))


def _bare_sqlite(path: Path, group: int) -> Callable[[float], Load]:
    def run(seconds: float) -> Load:
        path.unlink(missing_ok=True)
        command = [
            sys.executable,
            "-m",
            "bench.bare_sqlite",
            str(path),
            "--group",
            str(group),
            "--seconds",
            str(seconds),
        ]
        return Load(**json.loads(output(pinned(SERVER_CORE, command))))

    return run


def _sdk(target: Target, plan: Plan) -> dict[str, float]:
    found = sdk_call.measure(target, 2 * plan.seconds)
    return {f"{who} {method}": seconds for method, both in found.items() for who, seconds in both.items()}


def _named(found: dict[str, float]) -> dict[str, float]:
    return {
        "first start to ready": found["first"],
        "later start to ready": found["later"],
        "memory when ready": found["memory"],
    }


def _growth(servers: Lineup, plan: Plan, results: Results, tell: Callable[[str], None]) -> list[Figure]:
    """Databases of all sizes at once, so that their rows can be measured in turns."""
    rows: list[Row] = []
    with ExitStack() as stack:
        for engine in (lineup.SQLITE, lineup.POSTGRES):
            if engine not in servers.targets:
                continue
            for size in plan.sizes:
                name = f"{engine}, {size:,} partners"
                tell(f"filling: {name}")
                try:
                    target = stack.enter_context(_filled(servers, engine, size))
                except _FAILURES as error:
                    results.missing[name] = str(error)
                    tell(f"failed: {name}: {error}")
                    continue
                rows += [_http_row(name, target, method, USUAL, growth.CALLERS) for method in ("GET", "PUT")]
        return measured(rows, plan.seconds, plan.turns, tell)


def _filled(servers: Lineup, engine: str, size: int) -> lineup.Started:
    folder = servers.folder / f"{engine} {size}"
    folder.mkdir()
    if engine == lineup.SQLITE:
        growth.fill_sqlite(folder / DATABASE_NAME, size - growth.CALLERS)
        return lineup.service(folder, "sqlite", growth.CALLERS)
    assert servers.postgres is not None
    url = servers.postgres.new_database()
    growth.fill_postgres(url, size - growth.CALLERS)
    return lineup.service(folder, url, growth.CALLERS)


def _single(results: Results, name: str, found: Callable[[], dict[str, float]], tell: Callable[[str], None]) -> None:
    tell(f"measuring: {name}")
    try:
        results.single |= found()
    except _FAILURES as error:
        results.missing[name] = str(error)
        tell(f"failed: {name}: {error}")
