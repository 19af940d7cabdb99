"""What is done to the cluster, one fault after another, and how each is undone.

A fault ends when the cluster is healthy again: one leader, both others streaming, etcd complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ha import etcd
from ha.cluster import Cluster
from ha.machines import CABLES, Machine, plug, pull
from ha.patroni import TTL, switch_over
from ha.processes import freeze, kill, thaw

_LONGEST_ELECTION = 3.0 * TTL
_LONGER_THAN_THE_LOCK = TTL + 5.0
_WITHOUT_STANDBYS = 4.0
_GLANCE = 0.05


@dataclass(frozen=True, slots=True)
class Fault:
    """name: in the summary. story: one line for people. takes_leader: whether another machine leads afterwards.

    needs_networks: whether cables must be pulled for it. play: do it and undo it; returns what there is to count.
    """

    name: str
    story: str
    takes_leader: bool
    needs_networks: bool
    play: Callable[[Cluster, Machine], int]


def _crash(cluster: Cluster, leader: Machine) -> int:
    _kill_database(cluster, leader)
    _wait_for_another(cluster, leader)
    cluster.start_patroni(leader)
    return 1


def _freeze(cluster: Cluster, leader: Machine) -> int:
    began = time.monotonic()
    pids = [cluster.patronis[leader.name].pid]
    freeze(pids)
    pids += cluster.freeze_database(leader)
    try:
        _wait_for_another(cluster, leader)
        time.sleep(max(0.0, began + _LONGER_THAN_THE_LOCK - time.monotonic()))
    finally:
        thaw(pids)
    return 1


def _cut_off(cluster: Cluster, leader: Machine) -> int:
    return _pull(cluster, leader, CABLES)


def _cut_off_from_peers(cluster: Cluster, leader: Machine) -> int:
    return _pull(cluster, leader, ("peers",))


def _pull(cluster: Cluster, leader: Machine, cables: tuple[str, ...]) -> int:
    pull(leader, cluster.programs, cables)
    try:
        _wait_for_another(cluster, leader)
    finally:
        plug(leader, cluster.programs)
    return 1


def _cancel_and_crash(cluster: Cluster, leader: Machine) -> int:
    """What was cancelled is on the leader and nowhere else; then the leader is lost, and it too."""
    pull(leader, cluster.programs, ("peers",))
    try:
        cancelled = _cancel_waits(cluster, leader)
        _kill_database(cluster, leader)
        # Plugged in before another leads, the kernel would still send what the dead one had written to the cable.
        _wait_for_another(cluster, leader)
    finally:
        plug(leader, cluster.programs)
    cluster.start_patroni(leader)
    return cancelled


def _cancel(cluster: Cluster, leader: Machine) -> int:
    standbys = _freeze_standbys(cluster, leader)
    try:
        return _cancel_waits(cluster, leader)
    finally:
        thaw(standbys)


def _kill_database(cluster: Cluster, leader: Machine) -> None:
    kill([cluster.patronis[leader.name].pid, *cluster.database_pids(leader)[:1]])
    cluster.patronis[leader.name].wait()


def _freeze_standbys(cluster: Cluster, leader: Machine) -> list[int]:
    return [pid for machine in cluster.machines if machine != leader for pid in cluster.freeze_database(machine)]


def _cancel_waits(cluster: Cluster, leader: Machine) -> int:
    """Cancel every commit that waits for its standby, for a while; how many there were."""
    query = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    cancelled, ends = 0, time.monotonic() + _WITHOUT_STANDBYS
    with cluster.connect(leader) as connection:
        while time.monotonic() < ends:
            ((count,),) = connection.execute(query).fetchall()
            cancelled += int(str(count))
            time.sleep(_GLANCE)
    return cancelled


def _kill_etcd_leader(cluster: Cluster, leader: Machine) -> int:
    chosen = etcd.leader(cluster.machines, cluster.programs) or leader
    member = cluster.members[chosen.name]
    kill([member.pid])
    member.wait()
    cluster.wait_until(lambda: etcd.leader(cluster.machines, cluster.programs) is not None, "elect", _LONGEST_ELECTION)
    cluster.start_member(chosen)
    return 1


def _switch_over(cluster: Cluster, leader: Machine) -> int:
    cluster.wait_until(lambda: switch_over(leader), "hand over", _LONGEST_ELECTION)
    _wait_for_another(cluster, leader)
    return 1


def _wait_for_another(cluster: Cluster, old: Machine) -> None:
    def another_leads() -> bool:
        return cluster.leader() not in (None, old)

    cluster.wait_until(another_leads, f"find a leader other than {old.name}", _LONGEST_ELECTION)


FAULTS = (
    Fault("crash", "kill -9 of the leader's PostgreSQL and Patroni", True, False, _crash),
    Fault("cancel", "waits for a standby are cancelled; nobody dies", False, False, _cancel),
    Fault("freeze", "the leader stands still until long after its lock ended, then goes on", True, False, _freeze),
    Fault("etcd-leader", "kill -9 of the leading etcd member", False, False, _kill_etcd_leader),
    Fault("cut-off", "the leader reaches nobody, and nobody it", True, True, _cut_off),
    Fault("switch-over", "a planned change of the leader", False, False, _switch_over),
    Fault("cut-off-from-peers", "clients still reach the leader, its peers do not", True, True, _cut_off_from_peers),
    Fault("cancel-and-crash", "waits for a standby are cancelled, then the leader dies", True, True, _cancel_and_crash),
)
