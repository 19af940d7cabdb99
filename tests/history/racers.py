"""`python -m tests.history.racers --backend … --rounds N`: in each round 50 clients send the same tag at once.

Exactly one of them must be answered 200 and all others 412, at one node or at three. Exit codes: 0 so it was, 1 not.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import click

from tests.history import tenants
from tests.history.http_line import HttpLine
from tests.history.nodes import running_cluster
from tests.history.session import BACKENDS, POSTGRES_BACKEND
from tests.history.workload import Put, Register, registers_of
from tests.postgres_server import running_postgres

RACERS = 50
_PATIENCE = 30.0


def race(backend: str, rounds: int, folder: Path) -> Counter[tuple[int, int]]:
    """How many rounds had how many winners and how many that were refused."""
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres()) if backend == POSTGRES_BACKEND else None
        return asyncio.run(_race(postgres.new_database() if postgres else None, rounds, folder))


async def _race(database: str | None, rounds: int, folder: Path) -> Counter[tuple[int, int]]:
    count = 1 if database is None else 3
    async with running_cluster(folder, count=count, tenants=1, database=database, failpoint_probability=0) as cluster:
        register, _ = registers_of(0, tenants.token(cluster.keys, cluster.base_url, 0))
        # At PostgreSQL the racers are spread over the nodes.
        lines = [HttpLine(cluster.nodes[number % count].port) for number in range(RACERS)]
        seen: Counter[tuple[int, int]] = Counter()
        tag = await _current_tag(lines[0], register)
        for _ in range(rounds):
            answers = await asyncio.gather(
                *(line.exchange(_put(register, tag, number), seconds=_PATIENCE) for number, line in enumerate(lines))
            )
            winners = [answer for answer in answers if answer.status == 200]
            seen[len(winners), sum(answer.status == 412 for answer in answers)] += 1
            tag = winners[0].tag if len(winners) == 1 else await _current_tag(lines[0], register)
        for line in lines:
            line.close()
        return seen


def _put(register: Register, tag: str, number: int) -> bytes:
    content = register.template.replace(b"NUMBER", b"%d" % number).replace(b"ATTRIBUTES", b"null")
    return Put(register, number, str(uuid.uuid4()), tag, content, f'If-Match: "{tag}"\r\n').to_bytes()


async def _current_tag(line: HttpLine, register: Register) -> str:
    head = f"GET {register.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {register.token}\r\n\r\n"
    return (await line.exchange(head.encode(), seconds=_PATIENCE)).tag


@click.command(help=__doc__)
@click.option("--backend", type=click.Choice(BACKENDS), default=BACKENDS[0], show_default=True)
@click.option("--rounds", type=int, default=1_000, show_default=True)
def main(backend: str, rounds: int) -> None:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="partnercenter-racers-") as folder:
        seen = race(backend, rounds, Path(folder))
    for (winners, refused), count in sorted(seen.items()):
        click.echo(f"{count} rounds: {winners} won, {refused} refused")
    right = seen == {(1, RACERS - 1): rounds}
    click.echo(
        f"{backend}: {RACERS} racers, {rounds} rounds, {time.monotonic() - started:.0f} s:"
        f" {'exactly one winner each' if right else 'WRONG'}"
    )
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
