"""What the service is to reach, and whether it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench import lineup
from bench.figures import Figure
from bench.measuring import PGBENCH, USUAL, Results


@dataclass(frozen=True, slots=True)
class Target:
    """One target. value: None if it could not be measured. least: whether `wanted` is the least it may be, or the most.

    unit: what stands behind the numbers.
    """

    name: str
    wanted: float
    least: bool
    value: float | None
    unit: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the value is good enough; None without a value."""
        if self.value is None:
            return None
        return self.value >= self.wanted if self.least else self.value <= self.wanted


def targets(results: Results) -> list[Target]:
    """All of them, at 64 connections where they are about requests."""
    return [*_rates(results), *_tails(results), *_growth(results), *_single(results)]


def _rates(results: Results) -> Iterator[Target]:
    def ratio(group: str, method: str, other: str, other_method: str) -> float | None:
        return _ratio(_rate(results.figures, group, method), _rate(results.figures, other, other_method))

    yield Target("GET, SQLite ÷ ceiling", 0.6, True, ratio(lineup.SQLITE, "GET", lineup.CEILING, "GET"))
    yield Target("durable PUT, SQLite ÷ ceiling", 0.25, True, ratio(lineup.SQLITE, "PUT", lineup.CEILING, "GET"))
    for peer in (lineup.DOUBLE, lineup.KINTO_POSTGRES):
        for method in ("GET", "PUT"):
            yield Target(f"{method}, SQLite ÷ {peer}", 20, True, ratio(lineup.SQLITE, method, peer, method))
    yield Target("PUT, PostgreSQL ÷ pgbench", 1.0, True, ratio(lineup.POSTGRES, "PUT", PGBENCH, "PUT"))


def _tails(results: Results) -> Iterator[Target]:
    for own in (lineup.SQLITE, lineup.POSTGRES):
        for method in ("GET", "PUT"):
            figure = _find(results.figures, own, method)
            value = None if figure is None else _ratio(figure.p99, figure.p50)
            yield Target(f"p99 ÷ p50 of {method}, {own}", 3, False, value)


def _growth(results: Results) -> Iterator[Target]:
    for own in (lineup.SQLITE, lineup.POSTGRES):
        for method in ("GET", "PUT"):
            few = _rate(results.growth, f"{own}, 1,000 partners", method)
            many = _rate(results.growth, f"{own}, 1,000,000 partners", method)
            yield Target(f"time of a {method}, 1,000,000 partners ÷ 1,000, {own}", 1.15, False, _ratio(few, many))


def _single(results: Results) -> Iterator[Target]:
    def single(name: str, scale: float = 1.0) -> float | None:
        value = results.single.get(name)
        return None if value is None else value * scale

    for method in ("GET", "PUT"):
        value = _ratio(single(f"sdk {method}"), single(f"bare {method}"))
        yield Target(f"SDK call ÷ bare HTTP call, {method}", 1.15, False, value)
    bare = single("import httpx2")
    for name in ("import partnercenter", "from partnercenter import PartnerCenter"):
        yield Target(f"`{name}` ÷ `import httpx2`", 1.2, False, _ratio(single(name), bare))
    for name in ("first start to ready", "later start to ready"):
        yield Target(name, 1.0, False, single(name), "s")
    for name in ("memory when ready", "memory after load"):
        yield Target(name, 100, False, single(name, 1e-6), "MB")


def _find(figures: list[Figure], group: str, what: str) -> Figure | None:
    wanted = (group, what, USUAL)
    return next((one for one in figures if (one.group, one.what, one.connections) == wanted and not one.missing), None)


def _rate(figures: list[Figure], group: str, what: str) -> float | None:
    figure = _find(figures, group, what)
    return None if figure is None else figure.per_second


def _ratio(value: float | None, other: float | None) -> float | None:
    return value / other if value is not None and other else None
