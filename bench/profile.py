"""Where the time of a request goes: `python -m bench.profile get|put`, the whole service in this process, no socket."""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import json
import pstats
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import composed, partners
from bench.requests import BILLING, PutBody, RequestIds
from partnercenter.service.asgi import Service

BASE_URL = "http://localhost:8443"


@dataclass(slots=True)
class Partner:
    """One caller, who knows the entity tag of the last answer."""

    service: Service
    authorization: bytes
    tag: bytes = b""
    body: PutBody | None = None
    answer: list[bytes] = field(default_factory=list)
    ids: RequestIds = field(default_factory=RequestIds)

    async def get(self, number: int) -> None:
        """One GET; its answer is kept."""
        await self._ask("GET", [])

    async def put(self, number: int) -> None:
        """One PUT with a new request id, both preconditions, and a member that differs from the last one."""
        assert self.body is not None
        body = self.body.filled(self.tag, number)
        lines = [
            (b"content-type", b"application/json"),
            (b"if-match", b'"%b"' % self.tag),
            (b"ms-requestid", self.ids.next()),
            (b"content-length", b"%d" % len(body)),
        ]
        await self._ask("PUT", lines, body)

    async def learn(self) -> None:
        """Read the profile that the PUTs are made of."""
        await self.get(0)
        self.body = PutBody.of(json.loads(self.answer[0]))

    async def _ask(self, method: str, lines: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
        self.answer.clear()
        head = [(b"host", b"localhost"), (b"authorization", self.authorization), (b"accept", b"application/json")]
        scope = {"type": "http", "method": method, "raw_path": BILLING.encode(), "query_string": b""}

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                assert message["status"] == 200, message
                lines = message["headers"]
                assert isinstance(lines, list)
                self.tag = next(value for name, value in lines if name == b"etag").strip(b'"')
            else:
                content = message["body"]
                assert isinstance(content, bytes)
                self.answer.append(content)

        await self.service(scope | {"headers": head + lines}, receive, send)


async def measure(method: str, database: str, connections: int, seconds: float, *, profiled: bool) -> None:
    """Run one kind of request for a while, print requests/s, then again under the profiler, print where it went."""
    with tempfile.TemporaryDirectory() as folder:
        ids = partners.tenant_ids(connections)
        async with composed.service(Path(folder), database, BASE_URL, ids) as (service, keys):
            callers = [
                Partner(service, b"Bearer " + partners.access_token(keys, BASE_URL, one).encode()) for one in ids
            ]
            for caller in callers:
                await caller.learn()
            await _run(method, callers, min(seconds, 1))
            count, elapsed = await _run(method, callers, seconds)
            print(f"{method} {database}: {count / elapsed:,.0f}/s, {elapsed / count * 1e6:.0f} µs each")
            if profiled:
                with _profiler():
                    await _run(method, callers, seconds)


async def _run(method: str, callers: Sequence[Partner], seconds: float) -> tuple[int, float]:
    began = time.perf_counter()
    counts = await asyncio.gather(*(_keep_asking(caller, method, began + seconds) for caller in callers))
    return sum(counts), time.perf_counter() - began


async def _keep_asking(caller: Partner, method: str, end: float) -> int:
    ask = caller.get if method == "get" else caller.put
    number = 0
    while time.perf_counter() < end:
        number += 1
        await ask(number)
        # Not every answer waits for something; the others must get their turn, as they do behind a socket.
        await asyncio.sleep(0)
    return number


@contextmanager
def _profiler() -> Iterator[None]:
    profile = cProfile.Profile()
    profile.enable()
    yield
    profile.disable()
    pstats.Stats(profile).strip_dirs().sort_stats("tottime").print_stats(30)


@contextmanager
def _database(backend: str) -> Iterator[str]:
    if backend != "postgresql":
        yield backend
        return
    from tests.postgres_server import running_postgres

    with running_postgres() as server:
        yield server.new_database()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("method", choices=("get", "put"))
    parser.add_argument(
        "--backend", default="sqlite", help="sqlite; postgresql, which starts one; or the URL of an empty database"
    )
    parser.add_argument("--connections", type=int, default=1, help="requests at once, each of a tenant of its own")
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--no-profile", action="store_true", help="only requests/s")
    given = parser.parse_args()
    with _database(given.backend) as database:
        work = measure(given.method, database, given.connections, given.seconds, profiled=not given.no_profile)
        asyncio.run(work)


if __name__ == "__main__":
    main()
