"""A second PostgreSQL that follows a first one: what synchronous replication needs."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from tests.postgres_server import (
    RunningPostgres,
    free_port,
    own_folder,
    server_process,
    stopped_at_the_end,
)


@contextmanager
def running_standby(primary: RunningPostgres, name: str = "standby") -> Iterator[RunningPostgres]:
    """A standby that streams from `primary`, under the `name` that `synchronous_standby_names` would list."""
    with own_folder(None) as folder:
        settings = primary.settings | {"synchronous_standby_names": "", "cluster_name": name}
        standby = RunningPostgres(primary.binaries, folder, free_port(), settings)
        options = ["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--wal-method=stream"]
        copying = server_process(
            primary.binaries / "pg_basebackup",
            *options,
            "-D",
            standby.data,
            "-d",
            f"{primary.url}?application_name={name}",
            log=subprocess.PIPE,
        )
        output, _ = copying.communicate(timeout=60)
        assert copying.returncode == 0, output.decode()
        with stopped_at_the_end(standby, remove=True):
            standby.start()
            _await_streaming(primary, name)
            yield standby


def _await_streaming(primary: RunningPostgres, name: str) -> None:
    query = "SELECT 1 FROM pg_stat_replication WHERE application_name = %s AND state = 'streaming'"
    ends = time.monotonic() + 20
    with closing(psycopg.connect(primary.url, autocommit=True)) as connection:
        while connection.execute(query, (name,)).fetchone() is None:
            assert time.monotonic() < ends, primary.log()
            time.sleep(0.01)
