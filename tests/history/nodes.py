"""Nodes that are killed and started again: the harness's side of `tests/history/node.py`."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import socket
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from partnercenter.service.token_authority import SigningKeys
from tests.history import failpoints, node, seeded_bugs

_ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0
_PAUSE_AFTER_FAILED_START = 0.1


@dataclass
class Node:
    """One node: always the same folder and port, one process after another."""

    number: int
    folder: Path
    port: int
    arguments: list[str]
    pid: int = 0
    is_ready: asyncio.Event = field(default_factory=asyncio.Event)
    is_dead: asyncio.Event = field(default_factory=asyncio.Event)
    is_wanted: bool = True

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal; whether there was a process to send it to."""
        if not self.pid:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
            return True
        return False


@dataclass
class Cluster:
    """All nodes of a run, as if behind the balancer `base_url`, and what became of their processes.

    ends: how often a process ended, by its exit code; -9 is a kill.
    """

    nodes: list[Node]
    base_url: str
    keys: SigningKeys
    fired_file: Path
    environment: dict[str, str]
    launcher: asyncio.subprocess.Process
    ends: Counter[int] = field(default_factory=Counter)
    _starting: list[Node] = field(default_factory=list)

    def start(self, started: Node) -> None:
        """Fork a process for this node. Once it is dead, it is started again as long as it is wanted."""
        started.is_dead.clear()
        self._starting.append(started)
        line = {"arguments": started.arguments, "environment": self.environment}
        assert self.launcher.stdin is not None
        self.launcher.stdin.write(json.dumps(line).encode() + b"\n")

    async def follow(self) -> None:
        """Read what the launcher tells, until it ends."""
        assert self.launcher.stdout is not None
        async for line in self.launcher.stdout:
            word, pid, *rest = line.decode().split()
            if word == "started":
                self._starting.pop(0).pid = int(pid)
                continue
            found = next((each for each in self.nodes if each.pid == int(pid)), None)
            if found is None:
                continue
            if word == "ready":
                found.is_ready.set()
            else:
                self._ended(found, int(rest[0]))

    def _ended(self, ended: Node, code: int) -> None:
        self.ends[code] += 1
        ended.pid = 0
        ended.is_ready.clear()
        ended.is_dead.set()
        if ended.is_wanted:
            pause = 0.0 if code < 0 else _PAUSE_AFTER_FAILED_START
            asyncio.get_running_loop().call_later(pause, self._start_if_wanted, ended)

    def _start_if_wanted(self, ended: Node) -> None:
        if ended.is_wanted:
            self.start(ended)


@asynccontextmanager
async def running_cluster(
    folder: Path,
    *,
    count: int,
    tenants: int,
    database: str | None,
    failpoint_probability: float,
    bug: str | None = None,
) -> AsyncIterator[Cluster]:
    """`count` nodes, ready; all ended at the end.

    database: None for the SQLite file of the only node, else the URL that all share.
    """
    keys = SigningKeys.load_or_create(folder / "keys")
    base_url = f"http://localhost:{_free_port()}"
    made = [_make_node(folder, number, base_url, database) for number in range(count)]
    fired = folder / "fired"
    environment = {
        failpoints.PROBABILITY: str(failpoint_probability),
        failpoints.FILE: str(fired),
        seeded_bugs.SEEDED_BUG: bug or "",
    }
    with (folder / "stderr").open("ab") as errors:
        launcher = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.history.node",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=_ROOT,
            env=os.environ | {node.TENANTS: str(tenants)},
        )
    cluster = Cluster(made, base_url, keys, fired, environment, launcher)
    following = asyncio.create_task(cluster.follow())
    try:
        for each in made:
            cluster.start(each)
            await _wait_until_ready(each, following, folder)
        yield cluster
    finally:
        for each in made:
            each.is_wanted = False
            each.signal(signal.SIGKILL)
        assert launcher.stdin is not None
        launcher.stdin.close()
        await launcher.wait()
        await following


async def _wait_until_ready(started: Node, following: asyncio.Task[None], folder: Path) -> None:
    """Until it is ready. Fails at once if the launcher has ended."""
    ready = asyncio.create_task(started.is_ready.wait())
    await asyncio.wait([ready, following], timeout=_PATIENCE, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    assert started.is_ready.is_set(), f"Node {started.number} does not start. {_errors(folder)}"


def _errors(folder: Path) -> str:
    """The end of what the nodes have complained of."""
    return (folder / "stderr").read_text()[-2_000:]


def _make_node(folder: Path, number: int, base_url: str, database: str | None) -> Node:
    own = folder / f"node-{number}"
    own.mkdir(mode=0o700)
    # Nodes share their keys, so that a token is good at all of them.
    shutil.copy(folder / "keys" / "signing-key.pem", own)
    port = _free_port()
    arguments = ["--no-tls", "--port", str(port), "--data", str(own), "--base-url", base_url]
    return Node(number, own, port, arguments + (["--database", database] if database else []))


def _free_port() -> int:
    """A port below those that outgoing connections take: nobody takes it while its node is down."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
