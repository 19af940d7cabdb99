"""P1, D05: whatever a power failure leaves of what was not synced, what was acknowledged is there."""

from __future__ import annotations

from random import Random

from tests.crash import power, seeded_bugs
from tests.crash.images import SURVIVORS, Disk
from tests.crash.recording import Create, Sync, Write

IMAGES = 100


def test_p1_no_acknowledged_put_is_lost_when_the_power_fails() -> None:
    result = power.run(IMAGES, seed=1)
    assert result.violations == []
    assert sum(result.images.values()) == IMAGES


def test_a_log_that_is_synced_only_when_it_is_moved_is_found_out() -> None:
    with seeded_bugs.planted("sync-at-checkpoints-alone"):
        result = power.run(25, seed=1)
    assert any("LOST" in line for line in result.violations)


def test_what_is_synced_is_on_the_disk_whatever_else_is_not() -> None:
    """The images themselves: a file system that forgot what was synced would find fault with everybody."""
    disk = Disk()
    before, after = b"a" * 600, b"b" * 600
    for event in (Create("log", sync_folder=True), Write("log", 0, before), Sync("log"), Write("log", 0, after)):
        disk.apply(event)
    images = {name: disk.image(survivors, Random(1))["log"] for name, survivors in SURVIVORS.items()}
    assert images["none of it"] == before
    assert images["all of it"] == after
