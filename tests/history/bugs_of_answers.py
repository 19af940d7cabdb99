"""Seeded bugs in what operations decide and in what is answered. See `seeded_bugs`."""

from __future__ import annotations

import importlib
import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from partnercenter.service.operations import update_profile as operation
from partnercenter.service.operations.update_profile import UpdateProfile
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import Touches
from partnercenter.service.storage.batches import Job
from partnercenter.service.storage.working_set import WorkingSet, WorkingTransaction
from partnercenter.wire.entity_tag import EntityTag

_random = random.Random()


def no_idempotency(_: type) -> None:
    """A request id means nothing: every attempt runs."""

    def nothing(_self: WorkingTransaction, _key: object, *, since: float) -> None:
        """No answer is recalled."""

    setattr(WorkingTransaction, "recall", nothing)  # noqa: B010  # so that the type checker lets it pass


def replay_looked_up_after_the_precondition(_: type) -> None:
    """The retry of a success is compared with the tag that the success has replaced."""

    def wrong(transaction: WorkingTransaction, command: UpdateProfile[Any]) -> object:
        stored = transaction.lock_profile(command.head.caller.tenant_id, command.head.kind.name)
        if stored is not None:
            operation.require_preconditions(command.head.if_match, command.head.if_none_match, stored.tag)
        return operation.update_profile(transaction, command)

    _in_the_place_of_the_operation(wrong)


def tags_begin_anew(_: type) -> None:
    """The random part of the tags is that of every start."""
    repeated = random.Random(1)

    def new(_cls: type[EntityTag], version: int) -> EntityTag:
        return EntityTag(f"{uuid.UUID(int=repeated.getrandbits(128), version=4)}" if version > 1 else f"{uuid.uuid4()}")

    EntityTag.new = classmethod(new)  # type: ignore[method-assign,assignment]


def refused_but_applied(_: type) -> None:
    """A PUT is refused for its tag, after it was written."""

    def wrong(transaction: WorkingTransaction, command: UpdateProfile[Any]) -> object:
        try:
            return operation.update_profile(transaction, command)
        except Refusal:
            if _random.random() < 0.1:
                operation.update_profile(transaction, replace(command, head=replace(command.head, if_match=None)))
                _kept_all_the_same.add(id(transaction))
            raise

    _kept_all_the_same: set[int] = set()
    begin, run = WorkingSet.begin, Job.run
    begun: list[WorkingTransaction] = []

    def begin_noted(self: WorkingSet, touches: Touches) -> WorkingTransaction:
        begun[:] = [begin(self, touches)]
        return begun[0]

    def run_kept(self: Job[Any, Any], working: WorkingSet) -> None:
        run(self, working)
        if id(begun[0]) in _kept_all_the_same:
            _kept_all_the_same.clear()
            working.keep(begun[0])

    WorkingSet.begin = begin_noted  # type: ignore[method-assign]
    Job.run = run_kept  # type: ignore[method-assign]
    _in_the_place_of_the_operation(wrong)


def refused_for_an_unknown_commit(_: type) -> None:
    """A PUT that was committed is answered 412, as if its fate were known to be bad."""
    resolve = Job.resolve

    def wrong(self: Job[Any, Any]) -> None:
        conditional = isinstance(self._command, UpdateProfile) and self._command.head.if_match is not None
        if conditional and _random.random() < 0.01:
            self.fail(Refusal(Reason.PRECONDITION_FAILED))
        resolve(self)

    Job.resolve = wrong  # type: ignore[method-assign]


def member_of_a_batch_forgotten(_: type) -> None:
    """Of many that are committed together one is forgotten, and answered with the others."""
    keep = WorkingSet.keep

    def forgetful(self: WorkingSet, transaction: WorkingTransaction) -> None:
        if _random.random() > 0.02:
            keep(self, transaction)

    WorkingSet.keep = forgetful  # type: ignore[method-assign]


def replay_answers_what_stands(_: type) -> None:
    """A replay is answered with the profile as it is now, not as it was answered first."""
    recall = WorkingTransaction.recall

    def wrong(self: WorkingTransaction, key: Any, *, since: float) -> object:
        remembered = recall(self, key, since=since)
        (stored,) = (self.lock_profile(*touched) for touched in self._touches.profiles)
        return remembered and stored and replace(remembered, tag=stored.tag)

    WorkingTransaction.recall = wrong  # type: ignore[method-assign,assignment]


def _in_the_place_of_the_operation(wrong: Callable[..., object]) -> None:
    vars(importlib.import_module("partnercenter.service.endpoints.profiles"))["update_profile"] = wrong
