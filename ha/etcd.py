"""One etcd member for each machine: the three of them decide together who holds the leader's lock."""

from __future__ import annotations

import http.client
import json
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing

from ha import processes
from ha.machines import ETCD_CLIENT_PORT, ETCD_PEER_PORT, Machine


def start_member(
    machine: Machine, machines: Sequence[Machine], programs: Mapping[str, str], *, with_v2: bool
) -> subprocess.Popen[bytes]:
    """Start the member of `machine`: a new one, or the one that ran before. with_v2: offer the older API, too."""
    command = [
        *machine.enter,
        programs["etcd"],
        f"--name={machine.name}",
        f"--data-dir={machine.folder / 'etcd'}",
        f"--listen-client-urls=http://0.0.0.0:{ETCD_CLIENT_PORT}"
        if machine.peer_address != machine.client_address
        else f"--listen-client-urls={client_url(machine)}",
        f"--advertise-client-urls={client_url(machine)}",
        f"--listen-peer-urls={_peer_url(machine)}",
        f"--initial-advertise-peer-urls={_peer_url(machine)}",
        f"--initial-cluster={','.join(f'{other.name}={_peer_url(other)}' for other in machines)}",
        "--initial-cluster-token=partnercenter",
        # The lock is written every few seconds: an hour of history is plenty, and keeps the files small.
        "--auto-compaction-retention=1",
        *(("--enable-v2=true",) if with_v2 else ()),
        "--logger=zap",
        "--log-level=error",
    ]
    return processes.start(command, machine.folder / "etcd.log")


def leader(machines: Sequence[Machine], programs: Mapping[str, str]) -> Machine | None:
    """The machine whose member leads; None while there is none."""
    for machine in machines:
        command = [programs["etcdctl"], "endpoint", "status", "--write-out=json", "--command-timeout=1s"]
        endpoint = f"--endpoints=http://{machine.client_address}:{ETCD_CLIENT_PORT}"
        answer = subprocess.run(
            [*command, endpoint], env={"ETCDCTL_API": "3"}, capture_output=True, text=True, check=False
        )
        if answer.returncode == 0:
            status = json.loads(answer.stdout)[0]["Status"]
            if status["leader"] == status["header"]["member_id"]:
                return machine
    return None


def is_well(machine: Machine) -> bool:
    """Whether its member takes part and there is a majority (etcd, "Monitoring": `GET /health`)."""
    line = http.client.HTTPConnection(machine.client_address, ETCD_CLIENT_PORT, timeout=1)
    with closing(line):
        try:
            line.request("GET", "/health")
            return bool(json.loads(line.getresponse().read())["health"] == "true")
        except (OSError, http.client.HTTPException, ValueError):
            return False


def client_url(machine: Machine) -> str:
    """Where Patroni asks this member."""
    return f"http://{machine.peer_address}:{ETCD_CLIENT_PORT}"


def _peer_url(machine: Machine) -> str:
    return f"http://{machine.peer_address}:{ETCD_PEER_PORT}"
