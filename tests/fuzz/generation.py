"""How the strategies of this room are run."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def generated(examples: int, *, derandomize: bool) -> settings:
    """So many examples, the same ones each time or others; nothing is kept, and a slow machine is no fault."""
    return settings(
        max_examples=examples,
        derandomize=derandomize,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )
