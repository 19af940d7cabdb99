"""P6, D06 to D08: whichever call of SQLite fails, nothing is acknowledged that is not there, and all recovers."""

from __future__ import annotations

import pytest

from tests.crash import faults, seeded_bugs


def test_p6_a_call_that_fails_is_never_answered_200() -> None:
    result = faults.run(20, seed=1)
    assert result.violations == []
    assert result.unavailable > 0
    assert result.killed > 0


@pytest.mark.parametrize("bug", ["failed-commit-is-done", "go-on-with-the-log"])
def test_a_storage_that_makes_light_of_a_failure_is_found_out(bug: str) -> None:
    with seeded_bugs.planted(bug):
        result = faults.run(12, seed=1, calls=["xSync"])
    assert result.violations
