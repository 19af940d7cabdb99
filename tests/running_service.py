"""A real `partnercenter serve` process for tests: started on a free port, stopped by its process id."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from partnercenter.cli.local import env

SCOPES = ["https://api.partnercenter.microsoft.com/.default"]


@dataclass
class RunningService:
    """The process and what `partnercenter env` says of it."""

    process: subprocess.Popen[str]
    ready_line: str
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return self.variables["PARTNERCENTER_BASE_URL"]

    @property
    def port(self) -> int:
        return int(self.base_url.rsplit(":", 1)[1])

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a shell after `eval "$(partnercenter env)"`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PARTNERCENTER_")}
        return kept | self.variables | {"PARTNERCENTER_CONFIG_DIR": str(self.folder / "config")}

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.variables["PARTNERCENTER_CA_BUNDLE"])

    def kill(self) -> None:
        """kill -9: nothing can be put in order any more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)


@contextmanager
def running_service(folder: Path, *options: str) -> Iterator[RunningService]:
    command = [sys.executable, "-m", "partnercenter", "serve", "--port", "0", "--data", str(folder), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        ready_line = process.stdout.readline()
        assert ready_line, process.stderr.read()
        yield RunningService(process, ready_line, folder, env.read(folder))
    finally:
        process.terminate()
        process.communicate(timeout=20)


def run_cli(service: RunningService, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user of `service` does, with a pipe instead of a terminal."""
    command = [sys.executable, "-m", "partnercenter", *arguments]
    return subprocess.run(
        command, env=service.environ | changes, capture_output=True, text=True, timeout=60, check=False
    )
