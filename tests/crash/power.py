"""`python -m tests.crash.power --images N`: record what a service writes, and let the power fail at N moments.

Ends with 0 if nothing was lost, 1 if something was.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from partnercenter.service.storage.sqlite import SqliteStorage
from tests.crash import seeded_bugs
from tests.crash.folders import folder_in_memory
from tests.crash.images import SURVIVORS, Disk, write_files
from tests.crash.phases import DATABASE
from tests.crash.promises import look
from tests.crash.puts import DAY, NOW, OLD, Acknowledgement, add_profiles, done_by, put_many
from tests.crash.recording import Clock, Event, Sync, recorded

CLIENTS = 4


@dataclass
class Result:
    """What came of the power failures."""

    images: Counter[str] = field(default_factory=Counter)
    events: int = 0
    syncs: int = 0
    acknowledged: int = 0
    untold: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass
class Life:
    """What the clients were told so far, and what time it is."""

    notes: list[Acknowledgement] = field(default_factory=list)
    now: float = OLD
    events: int = 0

    def apply(self, event: Event) -> None:
        """Let it happen."""
        self.events += 1
        match event:
            case Acknowledgement():
                self.notes.append(event)
            case Clock(now):
                self.now = now
            case _:
                pass


def run(images: int, seed: int, rounds: int = 12) -> Result:
    """Record a service that is started twice, and look at so many images of its disk.

    rounds: how many PUTs each client does each time.
    """
    random, result = Random(seed), Result()
    with folder_in_memory() as folder:
        log = record(folder / "recorded", rounds)
        result.events, result.syncs = len(log), sum(isinstance(event, Sync) for event in log)
        # As many at each moment as it takes, at moments that are chosen by lot.
        moments = Counter(random.randrange(len(log)) for _ in range(images))
        disk, life = Disk(), Life()
        for moment, event in enumerate(log):
            disk.apply(event)
            life.apply(event)
            for _ in range(moments[moment]):
                _fail(folder, disk, life, random, result)
    return result


def record(folder: Path, rounds: int) -> list[Event]:
    """What a service writes from its first start on: PUTs, checkpoints, purges, stops."""
    folder.mkdir()
    with recorded() as log:
        for now in (OLD, NOW):
            log.append(Clock(now))
            with closing(SqliteStorage(folder / DATABASE)) as storage:
                add_profiles(storage)
                asyncio.run(_put_and_purge(storage, log, rounds, now))
    return log


async def _put_and_purge(storage: SqliteStorage, log: list[Event], rounds: int, now: float) -> None:
    done = done_by(log)
    purge = storage.purge_answers(before=now - DAY, most=CLIENTS * rounds // 2)
    await asyncio.gather(put_many(storage, done, log.append, clients=CLIENTS, rounds=rounds, at=now), purge)


def _fail(folder: Path, disk: Disk, life: Life, random: Random, result: Result) -> None:
    name = random.choice(list(SURVIVORS))
    with tempfile.TemporaryDirectory(dir=folder) as image:
        write_files(disk.image(SURVIVORS[name], random), Path(image))
        found = look(Path(image) / DATABASE, life.notes, life.now)
    result.images[name] += 1
    result.acknowledged += len(life.notes)
    result.untold += max(found.untold, 0)
    result.violations += [f"after event {life.events}, {name}: {line}" for line in found.violations]


def main() -> int:
    """Run, and say what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash.power", description=__doc__)
    parser.add_argument("--images", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1, help="of what is on the disk")
    parser.add_argument("--rounds", type=int, default=12, help="how many PUTs each client does after each start")
    parser.add_argument("--bug", choices=seeded_bugs.BUGS, help="a bug that must be found")
    options = parser.parse_args()
    began = time.monotonic()
    with seeded_bugs.planted(options.bug):
        result = run(options.images, options.seed, options.rounds)
    for name, images in sorted(result.images.items()):
        print(f"{name:22} {images:6} images")
    print(*result.violations[:20], sep="\n")
    print(
        f"{sum(result.images.values())} images at {result.events} events, {result.syncs} of them syncs, in"
        f" {time.monotonic() - began:.0f} s: {result.acknowledged} acknowledgements looked for,"
        f" {len(result.violations)} violations, {result.untold} stored without having been acknowledged"
    )
    return 1 if result.violations else 0


if __name__ == "__main__":
    sys.exit(main())
