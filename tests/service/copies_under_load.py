"""A partner whose updates never stop while its database is copied."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from uuid import UUID

from partnercenter.service import seed
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.operations.update_profile import UpdateHead, UpdateProfile, update_profile
from partnercenter.service.storage import Storage
from partnercenter.wire import json_text
from partnercenter.wire.precondition import parse_if_match
from partnercenter.wire.profiles import BillingProfile
from tests.service.stage import CORRELATION, DAY, NOW, caller, page_body

_PATIENCE = 30.0


class Updates:
    """How far the updates are: number n is the n-th one of the first tenant, and says so in its order number."""

    def __init__(self) -> None:
        self.acknowledged = 0
        self._stopped = False
        self._changed = threading.Condition()

    def wait_for_more(self) -> None:
        """Return when another one was acknowledged."""
        with self._changed:
            seen = self.acknowledged
            assert self._changed.wait_for(lambda: self.acknowledged > seen, _PATIENCE)

    def stop(self) -> None:
        self._stopped = True

    def run(self, open_storage: Callable[[], Storage]) -> None:
        asyncio.run(self._run(open_storage))

    async def _run(self, open_storage: Callable[[], Storage]) -> None:
        with closing(open_storage()) as storage:
            await storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles())
            while not self._stopped:
                await storage.transact(update_profile, update(self.acknowledged + 1))
                with self._changed:
                    self.acknowledged += 1
                    self._changed.notify_all()


def update(number: int) -> UpdateProfile[BillingProfile]:
    """The command of the `number`-th update."""
    head = UpdateHead(
        kind=BILLING,
        caller=caller(),
        request_id=str(UUID(int=number)),
        correlation_id=CORRELATION,
        if_match=parse_if_match([]),
        now=NOW,
        replay_since=NOW - DAY,
    )
    return UpdateProfile.read(head, json_text.write(page_body(PurchaseOrderNumber=str(number))))


@contextmanager
def updates_that_never_stop(open_storage: Callable[[], Storage]) -> Iterator[Updates]:
    """Updates that go on until the end of the `with`; a few are acknowledged at its beginning."""
    updates = Updates()
    thread = threading.Thread(target=updates.run, args=(open_storage,))
    thread.start()
    try:
        for _ in range(3):
            updates.wait_for_more()
        yield updates
    finally:
        updates.stop()
        thread.join(_PATIENCE)
