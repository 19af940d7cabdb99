"""The write gap: the longest time in which nothing was acknowledged."""

from __future__ import annotations

from ha.write_gap import longest_gap, percentile


def test_the_gap_is_the_longest_time_between_two_acknowledgements() -> None:
    assert longest_gap([1, 2, 7, 8], since=0, until=9) == 5


def test_a_gap_that_lasts_until_the_end_counts() -> None:
    assert longest_gap([1, 2], since=0, until=30) == 28


def test_acknowledgements_outside_the_fault_do_not_count() -> None:
    assert longest_gap([0, 100], since=10, until=20) == 10


def test_a_percentile_is_one_of_the_values_by_nearest_rank() -> None:
    assert percentile(list(range(1, 31)), 0.95) == 29


def test_the_median_of_two_is_the_smaller_one() -> None:
    assert percentile([4, 2], 0.5) == 2
