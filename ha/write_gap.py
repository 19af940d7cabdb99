"""How long nobody could write: pure arithmetic over the instants of acknowledged updates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence


def longest_gap(acknowledged: Sequence[float], since: float, until: float) -> float:
    """The longest time between `since` and `until`, in seconds, in which no update was acknowledged.

    acknowledged: the instants, in any order; those outside count only as the edges of a gap that reaches in.
    """
    inside = sorted(instant for instant in acknowledged if since <= instant <= until)
    edges = [since, *inside, until]
    return max(after - before for before, after in itertools.pairwise(edges))


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest of `values` that at least `part` of them do not exceed (nearest rank); 0 of nothing."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]
