"""Seeded bugs in what a backend does around its commits. See `seeded_bugs`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from partnercenter.service.operations.update_profile import UpdateProfile
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import ProfileKey, Touches
from partnercenter.service.storage.batches import Work
from partnercenter.service.storage.working_set import Changes
from tests.history import failpoints

Backend = Any
"""The class of a backend. Its inner steps are patched, so that no protocol describes what is used of it."""

_random = random.Random()


def check_outside_the_transaction(backend: Backend) -> None:
    """The precondition is compared with what was read before the transaction, and no more in it."""
    transact = backend.transact

    async def careless(self: Backend, operated: object, command: object) -> object:
        if not isinstance(command, UpdateProfile) or command.head.if_match is None:
            return await transact(self, operated, command)
        stored = await self.read(_stored, command)
        if not command.head.if_match.holds(stored.tag):
            raise Refusal(Reason.PRECONDITION_FAILED)
        return await transact(self, operated, replace(command, head=replace(command.head, if_match=None)))

    backend.transact = careless


def acknowledged_before_commit(backend: Backend) -> None:
    """The answers go out before the commit."""
    commit = backend._commit
    run_batch = backend._run_batch

    async def run(self: Backend, batch: Sequence[Work]) -> None:
        self._early = batch
        await run_batch(self, batch)

    async def early(self: Backend, *arguments: object) -> None:
        for work in getattr(self, "_early", ()):
            work.resolve()
        await asyncio.sleep(0)
        await commit(self, *arguments)

    backend._run_batch, backend._commit = run, early


def cached_read(backend: Backend) -> None:
    """A worker reads a profile from its own memory for a while."""
    read = backend.read

    async def cached(self: Backend, asked: Callable[[object, object], object], command: Any) -> object:
        loop = asyncio.get_running_loop()
        cache: dict[Touches, tuple[float, object]] = self.__dict__.setdefault("_cache", {})
        until, answer = cache.get(command.touches, (0.0, None))
        if loop.time() > until:
            answer = await read(self, asked, command)
            cache[command.touches] = loop.time() + 0.05, answer
        return answer

    backend.read = cached


def answer_remembered_after_commit(backend: Backend) -> None:
    """The answer is remembered in another transaction, after the commit."""
    _written_after_commit(backend, _take_answers)


def audit_after_commit(backend: Backend) -> None:
    """The audit is written in another transaction, after the commit."""
    _written_after_commit(backend, _take_audit)


def failed_batch_answered(backend: Backend) -> None:
    """A batch that was rolled back is answered as if it had been committed."""
    commit = backend._commit

    async def failing(self: Backend, *arguments: object) -> None:
        if _random.random() < 0.02:
            rolled_back = self._roll_back()
            if asyncio.iscoroutine(rolled_back):
                await rolled_back
        else:
            await commit(self, *arguments)

    backend._commit = failing


def purge_of_live_answers(backend: Backend) -> None:
    """Retention drops answers that are not past their time."""
    transact = backend.transact

    async def purging(self: Backend, operated: object, command: object) -> object:
        result = await transact(self, operated, command)
        if _random.random() < 0.2:
            await self.purge_answers(before=float("inf"), most=1_000)
        return result

    backend.transact = purging


def stale_working_set(backend: Backend) -> None:
    """Two batches run at once: one starts from the rows that it read before the other was committed; no guard."""
    load = backend._load
    last: dict[ProfileKey, Any] = {}

    def stale(rows: Any) -> Any:
        for key, profile in list(rows.profiles.items()):
            before = last.get(key)
            last[key] = profile
            if before is not None and _random.random() < 0.05:
                rows.profiles[key] = before
        return rows

    if asyncio.iscoroutinefunction(load):

        async def load_later(self: Backend, *arguments: object) -> object:
            return stale(await load(self, *arguments))

        backend._load = load_later
    else:
        backend._load = lambda self, *arguments: stale(load(self, *arguments))
    _without_guard()


def _stored(snapshot: Any, command: UpdateProfile[Any]) -> Any:
    return snapshot.profile(command.head.caller.tenant_id, command.head.kind.name)


def _take_answers(changes: Changes) -> Changes:
    late = Changes(answers=dict(changes.answers))
    changes.answers.clear()
    return late


def _take_audit(changes: Changes) -> Changes:
    late = Changes(audit=list(changes.audit), heads=dict(changes.heads))
    changes.audit.clear()
    changes.heads.clear()
    return late


def _written_after_commit(backend: Backend, take: Callable[[Changes], Changes]) -> None:
    """What `take` takes out of the changes of a batch is committed after them, on its own."""
    save, commit, begin = backend._save, backend._commit, backend._begin

    async def done(value: object) -> None:
        if asyncio.iscoroutine(value):
            await value

    def save_a_part(self: Backend, changes: Changes, *arguments: object) -> object:
        self._late = take(changes), arguments
        return save(self, changes, *arguments)

    async def commit_twice(self: Backend, *arguments: object) -> None:
        await done(commit(self, *arguments))
        late, with_it = self.__dict__.pop("_late", (None, ()))
        if late:
            failpoints.reach(failpoints.AFTER_COMMIT)
            await done(begin(self))
            # PostgreSQL begins a transaction with the first statement of the loading.
            await done(self._load([]))
            await done(save(self, late, *with_it))
            await done(commit(self, *arguments))

    backend._save, backend._commit = save_a_part, commit_twice


def _without_guard() -> None:
    """The compare-and-swap of the write itself, which would turn a lost update into a 503."""
    from partnercenter.service.storage import postgres_rows, sqlite_rows

    before, _, after = sqlite_rows._REPLACE.rpartition("entity_tag = ?")
    sqlite_rows._REPLACE = f"{before}? IS NOT NULL{after}"
    postgres_rows._REPLACE = postgres_rows._REPLACE.replace(b" AND stored.entity_tag = given.expected", b"")
