"""`python -m tests.crash.faults --runs N`: let SQLite's calls fail while clients write, and repeat until they succeed.

Each run lets one call fail, or several on end, and then looks at the database, at what is left if the process is killed
then, and at what a power failure may leave at any moment of the run. After a failed sync nothing of what it was to
write is on the disk, although later ones succeed. Ends with 0 if nothing was lost, 1 if something was.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import apsw

from partnercenter.service.storage import Storage, StorageUnavailableError
from partnercenter.service.storage.sqlite import SqliteStorage
from tests.crash import seeded_bugs
from tests.crash.folders import folder_in_memory
from tests.crash.images import SURVIVORS, Disk, write_files
from tests.crash.phases import DATABASE
from tests.crash.power import CLIENTS, Life
from tests.crash.promises import look, stored
from tests.crash.puts import NOW, Acknowledgement, add_profiles, done_by, put, put_many
from tests.crash.recording import Event, Fault, recorded

ROUNDS = 6
_MOST_ATTEMPTS = 80
_IMAGES = 2
_KILLED = 0.5

CALLS = {"xWrite": 110, "xSync": 16, "xTruncate": 3, "xRead": 60}
"""The calls that fail, and about how many there are in a run."""
_TIMES = (1, 2, 5, 25)


def _input_output() -> apsw.Error:
    return apsw.IOError("planned")


def _no_space() -> apsw.Error:
    return apsw.FullError("planned")


ERRORS: dict[str, Callable[[], apsw.Error]] = {"EIO": _input_output, "ENOSPC": _no_space}


@dataclass
class Result:
    """What came of the runs."""

    runs: Counter[str] = field(default_factory=Counter)
    failed_calls: int = 0
    killed: int = 0
    unavailable: int = 0
    acknowledged: int = 0
    images: int = 0
    violations: list[str] = field(default_factory=list)


def run(runs: int, seed: int, calls: Sequence[str] = tuple(CALLS)) -> Result:
    """Do so many runs in which one of these calls failed."""
    random, result = Random(seed), Result()
    with folder_in_memory() as folder:
        while sum(result.runs.values()) < runs:
            call = random.choice(calls)
            error = random.choice(list(ERRORS))
            fault = Fault(call, random.randint(1, CALLS[call]), random.choice(_TIMES), ERRORS[error])
            with tempfile.TemporaryDirectory(dir=folder) as place:
                found = _run_once(Path(place), fault, random, result)
            if fault.fired:
                result.runs[f"{call} {error}"] += 1
                result.failed_calls += fault.fired
                name = f"{call} {fault.number} and {fault.times} times {error}"
                result.violations += [f"{name}: {line}" for line in found]
    return result


def _run_once(folder: Path, fault: Fault, random: Random, result: Result) -> list[str]:
    """One service; every other one is killed when the first call fails, and goes on with what the system has then."""
    living, killed, dead = folder / "living", folder / "killed", random.random() < _KILLED
    clients, moment = _Insistent(fault), list[int]()
    living.mkdir()
    with recorded(fault) as log:

        def kill() -> None:
            shutil.copytree(living, killed, ignore=shutil.ignore_patterns("*-shm"))
            moment.append(len(log))

        fault.at_first = kill
        _live(living, log, clients, ROUNDS)
        dead = dead and bool(moment)
        if dead:
            del log[moment[0] :]  # from then on there was nobody
            _live(killed, log, clients, 2)
    notes = [event for event in log if isinstance(event, Acknowledgement)]
    result.acknowledged += len(notes)
    result.unavailable += clients.unavailable
    result.killed += dead
    found = look((killed if dead else living) / DATABASE, notes).violations
    return clients.found + found + _look_at_images(folder, log, random, result)


def _live(folder: Path, log: list[Event], clients: _Insistent, rounds: int) -> None:
    with closing(SqliteStorage(folder / DATABASE)) as storage:
        add_profiles(storage)
        clients.fault.armed = clients.fault.met == 0
        done = done_by(log)
        asyncio.run(put_many(storage, done, log.append, clients=CLIENTS, rounds=rounds, put_one=clients.put))
        clients.fault.armed = False


@dataclass
class _Insistent:
    """Sends it again and again, as a client does that is told 503; what only reads is answered meanwhile."""

    fault: Fault
    unavailable: int = 0
    found: list[str] = field(default_factory=list)

    async def put(self, storage: Storage, client: int, number: int, at: float) -> Acknowledgement:
        for _ in range(_MOST_ATTEMPTS):
            try:
                return await put(storage, client, number, at)
            except StorageUnavailableError:
                self.unavailable += 1
            if self.fault.call != "xRead":
                await self._read(storage)
        raise AssertionError(f"The storage stays unavailable after {self.fault}.")

    async def _read(self, storage: Storage) -> None:
        try:
            await stored(storage)
        except StorageUnavailableError:
            self.found.append("what only reads was not answered")


def _look_at_images(folder: Path, log: list[Event], random: Random, result: Result) -> list[str]:
    found = []
    moments = {random.randrange(len(log)) for _ in range(_IMAGES)}
    disk, life = Disk(), Life(now=NOW)
    for moment, event in enumerate(log):
        disk.apply(event)
        life.apply(event)
        if moment in moments:
            name = random.choice(list(SURVIVORS))
            with tempfile.TemporaryDirectory(dir=folder) as image:
                write_files(disk.image(SURVIVORS[name], random), Path(image))
                lines = look(Path(image) / DATABASE, life.notes).violations
            found += [f"power failed at {moment} of {len(log)}, {name}: {line}" for line in lines]
            result.images += 1
    return found


def main() -> int:
    """Run, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.faults", description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1, help="of what fails, and when")
    parser.add_argument("--bug", choices=seeded_bugs.BUGS, help="a bug that must be found")
    options = parser.parse_args()
    began = time.monotonic()
    with seeded_bugs.planted(options.bug):
        result = run(options.runs, options.seed)
    for name, runs in sorted(result.runs.items()):
        print(f"{name:20} {runs:6} runs")
    print(*result.violations[:20], sep="\n")
    print(
        f"{sum(result.runs.values())} runs with {result.failed_calls} failed calls in {time.monotonic() - began:.0f} s,"
        f" {result.killed} of them with a kill at the first one:"
        f" {result.acknowledged} acknowledgements after {result.unavailable} times unavailable, {result.images} power"
        f" failures, {len(result.violations)} violations"
    )
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
