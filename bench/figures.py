"""Rows that are measured in turns, forwards and backwards, so that what disturbs the machine hits none alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.load import Load, LoadError


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to measure. group: whose it is. what: GET, PUT or what it does. measure: for so many seconds."""

    group: str
    what: str
    connections: int
    measure: Callable[[float], Load]


@dataclass(frozen=True, slots=True)
class Figure:
    """What came out. p50, p99: milliseconds. runs: the rate of each turn. missing: why there is no figure, or ""."""

    group: str
    what: str
    connections: int
    per_second: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    busy: float = 0.0
    runs: tuple[float, ...] = ()
    missing: str = ""


def measured(rows: Sequence[Row], seconds: float, turns: int, tell: Callable[[str], None]) -> list[Figure]:
    """Every row, `seconds` altogether, in so many turns. A row that fails once has no figure, only the reason."""
    loads: dict[int, list[Load]] = {number: [] for number in range(len(rows))}
    failed: dict[int, str] = {}
    for turn in range(turns):
        order = range(len(rows)) if turn % 2 == 0 else range(len(rows) - 1, -1, -1)
        for number in order:
            if number in failed:
                continue
            try:
                loads[number].append(rows[number].measure(seconds / turns))
            except LoadError as error:
                failed[number] = str(error)
            tell(_progress(rows[number], turn, loads[number], failed.get(number)))
    return [_figure(row, loads[number], failed.get(number, "")) for number, row in enumerate(rows)]


def _figure(row: Row, loads: Sequence[Load], missing: str) -> Figure:
    if missing:
        return Figure(row.group, row.what, row.connections, missing=missing)
    latencies = sorted(latency for load in loads for latency in load.latencies)
    elapsed = sum(load.elapsed for load in loads)
    return Figure(
        group=row.group,
        what=row.what,
        connections=row.connections,
        per_second=len(latencies) / elapsed,
        p50=_quantile(latencies, 0.5),
        p99=_quantile(latencies, 0.99),
        busy=max(load.busy for load in loads),
        runs=tuple(len(load.latencies) / load.elapsed for load in loads),
    )


def _quantile(latencies: Sequence[int], part: float) -> float:
    return latencies[min(int(len(latencies) * part), len(latencies) - 1)] / 1000 if latencies else 0.0


def _progress(row: Row, turn: int, loads: Sequence[Load], missing: str | None) -> str:
    seen = f"{len(loads[-1].latencies) / loads[-1].elapsed:,.0f}/s" if missing is None else f"failed: {missing}"
    return f"{turn + 1}. {row.group} {row.what}, {row.connections} connections: {seen}"
