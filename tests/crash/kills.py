"""`python -m tests.crash.kills --kills N`: kill the writer at its system calls, and look at what is left.

Needs strace. Ends with 0 if nothing was lost, 1 if something was, 3 if there is no strace.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import NamedTuple

from tests.crash import seeded_bugs, strace
from tests.crash.folders import folder_in_memory
from tests.crash.phases import PHASES, Writer, leave
from tests.crash.puts import read_notes

NO_STRACE = 3
_CLIENTS = (4, 1, 8, 3)
"""How many write at once: another number whenever all calls of all phases had their kill."""


class Point(NamedTuple):
    """Where to kill: at the `number`-th `call` of a thread in a phase."""

    phase: str
    call: str
    number: int


@dataclass
class Result:
    """What came of the kills."""

    kills: Counter[str] = field(default_factory=Counter)
    points: set[tuple[int, Point]] = field(default_factory=set)
    acknowledged: int = 0
    untold: int = 0
    violations: list[str] = field(default_factory=list)


def run(kills: int, seed: int, bug: str | None = None) -> Result:
    """Kill so often, at different points as long as there are any. bug: what the writer that is killed has."""
    random, result = Random(seed), Result()
    with folder_in_memory() as folder:
        _warm_up(folder)
        for clients in _repeated(_CLIENTS):
            for point in _in_turn(_points(folder, clients), random):
                if sum(result.kills.values()) >= kills:
                    return result
                _kill(folder, clients, point, bug, result)
    raise AssertionError


def _in_turn(points: dict[str, list[Point]], random: Random) -> list[Point]:
    """In any order, but each phase as early as the others: some have far more points."""
    for of_phase in points.values():
        random.shuffle(of_phase)
    return [point for turn in zip_longest(*points.values()) for point in turn if point is not None]


def _repeated(values: tuple[int, ...]) -> Iterator[int]:
    while True:
        yield from values


def _warm_up(folder: Path) -> None:
    """Let this process import whatever the forks will need."""
    for name in ("stop", "migration"):
        writer = Writer(folder / f"warm {name}", 1)
        writer.folder.mkdir()
        phase = PHASES[name]
        for step in (phase.before, phase.begin, phase.work):
            step(writer)
        phase.look(writer.folder)


def _points(folder: Path, clients: int) -> dict[str, list[Point]]:
    """All calls of each phase; makes the state that the phase begins in."""
    points = {}
    for name, phase in PHASES.items():
        before = _before(folder, name)
        shutil.rmtree(before, ignore_errors=True)
        before.mkdir()
        leave(before, clients, phase.before)
        writer = Writer(_copy(before, folder / "count"), clients)
        calls = strace.count_calls(partial(phase.work, writer), partial(phase.begin, writer), folder / "calls")
        points[name] = [Point(name, call, number + 1) for call, most in calls.items() for number in range(most)]
    return points


def _before(folder: Path, phase: str) -> Path:
    return folder / f"before {phase}"


def _copy(before: Path, to: Path) -> Path:
    """The state without the index of the log, which is memory that is shared, and gone with who shared it."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(before, to, ignore=shutil.ignore_patterns("*-shm"))
    return to


def _kill(folder: Path, clients: int, point: Point, bug: str | None, result: Result) -> None:
    phase = PHASES[point.phase]
    writer = Writer(_copy(_before(folder, point.phase), folder / "killed"), clients)

    def work() -> None:
        with seeded_bugs.planted(bug):
            phase.work(writer)

    if not strace.kill_at(work, partial(phase.begin, writer), point.call, point.number):
        return  # batches are not the same each time, and this time there were fewer
    found = phase.look(writer.folder)
    result.kills[point.phase] += 1
    result.points.add((clients, point))
    result.acknowledged += len(read_notes(writer.notes))
    result.untold += max(found.untold, 0)
    result.violations += [f"{point}, {clients} clients: {line}" for line in found.violations]


def main() -> int:
    """Run, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.kills", description=__doc__)
    parser.add_argument("--kills", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1, help="of the order in which the points come")
    parser.add_argument("--bug", choices=seeded_bugs.BUGS, help="a bug that must be found")
    options = parser.parse_args()
    if not strace.is_there():
        print(strace.MISSING, file=sys.stderr)
        return NO_STRACE
    began = time.monotonic()
    result = run(options.kills, options.seed, options.bug)
    for phase, kills in result.kills.items():
        print(f"{phase:20} {kills:6} kills")
    print(*result.violations[:20], sep="\n")
    print(
        f"{sum(result.kills.values())} kills at {len(result.points)} different points in"
        f" {time.monotonic() - began:.0f} s: {result.acknowledged} acknowledgements looked for,"
        f" {len(result.violations)} violations, {result.untold} stored without having been acknowledged"
    )
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
