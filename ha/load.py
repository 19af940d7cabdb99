"""The clients during the faults, and the judging of what they saw.

The service runs as two nodes on one database. Some clients know one node alone, so that a node that hangs shows as a
gap of its own; the others know both and repeat at either. Each fault has tenants of its own: once it is over, they
are judged by the checkers of `tests/history`, and at the very end what was judged must still be there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from ha.write_gap import longest_gap
from tests.history import tenants
from tests.history.client import Client
from tests.history.http_line import Answer, HttpLine
from tests.history.nodes import Cluster as Nodes
from tests.history.nodes import running_cluster as running_nodes
from tests.history.record import Attempt, write_lines
from tests.history.verdict import Findings, judge
from tests.history.witness import read_witness
from tests.history.workload import Field, Habits, Register, registers_of

Tenants: TypeAlias = dict[int, list[Register]]
"""The registers of tenants, by the tenants' numbers."""

NODES = 2
TENANTS_AT_ONCE = 2
_CLIENTS_OF_A_NODE = 4
_CLIENTS_OF_BOTH = 8
# Between two operations of a client. The databases, etcd and Patroni share the processors with us: this is to find
# mistakes at a steady rate, not to measure speed.
_PAUSE = 0.02
_MOST_OPERATIONS = 10_000_000


class _PacedClient(Client):
    """A client that leaves some time between its operations, and notes when its updates were acknowledged."""

    def __init__(self, number: int, shared: Field, seed: int, acknowledged: list[float]) -> None:
        super().__init__(number, shared, Habits(), seed)
        self._acknowledged = acknowledged

    async def run(self) -> None:
        while not self._field.is_over:
            if self._field.registers:
                register = self._random.choice(self._field.registers)
                await self._with(register, self._get if self._happens(self._habits.reads) else self._put)
                await self._send_late()
            await asyncio.sleep(_PAUSE)
        self.close()

    async def _try(self, line: HttpLine, data: bytes, attempt: Attempt, register: Register) -> Answer | None:
        answer = await super()._try(line, data, attempt, register)
        if answer is not None and answer.status == 200 and attempt.method == "PUT":
            self._acknowledged.append(time.monotonic())
        return answer


class Load:
    """The clients, the tenants that they use now, and those that wait to be judged."""

    def __init__(self, nodes: Nodes, folder: Path, seed: int) -> None:
        """folder: where the histories with violations are written. seed: of the clients' choices."""
        self._nodes = nodes
        self._folder = folder
        ports = [node.port for node in nodes.nodes]
        groups = [([port], _CLIENTS_OF_A_NODE) for port in ports] + [(ports, _CLIENTS_OF_BOTH)]
        # The number of an operation is in what it writes, so no two groups have the same ones.
        self._fields = [Field(served, operations=_MOST_OPERATIONS * at) for at, (served, _) in enumerate(groups)]
        self._acknowledged: list[list[float]] = [[] for _ in groups]
        self._clients = [
            _PacedClient(100 * at + number, self._fields[at], seed, self._acknowledged[at])
            for at, (_, count) in enumerate(groups)
            for number in range(count)
        ]
        self._visitor = Client(-1, Field(ports), replace(Habits(), dropped=0), seed)
        self._running: list[asyncio.Task[None]] = []
        self._next_tenant = 0
        self._playing: Tenants = {}
        self._promised: dict[int, set[str]] = {}

    def start(self) -> None:
        """Let the clients go."""
        self._running = [asyncio.create_task(client.run()) for client in self._clients]

    async def stop(self) -> None:
        """Let them finish what they are at."""
        for field in self._fields:
            field.is_over = True
        await asyncio.gather(*self._running)

    async def take_turns(self) -> Tenants:
        """Go on with fresh tenants; those that were used until now, for `judge`."""
        before = self._playing
        fresh: Tenants = {}
        for _ in range(TENANTS_AT_ONCE):
            number = self._next_tenant
            self._next_tenant += 1
            fresh[number] = registers_of(number, tenants.token(self._nodes.keys, self._nodes.base_url, number))
            for register in fresh[number]:
                await self._visitor.find_initial(register)
        self._playing = fresh
        for field in self._fields:
            field.registers = [register for registers in fresh.values() for register in registers]
        return before

    def gap(self, since: float, until: float) -> float:
        """The longest time in which a node acknowledged no update, of the node for which it was longest."""
        return max(longest_gap(acknowledged, since, until) for acknowledged in self._of_each_node)

    def has_acknowledged(self, since: float) -> bool:
        """Whether each node has acknowledged an update since then."""
        return all(acknowledged and acknowledged[-1] > since for acknowledged in self._of_each_node)

    def judge(self, used: Tenants, database: str) -> Findings:
        """What is wrong with the histories of these tenants."""
        findings = Findings()
        for number, registers in used.items():
            witness = read_witness(database, tenants.tenant_id(number), tenants.KINDS)
            initial = {register.name: register.initial for register in registers}
            attempts = [attempt for register in registers for attempt in register.attempts]
            puts = (attempt for attempt in attempts if attempt.method == "PUT" and attempt.is_done)
            self._promised[number] = {attempt.request_id for attempt in puts}
            found = judge(initial, attempts, witness)
            if found.violations:
                for register in registers:
                    write_lines(self._folder / f"history-{number}.jsonl", register.attempts)
            findings.add(found)
        return findings

    def lost(self, database: str) -> list[str]:
        """The ids of all updates that were acknowledged to a tenant that was judged, and are not in its audit now."""
        found: list[str] = []
        for number, promised in self._promised.items():
            witness = read_witness(database, tenants.tenant_id(number), tenants.KINDS)
            kept = {change.request_id for changes in witness.changes.values() for change in changes}
            found.extend(sorted(promised - kept))
        return found

    @property
    def promised(self) -> int:
        """How many updates `lost` looks for."""
        return sum(len(promised) for promised in self._promised.values())

    @property
    def _of_each_node(self) -> list[list[float]]:
        """When updates were acknowledged to the clients that know one node alone; by node."""
        return self._acknowledged[:NODES]


@asynccontextmanager
async def running_load(folder: Path, database: str, tenants_in_all: int, seed: int) -> AsyncIterator[Load]:
    """Nodes and clients at work; all ended at the end. database: the URL that the nodes share."""
    (folder / "nodes").mkdir()
    async with running_nodes(
        folder / "nodes", count=NODES, tenants=tenants_in_all, database=database, failpoint_probability=0
    ) as nodes:
        load = Load(nodes, folder, seed)
        await load.take_turns()
        load.start()
        try:
            yield load
        finally:
            await load.stop()
