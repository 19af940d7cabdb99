"""P1, D01, D03: a service that is killed at any of its system calls loses nothing that it has acknowledged.

In a process of its own, as it forks all the time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.crash import kills

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None,
    reason="strace is missing (Debian package strace); tests/races/test_kill.py kills at random moments without it",
)


def run(*options: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.crash.kills", *options],
        env=None if path is None else {"PATH": path},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@needs_strace
def test_p1_no_acknowledged_put_is_lost_by_a_kill_at_a_system_call() -> None:
    done = run("--kills", "40")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "40 kills at 40 different points" in done.stdout


@needs_strace
def test_a_service_that_acknowledges_before_it_commits_is_found_out() -> None:
    done = run("--kills", "14", "--bug", "acknowledge-before-commit")
    assert done.returncode == 1
    assert "LOST" in done.stdout


def test_without_strace_it_says_which_package_is_missing() -> None:
    done = run("--kills", "1", path="/nowhere")
    assert (done.returncode, "Debian package" in done.stderr) == (kills.NO_STRACE, True)
