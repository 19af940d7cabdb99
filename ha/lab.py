"""A private place for the cluster: namespaces of networks, processes, mounts and memory that end with the command.

Nothing in it can be reached from outside, no address of this computer is used, and the kernel ends every process in it
when the first one ends. Where namespaces are not allowed, the cluster runs on plain loopback addresses instead; then
nothing can be cut off, and the faults that need it are left out (see `faults.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

_VARIABLE = "PARTNERCENTER_HA_LAB"
_NAMESPACES = ("--net", "--mount", "--ipc", "--pid", "--fork", "--kill-child", "--mount-proc")
# Who is not root may make namespaces through one of the user's own, if the kernel's settings let it.
_AS_USER = ("--user", "--map-current-user", "--keep-caps")
# The first process of a process namespace inherits the orphans and must reap them: a dead postmaster that nobody
# has waited for looks alive to the one that is started in its place. Shells do it.
_REAPING_SHELL = ("/bin/sh", "-c", '"$@"; exit $?', "sh")


def is_inside() -> bool:
    """Whether this process is in the lab."""
    return _VARIABLE in os.environ


def has_networks() -> bool:
    """Whether each machine has networks of its own."""
    return os.environ[_VARIABLE] == "networks"


def run_inside(programs: Mapping[str, str], arguments: Sequence[str]) -> int:
    """Run `python -m ha` again inside the lab; its exit code."""
    wrapped = [programs["unshare"], *_NAMESPACES, *(() if os.geteuid() == 0 else _AS_USER)]
    allowed = subprocess.run([*wrapped, "true"], capture_output=True, check=False).returncode == 0
    again = [sys.executable, "-m", "ha", *arguments]
    command = [*wrapped, *_REAPING_SHELL, *again] if allowed else again
    environment = {**os.environ, _VARIABLE: "networks" if allowed else "loopback"}
    with subprocess.Popen(command, env=environment) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the terminal has told the process, too; it puts things away
            return process.wait()
        finally:
            process.kill()
