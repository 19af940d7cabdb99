"""Kinto: a JSON store with entity tags over HTTP. Its waitress server, its memory or its PostgreSQL backend."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.load import LoadError
from bench.peers.foreign import ask, free_port, listening
from bench.peers.installed import need_python_packages
from bench.processes import Target
from partnercenter.service import seed

_SETTINGS = """
[app:main]
use = egg:kinto
multiauth.policies = basicauth
kinto.userid_hmac_secret = bench
kinto.bucket_create_principals = system.Authenticated
kinto.storage_backend = kinto.core.storage.{backend}
kinto.cache_backend = kinto.core.cache.{backend}
kinto.permission_backend = kinto.core.permission.{backend}
{urls}
[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}
threads = 8
connection_limit = 1000

[loggers]
keys = root
[handlers]
keys = none
[formatters]
keys =
[logger_root]
level = ERROR
handlers = none
[handler_none]
class = NullHandler
args = ()
"""
_WORD = "Basic " + base64.b64encode(b"bench:bench").decode()
_COLLECTIONS = "/v1/buckets/bench/collections"


@contextmanager
def running(folder: Path, partners: int, database: str | None) -> Iterator[Target]:
    """Kinto with one record for each partner. database: the URL of an empty PostgreSQL database; None = memory."""
    python = need_python_packages()
    port = free_port()
    settings = folder / "kinto.ini"
    url = (database or "").replace("postgresql://", "postgresql+psycopg2://")
    urls = "\n".join(f"kinto.{part}_url = {url}" for part in ("storage", "cache", "permission")) if url else ""
    settings.write_text(_SETTINGS.format(backend="postgresql" if url else "memory", urls=urls, port=port))
    kinto = str(python.parent / "kinto")
    if url:
        done = subprocess.run([kinto, "migrate", "--ini", str(settings)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LoadError(f"kinto migrate: {done.stderr[-300:]}")
    with listening([kinto, "start", "--ini", str(settings)], port) as pid:
        ask(port, "PUT", "/v1/buckets/bench", "{}", _WORD)
        # A collection of its own for each partner: Kinto gives no two records of one the same time, so writes to one
        # collection wait for each other, and some are refused (409).
        paths = [f"{_COLLECTIONS}/partner-{number}/records/billing" for number in range(partners)]
        for path in paths:
            ask(port, "PUT", path.partition("/records")[0], "{}", _WORD)
            ask(port, "PUT", path, json.dumps({"data": seed.FIRST_BILLING_PROFILE}), _WORD)
        yield Target(port, [(path, _WORD) for path in paths], "data", pid)
