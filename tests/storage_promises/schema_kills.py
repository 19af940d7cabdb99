"""Runs the launcher that kills itself before a statement."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable


def kill_before_each_statement(new_database: Callable[[int], str]) -> list[str]:
    """The databases whose migration was killed: the first one before its first statement, and so on to the last.

    new_database: makes another one that is to be migrated.
    """
    killed: list[str] = []
    launcher = [sys.executable, "-m", "tests.storage_promises.schema_killed"]
    with subprocess.Popen(launcher, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in itertools.count(1):
            database = new_database(number)
            process.stdin.write(f"{database}\n")
            process.stdin.flush()
            answer = process.stdout.readline().strip()
            if answer != "killed":
                assert answer == "done"
                process.stdin.close()
                return killed
            killed.append(database)
    raise AssertionError
