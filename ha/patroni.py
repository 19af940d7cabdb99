"""One Patroni for each machine: it starts PostgreSQL, renews the leader's lock, and moves the leader when it must."""

from __future__ import annotations

import functools
import http.client
import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from ha import etcd, processes
from ha.machines import PATRONI_PORT, POSTGRES_PORT, Machine

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"

SCOPE = "partnercenter"
SUPERUSER = "postgres"

ETCD_V2, ETCD_V3 = "etcd", "etcd3"
_OVERWRITES_NO_MORE = (3, 0, 3)

# Patroni, "Dynamic Configuration Settings": ttl is at least 20, and loop_wait + 2 * retry_timeout must not exceed it.
TTL = 20
"""Seconds after its last renewal until the leader's lock is free for another machine: most of the write gap."""
LOOP_WAIT = 2
"""Seconds between two rounds of Patroni: how soon a changed cluster is noticed."""
_RETRY_TIMEOUT = 5
"""Seconds that etcd or PostgreSQL may fail before the leader steps down: longer than etcd needs to elect its own."""
_PRIMARY_START_TIMEOUT = 10
"""Seconds that a crashed PostgreSQL may take to recover in its place, before another machine takes over."""
_LONGEST_LAG_BYTES = 16 * 1024 * 1024

# What is the same on every machine; Patroni keeps it in etcd.
CLUSTER: Mapping[str, Json] = {
    "ttl": TTL,
    "loop_wait": LOOP_WAIT,
    "retry_timeout": _RETRY_TIMEOUT,
    "primary_start_timeout": _PRIMARY_START_TIMEOUT,
    "maximum_lag_on_failover": _LONGEST_LAG_BYTES,
    # Patroni, "Replication modes": a commit is answered when a second machine has it on disk, only such a machine
    # may become the leader, and with nobody to replicate to, writes wait instead of going on with one copy.
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
    # Patroni, "DCS Failsafe Mode": off, so that one rule decides who leads: who holds the lock in etcd. With it on, a
    # leader goes on without etcd while it reaches every member; with one machine down, that helps nobody.
    "failsafe_mode": False,
    "postgresql": {
        "use_pg_rewind": True,
        "use_slots": True,
        "parameters": {
            # Durability: the service refuses to start on a server that has these otherwise.
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            # pg_rewind undoes on an old leader what no other machine has; it needs one of the two (its manual).
            "wal_log_hints": "on",
            # A machine that was away finds what it missed, and pg_rewind the point where the histories part.
            "wal_keep_size": "256MB",
            "max_wal_size": "1GB",
            # A machine that went silent is dropped after this, and Patroni makes the other one synchronous.
            "wal_sender_timeout": "5s",
            "wal_receiver_timeout": "5s",
            "wal_retrieve_retry_interval": "1s",
            # A client that vanished lets go of its locks, and one that is cut off is not waited for.
            "tcp_user_timeout": "5s",
            "tcp_keepalives_idle": 5,
            "tcp_keepalives_interval": 2,
            "tcp_keepalives_count": 3,
            "max_connections": 60,
            "shared_buffers": "64MB",
            "log_checkpoints": "on",
        },
    },
}


def configuration(
    machine: Machine, machines: Sequence[Machine], programs: Mapping[str, str], password: str
) -> dict[str, Json]:
    """The configuration of one machine's Patroni. password: of the superuser and of replication."""
    everywhere = "0.0.0.0" if machine.peer_address != machine.client_address else machine.peer_address
    superuser: dict[str, Json] = {"username": SUPERUSER, "password": password}
    return {
        "scope": SCOPE,
        "name": machine.name,
        "restapi": {
            "listen": f"{everywhere}:{PATRONI_PORT}",
            "connect_address": f"{machine.peer_address}:{PATRONI_PORT}",
        },
        lock_protocol(programs["patroni"]): {
            "hosts": [etcd.client_url(other).removeprefix("http://") for other in machines]
        },
        "bootstrap": {
            "dcs": dict(CLUSTER),
            "initdb": [{"encoding": "UTF8"}, {"locale": "C.UTF-8"}, "data-checksums"],
        },
        "postgresql": {
            "listen": f"{everywhere}:{POSTGRES_PORT}",
            "connect_address": f"{machine.peer_address}:{POSTGRES_PORT}",
            "data_dir": str(data_of(machine)),
            "bin_dir": str(Path(programs["initdb"]).parent),
            "pgpass": str(machine.folder / "pgpass"),
            "authentication": {
                "superuser": superuser,
                "replication": {"username": "replicator", "password": password},
            },
            "parameters": {"unix_socket_directories": str(machine.folder)},
            "pg_hba": [
                "local all all scram-sha-256",
                "host all all 0.0.0.0/0 scram-sha-256",
                "host replication replicator 0.0.0.0/0 scram-sha-256",
            ],
        },
        # Strict mode keeps the promises even if a frozen Patroni leaves its PostgreSQL running. On real machines
        # a watchdog ends that sooner: Patroni, "Watchdog support".
        "watchdog": {"mode": "off"},
    }


@functools.cache
def lock_protocol(program: str) -> str:
    """The section of the configuration that says how to talk to etcd. program: the path of Patroni.

    Patroni before 3.0.3 overwrites the leader's lock through version 3 of etcd's API without a look at whose it is
    (pull request 2689 of patroni/patroni): a leader that froze and goes on takes the lock back from the one that took
    over, and what that one acknowledged is undone. Through version 2 it renews the lock only if it still has it.
    """
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(number) for number in re.findall(r"\d+", said))
    return ETCD_V3 if version >= _OVERWRITES_NO_MORE else ETCD_V2


def start(
    machine: Machine, machines: Sequence[Machine], programs: Mapping[str, str], password: str
) -> subprocess.Popen[bytes]:
    """Start the Patroni of `machine`, which starts its PostgreSQL."""
    file = machine.folder / "patroni.yml"  # every JSON text is a YAML text
    file.write_text(json.dumps(configuration(machine, machines, programs, password), indent=2))
    os.chmod(file, 0o600)
    if os.geteuid() == 0:
        owner = machine.folder.stat()
        os.chown(file, owner.st_uid, owner.st_gid)
    command = [*machine.enter, programs["patroni"], str(file)]
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": str(machine.folder)}
    return processes.start(command, machine.folder / "patroni.log", environment)


def data_of(machine: Machine) -> Path:
    """The folder of its PostgreSQL."""
    return machine.folder / "data"


def holds_lock(machine: Machine) -> bool:
    """Whether its Patroni says that it is the leader and PostgreSQL runs as such (REST API, `GET /primary`)."""
    return _status(machine, "/primary") == 200


def may_take_over(machine: Machine) -> bool:
    """Whether its Patroni says that it is the synchronous standby, as etcd has it (REST API, `GET /sync`)."""
    return _status(machine, "/sync") == 200


def switch_over(machine: Machine) -> bool:
    """Ask the leader's Patroni to hand over to a synchronous standby, as for maintenance; whether it did."""
    return _status(machine, "/switchover", {"leader": machine.name}, patience=60) == 200


def _status(machine: Machine, path: str, content: Json = None, *, patience: float = 1.0) -> int | None:
    line = http.client.HTTPConnection(machine.client_address, PATRONI_PORT, timeout=patience)
    with closing(line):
        try:
            line.request("GET" if content is None else "POST", path, None if content is None else json.dumps(content))
            return line.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
