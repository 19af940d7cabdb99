"""The recipe for GitHub Actions: every shell step but the installation is run, against a real service."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.recipes.workflow import Runner, steps

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "examples" / "github-actions" / "partner-center.yml"
STEPS = {str(step["name"]): step for step in steps(WORKFLOW, "test") if "name" in step}
NOT_RUN_HERE = {"Install"}  # it is what the tests themselves stand on
FAULTS = "Another one, whose answer is lost and which is told to wait"


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    """A fresh checkout, as far as the steps need one, in which the service was started."""
    if not shutil.which("node"):
        pytest.skip("Node is not installed")
    checkout, temporary = tmp_path / "checkout", tmp_path / "temporary"
    shutil.copytree(ROOT / "examples", checkout / "examples")
    temporary.mkdir()
    made = Runner(checkout, temporary)
    started = made.run(STEPS["Start"])
    assert started.returncode == 0, started.stdout + started.stderr
    yield made
    _end(int(made.environ["PARTNERCENTER_PID"]))


def _end(process_id: int) -> None:
    with suppress(ProcessLookupError):  # the step that stops it was run
        os.kill(process_id, signal.SIGTERM)


def test_every_step_succeeds_one_after_another(runner: Runner) -> None:
    rest = [name for name in STEPS if name not in NOT_RUN_HERE | {"Start"}]
    ran = {name: runner.run(STEPS[name]) for name in rest}
    assert {name: step.stderr for name, step in ran.items() if step.returncode} == {}


def test_the_journal_that_is_kept_has_the_requests_of_the_tests(runner: Runner) -> None:
    for name in ("An update", "Keep the journal"):
        runner.run(STEPS[name])
    kept = json.loads((Path(runner.environ["RUNNER_TEMP"]) / "journal.har").read_text("utf-8"))
    methods = [entry["request"]["method"] for entry in kept["log"]["entries"]]
    assert methods == ["POST", "GET", "PUT"]


def test_a_planned_fault_that_does_not_happen_fails_the_job(runner: Runner) -> None:
    idle = {"run": str(STEPS[FAULTS]["run"]).replace("node examples", "true node examples")}
    ran = runner.run(idle)
    assert (ran.returncode != 0, ran.stdout.splitlines()[-1]) == (True, "false")


def test_a_client_that_does_not_wait_fails_the_job(runner: Runner) -> None:
    impatient = "sed -i s/'1000 [*] Number'/'0 * Number'/ examples/javascript/update_billing_profile.mjs\n"
    ran = runner.run({"run": impatient + str(STEPS[FAULTS]["run"])})
    assert (ran.returncode != 0, "retry-after-ignored" in ran.stderr) == (True, True)


def test_what_does_not_run_here_is_named() -> None:
    assert set(STEPS) > NOT_RUN_HERE
    uses = [str(step["uses"]).partition("@")[0] for step in steps(WORKFLOW, "test") if "uses" in step]
    assert uses == ["actions/checkout", "actions/setup-python", "actions/upload-artifact"]
