"""docs/high-availability.md shows the configuration that is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ha import patroni
from ha.faults import FAULTS, Fault

PAGE = (Path(__file__).parents[2] / "docs" / "high-availability.md").read_text("utf-8")


def _shown() -> dict[str, object]:
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    shown = yaml.safe_load(block)["bootstrap"]["dcs"]
    assert isinstance(shown, dict)
    return shown


def _left_out(shown: object, run: object) -> object:
    """What is shown and not run."""
    if isinstance(shown, dict) and isinstance(run, dict):
        return {name: value for name, value in shown.items() if _left_out(value, run.get(name))}
    return None if shown == run else shown


def test_the_page_shows_the_settings_of_the_cluster() -> None:
    assert _left_out(_shown(), dict(patroni.CLUSTER)) == {}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_page_tells_of_every_fault(fault: Fault) -> None:
    assert f"| `{fault.name}` |" in PAGE
