"""The figures as Markdown, for people; the same text is printed and written into `docs/performance.md`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench import lineup
from bench.figures import Figure
from bench.measuring import USUAL, Results
from bench.targets import Target, targets

_QUIET = 0.7
"""Of the load average: above it, somebody else takes the time that is measured here."""

_WORDS = {True: "met", False: "missed", None: "not measured"}


def text(results: Results) -> str:
    """All tables."""
    own = (lineup.CEILING, lineup.SQLITE, lineup.POSTGRES)
    sections = {
        "Targets": _targets(targets(results)),
        "Requests a second by connections (p50 / p99 in ms)": _by_connections(
            [figure for figure in results.figures if figure.group in own]
        ),
        "What one would run otherwise": _beside_ours(
            [figure for figure in results.figures if figure.group in lineup.PEERS], results.figures
        ),
        "The database alone": _by_connections(
            [figure for figure in results.figures if figure.group not in (*own, *lineup.PEERS)]
        ),
        "Growth": _by_connections(results.growth),
        "One at a time": _single(results.single),
        "Noise": _noise([*results.figures, *results.growth], results.busy_before),
        "Left out": [f"- {name}: {_first_line(reason)}" for name, reason in results.missing.items()],
        "Versions": [", ".join(f"{name} {version}" for name, version in results.versions.items())],
    }
    return "\n\n".join(f"### {title}\n\n" + "\n".join(lines) for title, lines in sections.items() if any(lines))


def _targets(found: Sequence[Target]) -> list[str]:
    rows = []
    for target in found:
        value = "-" if target.value is None else f"{target.value:.3g}{target.unit and ' ' + target.unit}"
        sign = "≥" if target.least else "≤"
        wanted = f"{sign} {target.wanted:g}{target.unit and ' ' + target.unit}"
        rows.append((target.name, wanted, value, _WORDS[target.is_met]))
    return _table(("", "target", "measured", ""), rows)


def _by_connections(figures: Sequence[Figure]) -> list[str]:
    if not figures:
        return []
    levels = sorted({figure.connections for figure in figures})
    names = list(dict.fromkeys((figure.group, figure.what) for figure in figures))
    cells = {(figure.group, figure.what, figure.connections): _cell(figure) for figure in figures}
    rows = [(group, what, *(cells.get((group, what, level), "") for level in levels)) for group, what in names]
    return _table(("", "", *(str(level) for level in levels)), rows)


def _beside_ours(figures: Sequence[Figure], ours: Sequence[Figure]) -> list[str]:
    """With one more column: how many times as many the service answers on SQLite."""
    lines = _by_connections(figures)
    rates = {one.what: one.per_second for one in ours if (one.group, one.connections) == (lineup.SQLITE, USUAL)}
    theirs = {(one.group, one.what): one.per_second for one in figures if one.connections == USUAL}
    factors = [f" {rates[what] / rate:.1f} |" if rate and what in rates else " |" for (_, what), rate in theirs.items()]
    return [line + more for line, more in zip(lines, [" ours ÷ theirs |", " --- |", *factors], strict=False)]


def _noise(figures: Sequence[Figure], busy_before: float) -> list[str]:
    """What else went on, how far the turns of a row lie apart, and how near the load generator was to its bound."""
    apart = sorted((max(one.runs) - min(one.runs)) / one.per_second for one in figures if len(one.runs) > 1)
    busy = max((one.busy for one in figures), default=0.0)
    lines = [f"The load generator used {busy:.0%} of its core at most."] if figures else []
    if apart:
        middle, most = apart[len(apart) // 2], apart[-1]
        lines.append(f"The two turns of a row differ by {middle:.0%} in the median, by {most:.0%} at most.")
    if busy_before > _QUIET:
        lines.append(f"The machine was busy when this began (load average {busy_before:.1f}): the figures say little.")
    return lines


def _cell(figure: Figure) -> str:
    if figure.missing:
        return "failed"
    return f"{figure.per_second:,.0f} ({_milliseconds(figure.p50)} / {_milliseconds(figure.p99)})"


def _milliseconds(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 10 else f"{value:.0f}"


def _single(values: dict[str, float]) -> list[str]:
    def shown(name: str, value: float) -> str:
        return f"{value / 1e6:.0f} MB" if name.startswith("memory") else f"{value * 1e3:,.2f} ms"

    return _table(("", ""), [(name, shown(name, value)) for name, value in values.items()]) if values else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_line(head), "|" + " --- |" * len(head), *map(_line, rows)]


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _first_line(reason: str) -> str:
    return (reason.strip().splitlines() or ["no reason given"])[-1][:200]
