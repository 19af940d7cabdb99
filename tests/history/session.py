"""One run: nodes, clients and faults together, tenants that take turns, and the judging of each that had its turn."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from partnercenter.service.app import DATABASE_NAME
from tests.history import failpoints, tenants
from tests.history.client import Client
from tests.history.faults import FREEZE_SECONDS, FaultPlan, going_wrong
from tests.history.floors import SHORT, Floors, shortfalls
from tests.history.nodes import Cluster, running_cluster
from tests.history.record import write_lines
from tests.history.report import Report
from tests.history.verdict import Findings, judge
from tests.history.witness import SQLITE, read_witness
from tests.history.workload import Field, Habits, Register, registers_of
from tests.postgres_server import RunningPostgres, running_postgres

SQLITE_BACKEND, POSTGRES_BACKEND = "sqlite", "postgresql"
BACKENDS = (SQLITE_BACKEND, POSTGRES_BACKEND)
_TURN_SECONDS = 0.05
# A retired tenant waits for so long: what was sent to a node may still have its effect, after a freeze too.
_SETTLED_SECONDS = 0.3
_SETTLED_AFTER_FREEZE_SECONDS = FREEZE_SECONDS + 1.0
_LONGEST = 4


@dataclass(frozen=True)
class Plan:
    """What to run.

    seconds: of load, and up to four times as many if there were fewer kills than `least_kills`. operations: end after
    so many, too. tenants: how many there are in all; those that had `attempts_each` attempts on one of their profiles
    make room for the next, and when there is none the run ends. stops_at_violation: for seeded bugs.
    """

    backend: str = SQLITE_BACKEND
    seconds: float = 8
    least_kills: int = 0
    operations: int | None = None
    seed: int = 1
    clients: int = 8
    tenants_at_once: int = 6
    tenants: int = 64
    attempts_each: int = 5_000
    failpoint_probability: float = 0.001
    habits: Habits = field(default_factory=Habits)
    faults: FaultPlan = field(default_factory=FaultPlan)
    floors: Floors = SHORT
    bug: str | None = None
    stops_at_violation: bool = False

    @property
    def nodes(self) -> int:
        """SQLite has one process that writes; PostgreSQL is there for many."""
        return 3 if self.backend == POSTGRES_BACKEND else 1


def run(plan: Plan, folder: Path, progress: Callable[[Report], None] = lambda _report: None) -> Report:
    """Run it in `folder`, which is empty and stays afterwards. progress: told every second."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres()) if plan.backend == POSTGRES_BACKEND else None
        return asyncio.run(_run(plan, folder, postgres, progress))


async def _run(
    plan: Plan, folder: Path, postgres: RunningPostgres | None, progress: Callable[[Report], None]
) -> Report:
    url = postgres.new_database() if postgres else None
    database = url or f"{SQLITE}{folder / 'node-0' / DATABASE_NAME}"
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(
            running_cluster(
                folder,
                count=plan.nodes,
                tenants=plan.tenants,
                database=url,
                failpoint_probability=plan.failpoint_probability,
                bug=plan.bug,
            )
        )
        session = _Session(plan, folder, cluster, database)
        await session.run(postgres, progress)
    # Every node is dead: nothing can happen any more.
    await session.judge_the_rest()
    return session.report


