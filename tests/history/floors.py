"""What a run must have seen to be worth anything: one table. A run below it is void, whatever its checkers said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.history import failpoints
from tests.history.report import Report


class Floors(NamedTuple):
    """The least that a run must have seen.

    answers: a second. kills: a minute, of both kinds. fired: of each failpoint. concurrent: the part of the PUTs that
    were under way beside another one on the same profile. refused: the part of the PUTs, at least and at most.
    unknown: the part of the operations whose outcome nobody knew, at least and at most.
    """

    answers: float
    kills: float
    fired: int
    concurrent: float
    refused: tuple[float, float]
    unknown: tuple[float, float]


SHORT = Floors(answers=50, kills=30, fired=0, concurrent=0.15, refused=(0.10, 0.60), unknown=(0.002, 0.10))
LONG = Floors(answers=200, kills=17, fired=5, concurrent=0.20, refused=(0.15, 0.50), unknown=(0.005, 0.08))


def shortfalls(report: Report, floors: Floors) -> Iterator[str]:
    """Why the run is void; nothing if it is not."""
    found = report.findings
    seconds = max(report.seconds, 1e-9)
    puts, operations = max(found.puts, 1), max(found.operations, 1)
    for name, value, least, most in (
        ("answers a second", report.answers / seconds, floors.answers, None),
        ("kills a minute", report.kills / seconds * 60, floors.kills, None),
        ("part of the PUTs that was concurrent", found.concurrent / puts, floors.concurrent, None),
        ("part of the PUTs that was refused", found.refused / puts, *floors.refused),
        ("part of the operations that stayed unknown", found.unknown / operations, *floors.unknown),
        *(("firings of " + place, report.fired.get(place, 0), floors.fired, None) for place in failpoints.ALL),
    ):
        if value < least or (most is not None and value > most):
            yield f"{name}: {value:.3g}, not {least:g}{'' if most is None else f' to {most:g}'}"
    if not sum(report.fired.values()):
        yield "no failpoint fired"
