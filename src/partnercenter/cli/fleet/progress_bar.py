"""A bar on a terminal's stderr while many things are done, once that has taken a while."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

_PATIENCE_SECONDS = 1.0


@contextmanager
def progress_bar(doing: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar that says `doing` and how many of `total` are done; the function adds one."""
    if not sys.stderr.isatty() or not total:
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # What is printed meanwhile stays where it belongs: results on stdout.
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    task = bar.add_task(doing, total=total)
    late = Timer(_PATIENCE_SECONDS, bar.start)
    late.daemon = True
    late.start()
    try:
        yield lambda: bar.advance(task)
    finally:
        late.cancel()
        late.join()
        bar.stop()
