"""What a user waits for before anything happens: imports, the command line, the service, a fresh one in a test."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import composed
from bench.load import LoadError
from bench.processes import output, resident_bytes, started

_IMPORT = "import time; began = time.perf_counter(); {what}; print(time.perf_counter() - began)"
_PROGRAM = [sys.executable, "-m", "partnercenter"]


def imports(times: int) -> dict[str, float]:
    """Seconds of each import, the least of so many fresh interpreters, in turns."""
    wanted = {
        "import httpx2": "import httpx2",
        "import partnercenter": "import partnercenter",
        "from partnercenter import PartnerCenter": "from partnercenter import PartnerCenter",
    }
    found: dict[str, list[float]] = {name: [] for name in wanted}
    for _ in range(times):
        for name, what in wanted.items():
            found[name].append(float(output([sys.executable, "-c", _IMPORT.format(what=what)])))
    return {name: min(seconds) for name, seconds in found.items()}


def commands(times: int) -> dict[str, float]:
    """Seconds of `partnercenter --version` and of an interpreter that does nothing, the least of so many."""
    wanted = {"python -c pass": [sys.executable, "-c", "pass"], "partnercenter --version": [*_PROGRAM, "--version"]}
    found: dict[str, list[float]] = {name: [] for name in wanted}
    for _ in range(times):
        for name, command in wanted.items():
            found[name].append(_wall(command))
    return {name: min(seconds) for name, seconds in found.items()}


def service_starts(times: int) -> dict[str, float]:
    """Seconds until `partnercenter serve` says that it is ready, medians: in a new folder, and in one that it knows.

    And its memory then, in bytes. Raises LoadError.
    """
    first: list[float] = []
    later: list[float] = []
    memory: list[int] = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            for found in (first, later):
                seconds, resident = _ready(Path(folder) / "data")
                found.append(seconds)
            memory.append(resident)
    middle = times // 2
    return {"first": sorted(first)[middle], "later": sorted(later)[middle], "memory": sorted(memory)[middle]}


def fixture_resets(times: int) -> float:
    """Seconds until a fresh, seeded service in this process answers, and is closed again: the median."""

    async def once(folder: Path) -> None:
        async with composed.service(folder, "sqlite", "http://localhost:1", [], keys=keys):
            pass

    found = []
    with tempfile.TemporaryDirectory() as place:
        keys = composed.signing_keys(Path(place))
        for number in range(times):
            folder = Path(place) / str(number)
            folder.mkdir()
            began = time.perf_counter()
            asyncio.run(once(folder))
            found.append(time.perf_counter() - began)
    return sorted(found)[times // 2]


def _wall(command: Sequence[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def _ready(data: Path) -> tuple[float, int]:
    """On any core, as a user starts it."""
    began = time.perf_counter()
    with started([*_PROGRAM, "serve", "--port", "0", "--data", str(data)], core=None) as process:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise LoadError("the service did not start")
        return time.perf_counter() - began, resident_bytes(process.pid)
