"""What was chosen before the verb, for every thread of the command: worker threads do not see click's context."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Chosen:
    """cloud: what `--cloud` names. context: what `--context` names. None: it was not given."""

    cloud: str | None = None
    context: str | None = None


CHOSEN = Chosen()
"""Of the command that runs; a process runs one at a time."""
