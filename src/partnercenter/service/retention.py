"""What is kept for a time goes when that is over: beside the requests, a portion at a time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from partnercenter.service.storage import Storage, StorageUnavailableError

PORTION = 500
"""How many rows go at once: requests wait for one portion at most."""

PAUSE_SECONDS = 60.0
AUDIT_PAUSE_SECONDS = 6 * 3600.0

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


async def purge_audit(storage: Storage, *, now: float, days: float) -> int:
    """Drop the audit entries of every tenant that are older than `days`; how many it were. now: as above."""
    before, purged, tenant_id = datetime.fromtimestamp(now, UTC) - timedelta(days=days), 0, ""
    while tenants := await storage.audited_tenants(after=tenant_id, most=PORTION):
        for tenant_id in tenants:
            while portion := await storage.purge_audit(tenant_id, before=before, most=PORTION):
                purged += portion
    return purged


async def keep_purging(
    storage: Storage, *, replay_seconds: float, audit_days: float, clock: Callable[[], float]
) -> None:
    """Purge again and again, until cancelled. A storage that is unavailable is asked again later.

    audit_days: 0 keeps the audit for ever.
    """
    audit_purged = -float("inf")
    while True:
        try:
            now = clock()
            await purge_answers(storage, now=now, replay_seconds=replay_seconds)
            # It goes through all tenants, and nobody counts an audit's last day in minutes.
            if audit_days and abs(now - audit_purged) > AUDIT_PAUSE_SECONDS:
                await purge_audit(storage, now=now, days=audit_days)
                audit_purged = now
        except StorageUnavailableError as error:
            _log.warning("retention: %s", error)
        except Exception as error:
            # What went wrong with one round must not keep what is past its time for ever. Its text may hold values.
            _log.error("retention: unexpected %s", type(error).__name__)
        await asyncio.sleep(PAUSE_SECONDS)
