"""Files that a command makes and never overwrites."""

from __future__ import annotations

from pathlib import Path

import click


def check_new(path: Path | None) -> None:
    """Raise click.UsageError if `path` is there already, before anything takes its time."""
    if path is not None and path.exists():
        raise click.UsageError(f"{path} is there already. Name another file, or remove it.")
