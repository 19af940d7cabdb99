"""Ctrl+C while many things are under way: what is begun ends, and nothing more begins."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click


@contextmanager
def finishing(stop: threading.Event) -> Iterator[threading.Event]:
    """Set `stop` at the first Ctrl+C, and let the second one interrupt. Gives an event that tells of the first.

    The handler runs between two instructions of the main thread, so that no result that has come is lost.
    """
    interrupted = threading.Event()

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        if interrupted.is_set():
            raise KeyboardInterrupt
        interrupted.set()
        stop.set()
        click.echo("Waiting for what is under way; Ctrl+C once more gives it up.", err=True)

    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
