"""A GitHub Actions workflow, run here step by step: what its shell steps do, without the runner and its actions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

Step = Mapping[str, object]
# How the runner starts `shell: bash` (GitHub Actions workflow syntax, "shell").
_SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
_PATIENCE_SECONDS = 60


def steps(workflow: Path, job: str) -> list[Step]:
    """The steps of a job, in their order."""
    document = yaml.safe_load(workflow.read_text("utf-8"))
    found: list[Step] = document["jobs"][job]["steps"]
    return found


class Runner:
    """Runs shell steps in `folder`; variables that a step writes to GITHUB_ENV are there for the next."""

    def __init__(self, folder: Path, temporary: Path) -> None:
        self._folder = folder
        self._variables = temporary / "github-env"
        self._variables.touch()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PARTNERCENTER_")}
        self.environ = kept | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "GITHUB_ENV": str(self._variables),
            "RUNNER_TEMP": str(temporary),
            "CI": "true",
        }

    def run(self, step: Step) -> subprocess.CompletedProcess[str]:
        """Run one step; whether it failed is in the result."""
        script = self._folder / "step.sh"
        script.write_text(str(step["run"]), "utf-8")
        ran = subprocess.run(
            [*_SHELL, str(script)],
            cwd=self._folder,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        lines = self._variables.read_text("utf-8").splitlines()
        self.environ |= dict(line.split("=", 1) for line in lines)
        return ran
