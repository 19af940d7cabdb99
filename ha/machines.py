"""Three machines: where each one is reached, how a process is started on it, and how its cables are pulled.

Each machine is a network namespace with two cables: one to its peers (etcd, Patroni, replication) and one to the
clients (the nodes of the service). So a leader can be cut off from everybody, or from its peers alone while clients
still reach it, which is the harder case: it must neither acknowledge nor answer what is no longer true.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ha.lab import has_networks

POSTGRES_PORT = 5432
PATRONI_PORT = 8008
ETCD_CLIENT_PORT = 2379
ETCD_PEER_PORT = 2380

CABLES = ("peers", "clients")
# RFC 2544 gives 198.18.0.0/15 to tests of networks; here nothing of it leaves the lab.
_NETWORKS = {"peers": "198.18.0", "clients": "198.19.0"}
_OUR_HOST = 254
# PostgreSQL refuses to run as root ("The PostgreSQL User Account" in its manual); Debian's package makes this user.
_UNPRIVILEGED = "postgres"


@dataclass(frozen=True, slots=True)
class Machine:
    """name: of the machine, the etcd member and the Patroni member alike.

    peer_address: how the other machines reach it. client_address: how the service and we reach it.
    enter: the words before a command that run it on this machine, as an unprivileged user.
    """

    name: str
    peer_address: str
    client_address: str
    folder: Path
    enter: tuple[str, ...]


def make_machines(folder: Path, programs: Mapping[str, str]) -> list[Machine]:
    """Three machines with their cables in, each with a folder of its own below `folder`."""
    if has_networks():
        _lay_networks(programs)
    machines = [_machine(folder, programs, number) for number in (1, 2, 3)]
    for machine in machines:
        machine.folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            user = pwd.getpwnam(_UNPRIVILEGED)
            os.chown(machine.folder, user.pw_uid, user.pw_gid)
    return machines


def _machine(folder: Path, programs: Mapping[str, str], number: int) -> Machine:
    name = f"db{number}"
    drop: tuple[str, ...] = (
        programs["setpriv"],
        "--reuid",
        _UNPRIVILEGED,
        "--regid",
        _UNPRIVILEGED,
        "--init-groups",
        "--",
    )
    if os.geteuid() != 0:
        drop = ()
    if not has_networks():
        loopback = f"127.0.0.{10 + number}"
        return Machine(name, loopback, loopback, folder / name, drop)
    ip = programs["ip"]
    namespace = (programs["nsenter"], f"--net={_namespace(name)}", "--")
    _run(ip, "netns", "add", name)
    _run(*namespace, ip, "link", "set", "lo", "up")
    for cable in CABLES:
        _run(ip, "link", "add", _our_end(name, cable), "type", "veth", "peer", "name", cable, "netns", name)
        _run(ip, "link", "set", _our_end(name, cable), "master", cable, "up")
        _run(*namespace, ip, "address", "add", f"{_NETWORKS[cable]}.{number}/24", "dev", cable)
        _run(*namespace, ip, "link", "set", cable, "up")
    peer, client = (f"{_NETWORKS[cable]}.{number}" for cable in CABLES)
    return Machine(name, peer, client, folder / name, (*namespace, *drop))


def pull(machine: Machine, programs: Mapping[str, str], cables: Iterable[str]) -> None:
    """Pull cables: packets vanish without a word, as they do when a switch dies."""
    for cable in cables:
        _run(programs["ip"], "link", "set", _our_end(machine.name, cable), "down")


def plug(machine: Machine, programs: Mapping[str, str]) -> None:
    """Put every cable back."""
    for cable in CABLES:
        _run(programs["ip"], "link", "set", _our_end(machine.name, cable), "up")


def _lay_networks(programs: Mapping[str, str]) -> None:
    ip = programs["ip"]
    Path("/run/netns").mkdir(exist_ok=True)
    for place in ("/run/netns", "/dev/shm"):  # our mount namespace alone sees it; a PostgreSQL that is killed litters
        _run("mount", "-t", "tmpfs", "tmpfs", place)
    _run(ip, "link", "set", "lo", "up")
    for cable in CABLES:
        _run(ip, "link", "add", cable, "type", "bridge")
        _run(ip, "link", "set", cable, "up")
    _run(ip, "address", "add", f"{_NETWORKS['clients']}.{_OUR_HOST}/24", "dev", "clients")


def _namespace(name: str) -> str:
    return f"/run/netns/{name}"


def _our_end(name: str, cable: str) -> str:
    return f"{name}-{cable}"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
