"""The service as a measurement needs it: plain HTTP, a free port, and as many partners as are asked for."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path

from bench import composed, partners
from bench.requests import BILLING
from partnercenter.service import http_server, retention
from partnercenter.service.settings import ServiceSettings


async def serve(folder: Path, database: str, callers: int) -> None:
    """Announce port and callers in one line of JSON, and serve until stopped."""
    ids = partners.tenant_ids(callers)
    with http_server.listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        base_url = f"http://localhost:{port}"
        async with composed.service(folder, database, base_url, ids) as (service, keys):
            words = [(BILLING, f"Bearer {partners.access_token(keys, base_url, one)}") for one in ids]
            told = json.dumps({"port": port, "callers": words, "envelope": None})
            purging = asyncio.create_task(
                retention.keep_purging(
                    service.storage,
                    replay_seconds=service.replay_seconds,
                    audit_days=ServiceSettings().audit_days,
                    clock=service.clock,
                )
            )
            try:
                await http_server.make_server(service, None, lambda: print(told, flush=True)).serve([listener])
            finally:
                purging.cancel()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.serve", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of its keys and its SQLite file")
    parser.add_argument("--database", default="sqlite", help="sqlite, or the URL of a PostgreSQL database")
    parser.add_argument("--callers", type=int, default=256, help="partners that requests come from")
    given = parser.parse_args()
    asyncio.run(serve(given.data, given.database, given.callers))


if __name__ == "__main__":
    main()
