"""The whole cluster: brought up, looked at, and put away."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from ha import etcd, patroni, processes
from ha.machines import POSTGRES_PORT, Machine, make_machines

DATABASE = "partnercenter"
_LONGEST_START = 60.0
_GLANCE = 0.2
# What a Patroni says of the others is as old as its last round, and a leader that lost etcd for a while steps down
# and up again within seconds.
_STEADY_SECONDS = 2.5 * patroni.LOOP_WAIT
_LONGEST_STOP = 10.0


class ClusterError(Exception):
    """The cluster did not get where it should be; the text has the end of the logs."""


@dataclass
class Cluster:
    """members, patronis: the processes by the name of their machine. password: of both database users."""

    machines: list[Machine]
    programs: Mapping[str, str]
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    members: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    patronis: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where the service finds the leader (libpq, "Specifying Multiple Hosts"); its password is in PGPASSFILE."""
        hosts = ",".join(f"{machine.client_address}:{POSTGRES_PORT}" for machine in self.machines)
        return f"postgresql://{DATABASE}@{hosts}/{DATABASE}?target_session_attrs=read-write"

    def start_member(self, machine: Machine) -> None:
        """Start the etcd member of `machine`."""
        with_v2 = patroni.lock_protocol(self.programs["patroni"]) == patroni.ETCD_V2
        self.members[machine.name] = etcd.start_member(machine, self.machines, self.programs, with_v2=with_v2)

    def start_patroni(self, machine: Machine) -> None:
        """Start the Patroni of `machine`."""
        self.patronis[machine.name] = patroni.start(machine, self.machines, self.programs, self.password)

    def leader(self) -> Machine | None:
        """The machine that leads according to its own Patroni. None while nobody does."""
        return next((machine for machine in self.machines if patroni.holds_lock(machine)), None)

    def database_pids(self, machine: Machine) -> list[int]:
        """The postmaster of `machine`, if it runs, and its children."""
        postmaster = processes.postmaster_of(patroni.data_of(machine))
        return [] if postmaster is None else [postmaster, *processes.children_of(postmaster)]

    def freeze_database(self, machine: Machine) -> list[int]:
        """Stop its PostgreSQL where it stands; the processes to thaw."""
        processes.freeze(self.database_pids(machine)[:1])  # first of all the one that makes the others
        pids = self.database_pids(machine)
        processes.freeze(pids)
        return pids

    def connect(self, machine: Machine, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """Connect to the PostgreSQL of `machine` as the superuser; every statement is a transaction."""
        return psycopg.connect(
            host=machine.client_address,
            port=POSTGRES_PORT,
            user=patroni.SUPERUSER,
            dbname=database,
            autocommit=True,
            connect_timeout=2,
        )

    def is_healthy(self) -> bool:
        """Whether one machine leads, both others stream from it, one of them may take over, and etcd is complete."""
        leader = self.leader()
        return (
            leader is not None
            and self._streaming(leader) == len(self.machines) - 1
            # Until etcd names a synchronous standby nobody may take over, however well everything streams.
            and any(patroni.may_take_over(machine) for machine in self.machines if machine != leader)
            and all(etcd.is_well(machine) for machine in self.machines)
        )

    def _streaming(self, leader: Machine) -> int:
        query = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'"
        try:
            with self.connect(leader) as connection:
                ((count,),) = connection.execute(query).fetchall()
                return int(str(count))
        except psycopg.Error:
            return 0

    def wait_until_healthy(self, patience: float) -> float:
        """Seconds until the cluster was healthy and stayed so for some rounds of Patroni. Raises ClusterError."""
        began = healthy_since = time.monotonic()

        def has_been_healthy() -> bool:
            nonlocal healthy_since
            if not self.is_healthy():
                healthy_since = time.monotonic()
            return time.monotonic() - healthy_since > _STEADY_SECONDS

        self.wait_until(has_been_healthy, "be healthy", patience)
        return healthy_since - began

    def wait_until(self, condition: Callable[[], bool], what: str, patience: float) -> float:
        """Seconds until `condition` was true. Raises ClusterError: it could not `what` in time."""
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > patience:
                logs = [
                    f"--- {log.parent.name}/{log.name}\n{processes.last_lines(log)}"
                    for machine in self.machines
                    for log in sorted(machine.folder.glob("*.log"))
                ]
                raise ClusterError(f"The cluster could not {what} within {patience:.0f} s.\n" + "\n".join(logs))
            time.sleep(_GLANCE)
        return time.monotonic() - began

    def make_database(self) -> None:
        """The service's own user and database, on the leader."""
        leader = self.leader()
        if leader is None:
            raise ClusterError("There is no leader to make the database on.")
        with self.connect(leader) as connection:
            connection.execute(f"CREATE ROLE {DATABASE} LOGIN PASSWORD '{self.password}'".encode())
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}".encode())

    def close(self) -> None:
        """End everything, also what is frozen or was left alone by a Patroni that was killed."""
        for patroni_process in self.patronis.values():  # asked to end, a standby would wait for its leader's leave
            patroni_process.kill()
            patroni_process.wait()
        for machine in self.machines:
            processes.thaw(self.database_pids(machine))
            processes.quit_postgresql(self.database_pids(machine)[:1], _LONGEST_STOP)
        for member in self.members.values():
            member.kill()
            member.wait()


@contextmanager
def running_cluster(folder: Path, programs: Mapping[str, str]) -> Iterator[Cluster]:
    """A healthy cluster with an empty database for the service. Raises ClusterError."""
    cluster = Cluster(make_machines(folder, programs), programs)
    _remember_password(folder / "pgpass", cluster.password)
    try:
        for machine in cluster.machines:
            cluster.start_member(machine)
        for machine in cluster.machines:
            cluster.start_patroni(machine)
        cluster.wait_until_healthy(_LONGEST_START)
        cluster.make_database()
        yield cluster
    finally:
        cluster.close()


def _remember_password(file: Path, password: str) -> None:
    """Let libpq find the password, here and in the nodes of the service, which take none in a command line."""
    file.touch(mode=0o600)
    file.write_text("".join(f"*:*:*:{user}:{password}\n" for user in (patroni.SUPERUSER, DATABASE)))
    os.environ["PGPASSFILE"] = str(file)
