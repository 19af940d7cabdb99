"""Who takes part: each server that can be had, started; and one line for each that cannot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from bench import pgbench
from bench.load import LoadError
from bench.peers import canned, kinto
from bench.peers.installed import NotInstalledError, need_python_packages
from bench.processes import Target, announced
from tests.postgres_server import RunningPostgres, running_postgres

Started: TypeAlias = AbstractContextManager[Target]

CEILING = "HTTP server, constant answer"
SQLITE = "service, SQLite"
POSTGRES = "service, PostgreSQL"
DOUBLE = "FastAPI + SQLAlchemy by hand, SQLite"
KINTO_POSTGRES = "Kinto, PostgreSQL"
KINTO_MEMORY = "Kinto, memory (not durable)"
PRISM = "Prism (keeps nothing)"
WIREMOCK = "WireMock (keeps nothing)"
PEERS = (DOUBLE, KINTO_POSTGRES, KINTO_MEMORY, PRISM, WIREMOCK)

_MOST_CALLERS = 256
_CALLERS_OF_PEERS = 64


@dataclass(slots=True)
class Lineup:
    """The servers that run, by name. missing: why the others do not. pgbench: the URL of its database, if it has one.

    folder: for whoever needs a file. postgres: None if no PostgreSQL could be started.
    """

    folder: Path
    postgres: RunningPostgres | None
    targets: dict[str, Target] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    pgbench: str | None = None


@contextmanager
def running(tell: Callable[[str], None]) -> Iterator[Lineup]:
    """All of them, until the end of the `with`."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
        lineup = Lineup(place, _postgres(stack, tell))
        for name, start in _starts(lineup).items():
            tell(f"starting: {name}")
            folder = place / str(len(lineup.targets) + len(lineup.missing))
            folder.mkdir()
            try:
                lineup.targets[name] = stack.enter_context(start(folder))
            except (LoadError, NotInstalledError) as error:
                lineup.missing[name] = str(error)
                tell(f"left out: {name}: {error}")
        if lineup.postgres is not None:
            lineup.pgbench = lineup.postgres.new_database()
            pgbench.prepare(lineup.pgbench)
        yield lineup


def service(folder: Path, database: str, callers: int = _MOST_CALLERS) -> Started:
    """The service. database: sqlite, or the URL of a PostgreSQL database."""
    command = [sys.executable, "-m", "bench.serve", "--data", str(folder)]
    return announced([*command, "--database", database, "--callers", str(callers)])


def _starts(lineup: Lineup) -> dict[str, Callable[[Path], Started]]:
    return {
        CEILING: lambda folder: announced([sys.executable, "-m", "bench.constant"]),
        SQLITE: lambda folder: service(folder, "sqlite"),
        POSTGRES: lambda folder: service(folder, _database(lineup)),
        DOUBLE: _double,
        KINTO_POSTGRES: lambda folder: kinto.running(folder, _CALLERS_OF_PEERS, _database(lineup)),
        KINTO_MEMORY: lambda folder: kinto.running(folder, _CALLERS_OF_PEERS, None),
        PRISM: lambda folder: canned.prism(folder, _CALLERS_OF_PEERS),
        WIREMOCK: lambda folder: canned.wiremock(folder, _CALLERS_OF_PEERS),
    }


def _double(folder: Path) -> Started:
    python = str(need_python_packages())
    return announced([python, "-m", "bench.peers.fastapi_double", str(folder), str(_CALLERS_OF_PEERS)])


def _postgres(stack: ExitStack, tell: Callable[[str], None]) -> RunningPostgres | None:
    """As it comes, but for the connections: durable commits are the default of PostgreSQL."""
    try:
        return stack.enter_context(running_postgres(max_connections="400"))
    except (OSError, AssertionError, LookupError) as error:
        tell(f"left out: PostgreSQL: {error}")
        return None


def _database(lineup: Lineup) -> str:
    if lineup.postgres is None:
        raise LoadError("no PostgreSQL")
    return lineup.postgres.new_database()
