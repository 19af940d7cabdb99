"""Something on the screen while a command takes long."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

_PATIENCE_SECONDS = 1.0


@contextmanager
def patience(doing: str) -> Iterator[Callable[[int], None]]:
    """Says `doing` on a terminal's stderr, once that has taken a while; the function adds how much is done."""
    if not sys.stderr.isatty():
        yield lambda _count: None
        return
    from rich.console import Console

    status = Console(stderr=True).status(doing)
    late = Timer(_PATIENCE_SECONDS, status.start)
    late.daemon = True
    late.start()
    try:
        yield lambda count: status.update(f"{doing}: {count:,}")
    finally:
        late.cancel()
        late.join()
        status.stop()
