"""Server processes: started on a core of their own, asked for their port, stopped by their id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.load import Job, Load, LoadError

ROOT = Path(__file__).resolve().parent.parent
_CORES = sorted(os.sched_getaffinity(0))
LOAD_CORE, SERVER_CORE = _CORES[0], _CORES[-1]
"""Client and server never take each other's time, unless the machine has one core alone."""


@dataclass(frozen=True, slots=True)
class Target:
    """A running server, and how it is asked.

    callers: path and authorization of each partner that it knows. envelope: see bench.requests.PutBody.
    pid: of its process.
    """

    port: int
    callers: Sequence[tuple[str, str]]
    envelope: str | None
    pid: int

    def job(self, method: str, connections: int, seconds: float, *, partners: int | None = None) -> Job:
        """One method on so many connections. partners: how many of them the requests come from; None = one of each."""
        callers = self.callers[: connections if partners is None else partners]
        return Job(self.port, callers, self.envelope, method, connections, seconds, warm_up=0.5)


def pinned(core: int, command: Sequence[str]) -> list[str]:
    """The command, on one core from its first instruction on."""
    return [sys.executable, "-m", "bench.pinned", str(core), *command]


@contextmanager
def started(
    command: Sequence[str], *, core: int | None = SERVER_CORE, quiet: bool = False
) -> Iterator[subprocess.Popen[str]]:
    """A process that ends with the `with`. core: None = any. quiet: what it says is of no interest."""
    process = subprocess.Popen(
        command if core is None else pinned(core, command),
        cwd=ROOT,
        stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextmanager
def announced(command: Sequence[str], core: int | None = SERVER_CORE) -> Iterator[Target]:
    """A server of ours, that says in one line of JSON how it is reached. Raises LoadError."""
    with started(command, core=core) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise LoadError(f"{' '.join(command[1:3])} did not start")
        told = json.loads(line)
        yield Target(told["port"], [tuple(one) for one in told["callers"]], told["envelope"], process.pid)


def load(job: Job) -> Load:
    """Run the job in a process on the core of the load. Raises LoadError."""
    return Load(**json.loads(output(pinned(LOAD_CORE, [sys.executable, "-m", "bench.load"]), json.dumps(asdict(job)))))


def output(command: Sequence[str], told: str = "") -> str:
    """What the command prints, given `told` on its standard input. Raises LoadError with its last words."""
    try:
        done = subprocess.run(command, input=told, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        raise LoadError("it took more than two minutes") from None
    if done.returncode != 0:
        raise LoadError(done.stderr.strip()[-600:])
    return done.stdout


def resident_bytes(pid: int) -> int:
    """What the process has in memory now (VmRSS)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))
