"""What goes wrong during a run, beside the clients' habits and the failpoints: kills, freezes, a dying database."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.history.nodes import Cluster
from tests.postgres_server import RunningPostgres, StopMode

KILL, FREEZE = "kill -9 of a node", "SIGSTOP of a node"
DATABASE_KILL, DATABASE_RESTART = "kill -9 of PostgreSQL", "restart of PostgreSQL"
FREEZE_SECONDS = 2.0


@dataclass(frozen=True)
class FaultPlan:
    """Every how many seconds, on average, what happens; None is never."""

    kill: float | None = 1.1
    freeze: float | None = None
    database: float | None = None


@asynccontextmanager
async def going_wrong(
    plan: FaultPlan, cluster: Cluster, postgres: RunningPostgres | None, seed: int
) -> AsyncIterator[Counter[str]]:
    """Faults during the `with`, counted; at its end everything is up again."""
    acts = _Acts(cluster, _Database(postgres), random.Random(seed))
    tasks = [
        asyncio.create_task(acts.again_and_again(act, every))
        for every, act in (
            (plan.kill, acts.kill),
            (plan.freeze, acts.freeze),
            (plan.database if postgres else None, acts.hurt_database),
        )
        if every is not None
    ]
    try:
        yield acts.counted
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks) if tasks else None
        for node in cluster.nodes:
            node.signal(signal.SIGCONT)
        await acts.database.be_up()


@dataclass
class _Acts:
    """What can be done to a run, and how often it was."""

    cluster: Cluster
    database: _Database
    random: random.Random
    counted: Counter[str] = field(default_factory=Counter)

    async def again_and_again(self, act: Callable[[], Awaitable[None]], every: float) -> None:
        while True:
            await asyncio.sleep(self.random.uniform(0.6, 1.4) * every)
            await act()

    async def kill(self) -> None:
        ready = [node for node in self.cluster.nodes if node.is_ready.is_set()]
        if ready and self.random.choice(ready).signal(signal.SIGKILL):
            self.counted[KILL] += 1

    async def freeze(self) -> None:
        node = self.random.choice(self.cluster.nodes)
        frozen = node.pid
        if node.signal(signal.SIGSTOP):
            self.counted[FREEZE] += 1
            await asyncio.sleep(FREEZE_SECONDS)
            if node.pid == frozen:
                node.signal(signal.SIGCONT)

    async def hurt_database(self) -> None:
        if self.random.random() < 0.5:
            await self.database.kill_and_start()
            self.counted[DATABASE_KILL] += 1
        else:
            await self.database.restart(self.random.choice(["fast", "immediate"]))
            self.counted[DATABASE_RESTART] += 1


class _Database:
    """The server; its methods wait in a thread, and one that has begun goes on to its end."""

    def __init__(self, postgres: RunningPostgres | None) -> None:
        self._postgres = postgres
        self._under_way: asyncio.Future[None] | None = None

    async def kill_and_start(self) -> None:
        assert self._postgres is not None
        postgres = self._postgres

        def act() -> None:
            postgres.kill()
            postgres.start()

        await self._do(act)

    async def restart(self, mode: StopMode) -> None:
        assert self._postgres is not None
        postgres = self._postgres
        await self._do(lambda: postgres.restart(mode))

    async def be_up(self) -> None:
        if self._under_way is not None:
            await self._under_way

    async def _do(self, act: Callable[[], None]) -> None:
        self._under_way = asyncio.ensure_future(asyncio.to_thread(act))
        await asyncio.shield(self._under_way)
