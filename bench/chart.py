"""Two pictures in one plain SVG: everybody at 64 connections, and our own over the number of connections."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from bench import lineup
from bench.figures import Figure
from bench.measuring import PGBENCH, PIPELINED, USUAL

_WIDTH, _LEFT, _BAR, _ROW = 900, 340, 440, 22
_COLOURS = {"GET": "#3b76af", "PUT": "#c4602c"}
_GROUPS = (lineup.CEILING, lineup.SQLITE, lineup.POSTGRES, *lineup.PEERS, PGBENCH, PIPELINED)
_TOP, _LINE = 56, 17
_INK = "#24292f"


def svg(figures: Sequence[Figure]) -> str:
    """The picture."""
    usual = [one for one in figures if one.connections == USUAL and not one.missing and one.group in _GROUPS]
    usual.sort(key=lambda one: (_GROUPS.index(one.group), one.what))
    bars = list(_bars(usual))
    below = _TOP + _ROW * len(usual) + 50
    lines = list(_lines([one for one in figures if one.group in _GROUPS[:3] and not one.missing], below))
    height = below + 330
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{_INK}">'
    )
    return "\n".join([head, f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>', *bars, *lines, "</svg>", ""])


def _bars(figures: Sequence[Figure]) -> Iterator[str]:
    yield _text(20, 28, f"Requests a second, {USUAL} connections, one server process on one core", bold=True)
    most = max((one.per_second for one in figures), default=1.0)
    shown = ""
    for number, one in enumerate(figures):
        y = _TOP + number * _ROW
        length = max(1.0, one.per_second / most * _BAR)
        if one.group != shown:
            shown = one.group
            yield _text(_LEFT - 50, y + 14, one.group, anchor="end")
        yield _text(_LEFT - 8, y + 14, one.what, anchor="end")
        yield f'<rect x="{_LEFT}" y="{y + 2}" width="{length:.0f}" height="{_ROW - 6}" fill="{_COLOURS[one.what]}"/>'
        yield _text(_LEFT + length + 6, y + 14, f"{one.per_second:,.0f}")


def _lines(figures: Sequence[Figure], top: int) -> Iterator[str]:
    yield _text(20, top, "Requests a second over the number of connections", bold=True)
    levels = sorted({one.connections for one in figures})
    most = _round_up(max((one.per_second for one in figures), default=1.0))
    floor, height, width = top + 280, 240, 460

    def place(one: Figure) -> tuple[float, float]:
        step = width / max(1, len(levels) - 1)
        return 80 + levels.index(one.connections) * step, floor - one.per_second / most * height

    for number, level in enumerate(levels):
        x = 80 + number * width / max(1, len(levels) - 1)
        yield _text(x, floor + 18, str(level), anchor="middle")
    for part in range(5):
        value = most * part / 4
        y = floor - value / most * height
        yield f'<line x1="80" y1="{y:.0f}" x2="{80 + width}" y2="{y:.0f}" stroke="#d0d7de"/>'
        yield _text(72, y + 4, f"{value:,.0f}", anchor="end")
    labels = []
    for group, dash in zip(_GROUPS[:3], ("2 3", "", "7 4"), strict=True):
        for what, colour in _COLOURS.items():
            line = [place(one) for one in figures if (one.group, one.what) == (group, what)]
            if not line:
                continue
            points = " ".join(f"{x:.0f},{y:.0f}" for x, y in line)
            dashes = f' stroke-dasharray="{dash}"' if dash else ""
            yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
            labels.append((line[-1][1], line[-1], f"{group}, {what}" if group != lineup.CEILING else group))
    yield from _labels(sorted(labels), floor)


def _round_up(value: float) -> float:
    """The next value that a scale of four parts can end with."""
    unit = 10.0 ** math.floor(math.log10(value))
    return next(step * unit for step in (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10) if step * unit >= value)


def _labels(labels: Sequence[tuple[float, tuple[float, float], str]], floor: float) -> Iterator[str]:
    """Beside the ends of their lines, never one upon the other, and none below the scale."""
    places: list[float] = []
    for y, _, _ in labels:
        places.append(max(y, places[-1] + _LINE) if places else y)
    lowest = floor
    for number in range(len(places) - 1, -1, -1):
        places[number] = min(places[number], lowest)
        lowest = places[number] - _LINE
    for (_, (x, end), words), place in zip(labels, places, strict=True):
        yield f'<line x1="{x + 2:.0f}" y1="{end:.0f}" x2="{x + 18:.0f}" y2="{place:.0f}" stroke="#8c959f"/>'
        yield _text(x + 22, place + 4, words)


def _text(x: float, y: float, words: str, *, anchor: str = "start", bold: bool = False) -> str:
    weight = ' font-weight="600" font-size="15"' if bold else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}"{weight}>{escape(words)}</text>'
