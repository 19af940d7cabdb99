"""What is kept for a time goes when that is over: beside the requests, a portion at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from partnercenter.service.storage import Storage, StorageUnavailableError

PORTION = 500
"""How many rows go at once: requests wait for one portion at most."""

PAUSE_SECONDS = 60.0

MARGIN_SECONDS = 600.0
"""Nodes whose clocks differ share the answers: what one takes for past its time, another may still recall."""

_log = logging.getLogger("partnercenter.service")


async def purge_answers(storage: Storage, *, now: float, replay_seconds: float) -> int:
    """Drop the remembered answers whose time is surely over; how many it were.

    now: seconds since the epoch. replay_seconds: how long an answer is recalled.
    """
    before, purged = now - replay_seconds - MARGIN_SECONDS, 0
    while portion := await storage.purge_answers(before=before, most=PORTION):
        purged += portion
    return purged


async def keep_purging(storage: Storage, replay_seconds: float, clock: Callable[[], float]) -> None:
    """Purge again and again, until cancelled. A storage that is unavailable is asked again later."""
    while True:
        try:
            await purge_answers(storage, now=clock(), replay_seconds=replay_seconds)
        except StorageUnavailableError as error:
            _log.warning("retention: %s", error)
        await asyncio.sleep(PAUSE_SECONDS)