class _Session:
    def __init__(self, plan: Plan, folder: Path, cluster: Cluster, database: str) -> None:
        self._plan = plan
        self._folder = folder
        self._cluster = cluster
        self._database = database
        self._field = Field([node.port for node in cluster.nodes])
        self._visitor = Client(-1, self._field, replace(plan.habits, dropped=0), plan.seed)
        self._waiting = deque(range(plan.tenants))
        self._playing: dict[int, list[Register]] = {}
        self._retired: deque[tuple[float, int, list[Register]]] = deque()
        self._started = time.monotonic()
        self.report = Report(plan.backend, plan.bug, plan.seed)

    async def run(self, postgres: RunningPostgres | None, progress: Callable[[Report], None]) -> None:
        """Load and faults, until the time is over or there is something to tell."""
        plan = self._plan
        for _ in range(plan.tenants_at_once):
            await self._bring_in()
        self._started = time.monotonic()
        clients = [
            asyncio.create_task(Client(number, self._field, plan.habits, plan.seed).run())
            for number in range(plan.clients)
        ]
        try:
            async with going_wrong(plan.faults, self._cluster, postgres, plan.seed) as faults:
                told = self._started
                while not self._is_enough():
                    await asyncio.sleep(_TURN_SECONDS)
                    if any(client.done() for client in clients):
                        break
                    await self._take_turns()
                    self._count(faults)
                    if time.monotonic() > told + 1:
                        told = time.monotonic()
                        progress(self.report)
        finally:
            self._field.is_over = True
            self._visitor.close()
            await asyncio.gather(*clients)
        self._count(faults)

    async def judge_the_rest(self) -> None:
        """The tenants that still played, and whether the run was worth anything."""
        self._retired.extend((0, number, registers) for number, registers in self._playing.items())
        for _, number, registers in self._retired:
            await self._judge(number, registers)
        self.report.void = list(shortfalls(self.report, self._plan.floors))

    def _is_enough(self) -> bool:
        plan, report = self._plan, self.report
        seconds = time.monotonic() - self._started
        return (
            (seconds > plan.seconds and (report.kills >= plan.least_kills or seconds > _LONGEST * plan.seconds))
            or (plan.operations is not None and self._field.operations >= plan.operations)
            or (plan.stops_at_violation and bool(report.findings.violations))
            or not self._waiting
        )

    async def _take_turns(self) -> None:
        """Retire the tenants that had their turn, bring in others, and judge whatever has settled."""
        for number, registers in list(self._playing.items()):
            if max(len(register.attempts) for register in registers) >= self._plan.attempts_each:
                del self._playing[number]
                self._retired.append((time.monotonic(), number, registers))
                await self._bring_in()
        seconds = _SETTLED_AFTER_FREEZE_SECONDS if self._plan.faults.freeze else _SETTLED_SECONDS
        while self._retired and self._has_settled(*self._retired[0], seconds):
            _, number, registers = self._retired.popleft()
            await self._judge(number, registers)

    def _has_settled(self, retired_at: float, _number: int, registers: list[Register], seconds: float) -> bool:
        """Whether no client waits for anything of it any more: an answer that comes after the witness is none of it."""
        busy = any(self._field.busy.get(register.name) for register in registers)
        return not busy and retired_at + seconds < time.monotonic()

    async def _bring_in(self) -> None:
        number = self._waiting.popleft()
        registers = registers_of(number, tenants.token(self._cluster.keys, self._cluster.base_url, number))
        for register in registers:
            await self._visitor.find_initial(register)
        self._playing[number] = registers
        self._field.registers = [register for each in self._playing.values() for register in each]

    async def _judge(self, number: int, registers: list[Register]) -> None:
        findings = await asyncio.to_thread(self._findings, number, registers)
        if findings.violations:
            if self.report.caught_after is None:
                self.report.caught_after = time.monotonic() - self._started
            for register in registers:
                write_lines(self._folder / f"history-{number}.jsonl", register.attempts)
        self.report.findings.add(findings)

    def _findings(self, number: int, registers: list[Register]) -> Findings:
        witness = read_witness(self._database, tenants.tenant_id(number), tenants.KINDS)
        initial = {register.name: register.initial for register in registers}
        return judge(initial, [attempt for register in registers for attempt in register.attempts], witness)

    def _count(self, faults: dict[str, int]) -> None:
        report = self.report
        report.seconds = time.monotonic() - self._started
        report.answers = self._field.answers
        report.faults = dict(faults)
        report.fired = dict(failpoints.fired(self._cluster.fired_file))
        report.ends = {str(code): count for code, count in self._cluster.ends.items()}
