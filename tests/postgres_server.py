"""A real PostgreSQL for tests: made in a folder of its own, on a free port of loopback, stopped by its process id.

The port and the data stay the same from start to start.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

import psycopg

from tests.postgres_binaries import find_binaries

SETTINGS = {"fsync": "on", "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
StopMode = Literal["smart", "fast", "immediate"]

_SUPERUSER = "postgres"
_STOP = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_PATIENCE = 20.0
# PostgreSQL refuses to run as root (its manual, "The PostgreSQL User Account").
_AS_ROOT = os.geteuid() == 0
_INSTEAD_OF_ROOT = "nobody"
# Reads the end of a pipe whose other end is ours: whatever ends the tests, nothing of the server stays behind.
_AFTER_US = 'read -r _; kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"; sleep 1; rm -rf "$2"'


@dataclass
class RunningPostgres:
    """One server: `folder` holds its data, log and settings. The superuser `postgres` needs no password."""

    binaries: Path
    folder: Path
    port: int
    settings: dict[str, str]
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        """The database `postgres`, as the superuser."""
        return self.url_of("postgres")

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """The postmaster: the running one, or the last one."""
        return self._started[-1]

    def url_of(self, database: str, user: str = _SUPERUSER) -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def start(self) -> None:
        """Start, and return when connections are welcome."""
        self._write_settings()
        ends = time.monotonic() + _PATIENCE
        while not self._is_up_after_starting():
            # After a kill -9 the memory that the processes share is in use until the last of them has noticed.
            assert time.monotonic() < ends, self.log()
            time.sleep(0.05)

    def stop(self, mode: StopMode = "fast") -> None:
        """smart: waits for the clients; fast: sends them away; immediate: like a crash, and recovers at its start."""
        if self.process.poll() is None:
            self.process.send_signal(_STOP[mode])
            self.process.wait(_PATIENCE)

    def restart(self, mode: StopMode = "fast") -> None:
        self.stop(mode)
        self.start()

    def kill(self) -> None:
        """kill -9 of the postmaster: a crash."""
        self.process.kill()
        self.process.wait(_PATIENCE)

    def set(self, **settings: str) -> None:
        """Other settings from now on, for the running server too; returns when new connections see them."""
        self.settings |= settings
        self._write_settings()
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            loaded = connection.execute("SELECT pg_conf_load_time()").fetchone()
            self.process.send_signal(signal.SIGHUP)
            while connection.execute("SELECT pg_conf_load_time()").fetchone() == loaded:
                time.sleep(0.005)

    def new_database(self, template: str = "template1", name: str | None = None) -> str:
        """The URL of a new database, a copy of `template`, to which nobody may be connected. Takes milliseconds."""
        name = name or f"test_{next(self._numbers)}"
        with closing(psycopg.connect(self.url, autocommit=True)) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
        return self.url_of(name)

    def _write_settings(self) -> None:
        lines = [f"{name} = '{value}'\n" for name, value in (self.settings | {"port": str(self.port)}).items()]
        settings = self.folder / "settings"
        settings.write_text("".join(lines))
        settings.chmod(0o644)  # the server may be another user than this one, whatever the umask

    def _is_up_after_starting(self) -> bool:
        with (self.folder / "log").open("ab") as log:
            self._started.append(server_process(self.binaries / "postgres", "-D", self.data, log=log))
        while self.process.poll() is None:
            if _is_ready(self.data / "postmaster.pid", self.process.pid):
                return True
            time.sleep(0.01)
        return False


@contextmanager
def running_postgres(
    folder: Path | None = None, *, binaries: Path | None = None, **settings: str
) -> Iterator[RunningPostgres]:
    """A new server, started; stopped at the end. `settings` are those of postgresql.conf.

    folder: where to make it; it must not exist. None is a temporary one that is removed at the end.
    """
    with own_folder(folder) as own:
        server = RunningPostgres(binaries or find_binaries(), own, free_port(), SETTINGS | settings)
        initialise(server.binaries / "initdb", server.data)
        with (server.data / "postgresql.conf").open("a") as configuration:
            configuration.write("include '../settings'\n")
        with stopped_at_the_end(server, remove=folder is None):
            server.start()
            yield server


@contextmanager
def stopped_at_the_end(server: RunningPostgres, *, remove: bool) -> Iterator[None]:
    """Stops the server after the `with`, and also if this process is killed within it."""
    arguments = [str(server.folder), str(server.folder) if remove else ""]
    watchdog = subprocess.Popen(
        ["/bin/sh", "-c", _AFTER_US, "sh", *arguments],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        with suppress(IndexError):  # it was never started
            server.stop("immediate" if remove else "fast")
        watchdog.kill()
        watchdog.communicate()


def initialise(initdb: Path, data: Path) -> None:
    """Make the files of a server: the order of texts is that of their bytes, as everywhere."""
    options = ["-U", _SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
    process = server_process(initdb, "-D", data, *options, log=subprocess.PIPE)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output.decode()


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_folder(folder: Path | None) -> Iterator[Path]:
    """A new folder that the server's user can reach; a temporary one if None, which is removed at the end."""
    made = folder is None
    own = folder or Path(tempfile.mkdtemp(prefix="partnercenter-postgres-"))
    own.mkdir(parents=True, exist_ok=made)
    try:
        own.chmod(0o755)
        if _AS_ROOT:
            shutil.chown(own, _INSTEAD_OF_ROOT)
            _open_the_way_to(own)
        yield own
    finally:
        if made:
            shutil.rmtree(own, ignore_errors=True)


def _open_the_way_to(folder: Path) -> None:
    """Let other users pass through (not look into) the folders above."""
    for parent in folder.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


def server_process(*command: str | Path, log: int | IO[bytes]) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL as the user that owns its files; `log` gets what it says."""
    return subprocess.Popen(
        [str(part) for part in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C at the tests is no shutdown of the server
        user=_INSTEAD_OF_ROOT if _AS_ROOT else None,
        group=pwd.getpwnam(_INSTEAD_OF_ROOT).pw_gid if _AS_ROOT else None,
        extra_groups=[] if _AS_ROOT else None,
    )


def _is_ready(pid_file: Path, pid: int) -> bool:
    """The postmaster writes its id into the first line of this file, and its state into the eighth."""
    try:
        lines = pid_file.read_text().split("\n")
    except FileNotFoundError:
        return False
    return lines[0] == str(pid) and len(lines) > 7 and lines[7].strip() == "ready"
