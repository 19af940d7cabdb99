"""The launcher of nodes: `partnercenter serve` with failpoints and seeded bugs around the product's classes.

It loads everything once, then forks a node for each line that it reads: `{"arguments": [...], "environment": {...}}`.
It tells of them in lines: `started PID`, `ready PID`, `ended PID CODE`. At the end of its input it ends them all.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
from contextlib import suppress

from tests.history import tenants

TENANTS = "PARTNERCENTER_HISTORY_TENANTS"
"""The environment variable: how many tenants there are."""


def main() -> None:
    """Fork nodes as told on stdin."""
    tenants.extend_seed(range(int(os.environ[TENANTS])))
    _load_everything()
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    living: set[int] = set()
    buffered = b""
    while True:
        readable, _, _ = select.select([0, woken], [], [])
        if woken in readable:
            os.read(woken, 4096)
            _tell_of_the_dead(living)
        if 0 in readable:
            chunk = os.read(0, 65536)
            if not chunk:
                break
            *lines, buffered = (buffered + chunk).split(b"\n")
            for line in lines:
                living.add(_fork(line, [woken, wake]))
    for pid in living:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork(line: bytes, inherited: list[int]) -> int:
    told = json.loads(line)
    pid = os.fork()
    if pid:
        _tell(f"started {pid}")
        return pid
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for end in inherited:
        os.close(end)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(told["environment"])
    code = 1
    try:
        code = serve(told["arguments"])
    except BaseException as error:
        sys.stderr.write(f"{error!r}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def serve(arguments: list[str]) -> int:
    """Be a node; the exit code."""
    import click

    from partnercenter import cli
    from tests.history import failpoints, seeded_bugs

    backend = backend_of(arguments)
    seeded_bugs.install(os.environ.get(seeded_bugs.SEEDED_BUG, ""), backend)
    failpoints.install_steps(backend)
    failpoints.install_reply()
    # The command line prints its ready line with this function.
    click.echo = lambda message=None, **_named: _tell(f"ready {os.getpid()}") if _is_ready(message) else None
    sys.argv = ["partnercenter", "serve", *arguments]
    try:
        cli.main()
    except SystemExit as stopped:
        return stopped.code if isinstance(stopped.code, int) else 1
    return 0


def backend_of(arguments: list[str]) -> type:
    """The class of the backend that these arguments of `serve` ask for."""
    module, name = ("postgres", "PostgresStorage") if "--database" in arguments else ("sqlite", "SqliteStorage")
    found = getattr(importlib.import_module(f"partnercenter.service.storage.{module}"), name)
    assert isinstance(found, type)
    return found


def _load_everything() -> None:
    """What a node would load at its start and at its first PUT. No thread is started here: it would not be forked."""
    from partnercenter.rules.profile_rules import violations
    from partnercenter.service.operations.profile_kinds import BILLING, SUPPORT

    for module in ("partnercenter.cli.local.serve", "partnercenter.service.serving"):
        importlib.import_module(module)
    for arguments in ([], ["--database"]):
        backend_of(arguments)
    for kind in (BILLING, SUPPORT):
        violations(kind.shape.from_wire(tenants.profiles(0)[kind.name]))


def _is_ready(message: object) -> bool:
    return str(message).startswith("Ready: ")


def _tell_of_the_dead(living: set[int]) -> None:
    for pid in list(living):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            living.remove(pid)
            _tell(f"ended {pid} {os.waitstatus_to_exitcode(status)}")


def _tell(line: str) -> None:
    os.write(1, line.encode() + b"\n")


if __name__ == "__main__":
    main()
