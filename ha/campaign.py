"""The run: one fault after another under load, and the judging of each."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from pathlib import Path

from ha.cluster import Cluster, ClusterError
from ha.faults import FAULTS, Fault
from ha.lab import has_networks
from ha.load import TENANTS_AT_ONCE, Load, Tenants, running_load
from ha.report import Played, Report

_LONGEST_RECOVERY = 120.0
_CALM_SECONDS = 2.0
_GLANCE = 0.1


async def run(cluster: Cluster, folder: Path, losses: int, report: Report, tell: Callable[[str], None]) -> None:
    """Play the faults in turn until the leader was lost `losses` times. Raises ClusterError if there is no way back."""
    faults = [fault for fault in FAULTS if has_networks() or not fault.needs_networks]
    report.left_out = [f"{fault.name}: cables need network namespaces" for fault in FAULTS if fault not in faults]
    began = time.monotonic()
    async with running_load(folder, cluster.url, _tenants_for(losses, faults), report.seed) as load:
        await asyncio.sleep(_CALM_SECONDS)
        waiting: list[Tenants] = []
        try:
            for fault in itertools.cycle(faults):
                if report.losses >= losses:
                    break
                # Judged one fault later: by then whatever was under way has come to its end.
                waiting.append(await load.take_turns())
                report.played.append(await _play(cluster, load, fault))
                await asyncio.sleep(_CALM_SECONDS)
                report.findings.add(await asyncio.to_thread(load.judge, waiting.pop(), cluster.url))
                report.seconds = time.monotonic() - began
                tell(_line(report, losses))
        except ClusterError as error:
            tell(str(error))
            report.not_healed = str(error).partition("\n")[0]
            await asyncio.to_thread(cluster.wait_until_healthy, _LONGEST_RECOVERY)
        waiting.append(await load.take_turns())
        await load.stop()
        for used in waiting:
            report.findings.add(await asyncio.to_thread(load.judge, used, cluster.url))
        report.promised = load.promised
        report.lost = await asyncio.to_thread(load.lost, cluster.url)
    report.seconds = time.monotonic() - began


async def _play(cluster: Cluster, load: Load, fault: Fault) -> Played:
    leader = await asyncio.to_thread(cluster.leader)
    if leader is None:
        raise ClusterError("A healthy cluster has lost its leader by itself.")
    since = time.monotonic()
    count = await asyncio.to_thread(fault.play, cluster, leader)
    done = time.monotonic()
    healthy = done + await asyncio.to_thread(cluster.wait_until_healthy, _LONGEST_RECOVERY)
    await _until_both_write(load, healthy)
    return Played(fault.name, fault.takes_leader, count, load.gap(since, time.monotonic()), healthy - since)


async def _until_both_write(load: Load, since: float) -> None:
    while not load.has_acknowledged(since):
        if time.monotonic() > since + _LONGEST_RECOVERY:
            raise ClusterError("The cluster is healthy, but a node of the service acknowledges nothing.")
        await asyncio.sleep(_GLANCE)


def _tenants_for(losses: int, faults: list[Fault]) -> int:
    """Enough tenants for the whole run: a few for each fault, those at its begin and those at its end."""
    rounds = -(-losses // sum(fault.takes_leader for fault in faults))
    return TENANTS_AT_ONCE * (rounds * len(faults) + 3)


def _line(report: Report, losses: int) -> str:
    played = report.played[-1]
    return (
        f"{report.seconds:6.0f} s  {report.losses}/{losses} losses  {played.name:<20} gap {played.gap:5.1f} s, "
        f"healthy after {played.healthy_after:5.1f} s, {report.findings.operations} operations judged, "
        f"{len(report.findings.violations)} violations"
    )
