"""Group commit: who is told what, and when, whatever becomes of a batch. The batches are run without a database."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from partnercenter.service.storage import LockedError, NothingWrittenError, StorageUnavailableError, Transaction
from partnercenter.service.storage.batches import Batches, Work
from partnercenter.service.storage.working_set import Rows, WorkingSet
from tests.touching import Touching, billing_of


def tenant_of(_: Transaction, command: Touching) -> str:
    return command.touches.profiles[0].tenant_id


async def run_all(batch: Sequence[Work]) -> None:
    """Run a batch as a backend does whose commit takes one turn of the loop."""
    working = WorkingSet(Rows())
    for work in batch:
        work.run(working)
    await asyncio.sleep(0)


async def ask(batches: Batches, *tenants: str) -> list[str | BaseException]:
    """What those are told who ask at once for these tenants."""
    asked = (batches.run(tenant_of, billing_of(tenant)) for tenant in tenants)
    return await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), timeout=5)


def test_each_gets_its_own_result() -> None:
    assert asyncio.run(ask(Batches(run_all), "a", "b", "c")) == ["a", "b", "c"]


def test_what_comes_in_one_turn_of_the_loop_is_one_batch() -> None:
    sizes: list[int] = []

    async def count(batch: Sequence[Work]) -> None:
        sizes.append(len(batch))
        await run_all(batch)

    asyncio.run(ask(Batches(count), "a", "b", "c"))
    assert sizes == [3]


def test_nobody_of_a_batch_whose_commit_failed_is_told_a_result() -> None:
    async def fail(batch: Sequence[Work]) -> None:
        await run_all(batch)
        raise StorageUnavailableError("the disk")

    told = asyncio.run(ask(Batches(fail), "a", "b"))
    assert [type(each) for each in told] == [StorageUnavailableError] * 2


def test_a_batch_whose_commit_failed_is_not_run_again() -> None:
    runs: list[int] = []

    async def fail(batch: Sequence[Work]) -> None:
        runs.append(len(batch))
        raise StorageUnavailableError("the disk")

    asyncio.run(ask(Batches(fail), "a", "b"))
    assert runs == [2]


def test_each_of_a_batch_that_was_refused_before_its_commit_is_run_alone() -> None:
    async def refuse_b(batch: Sequence[Work]) -> None:
        if any(work.touches.profiles[0].tenant_id == "b" for work in batch):
            raise NothingWrittenError("b cannot be written")
        await run_all(batch)

    first, second, third = asyncio.run(ask(Batches(refuse_b), "a", "b", "c"))
    assert (first, type(second), third) == ("a", NothingWrittenError, "c")


def test_a_lock_is_waited_for_in_vain_once_by_those_of_a_batch() -> None:
    waits: Counter[int] = Counter()

    async def wait_for_b(batch: Sequence[Work]) -> None:
        if any(work.touches.profiles[0].tenant_id == "b" for work in batch):
            waits[len(batch)] += 1
            raise LockedError("b")
        await run_all(batch)

    told = asyncio.run(ask(Batches(wait_for_b), "b", "b", "a", "b"))
    assert [type(each).__name__ for each in told] == ["LockedError", "LockedError", "str", "LockedError"]
    assert waits == {4: 1, 1: 1}


async def begin_and_cancel(batches: Batches) -> asyncio.Task[str]:
    """Ask, and cancel what runs the batches before its first step."""
    asking = asyncio.create_task(batches.run(tenant_of, billing_of("lost")))
    await asyncio.sleep(0)  # it has asked, and the runner has not begun
    assert batches._runner is not None
    batches._runner.cancel()
    return asking


def test_after_a_runner_that_was_cancelled_before_it_began_others_are_served() -> None:
    async def scenario() -> list[str | BaseException]:
        batches = Batches(run_all)
        lost = await begin_and_cancel(batches)
        await asyncio.sleep(0)
        served = await ask(batches, "next")
        with pytest.raises(StorageUnavailableError):
            await lost
        return served

    assert asyncio.run(scenario()) == ["next"]


def test_an_event_loop_that_ended_leaves_the_next_one_to_run() -> None:
    batches = Batches(run_all)
    asyncio.run(begin_and_cancel(batches))
    assert asyncio.run(ask(batches, "next")) == ["next"]


def test_who_is_behind_a_runner_that_is_cancelled_is_told() -> None:
    async def scenario() -> list[str | BaseException]:
        begun = asyncio.Event()

        async def refuse_and_hang(batch: Sequence[Work]) -> None:
            if len(batch) > 1:
                raise NothingWrittenError("each alone")
            begun.set()
            await asyncio.Event().wait()

        batches = Batches(refuse_and_hang)
        asking = asyncio.create_task(ask(batches, "a", "b", "c"))
        await begun.wait()
        assert batches._runner is not None
        batches._runner.cancel()
        return await asking

    assert [type(told) for told in asyncio.run(scenario())] == [StorageUnavailableError] * 3


@pytest.mark.parametrize("error", [StorageUnavailableError("disk"), RuntimeError("x")])
def test_what_is_done_alone_tells_what_it_raised(error: Exception) -> None:
    async def fail() -> int:
        raise error

    with pytest.raises(type(error)):
        asyncio.run(Batches(run_all).run_alone(fail))
