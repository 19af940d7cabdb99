"""What a service for tests offers beyond: to be as new again, other partners, snapshots, and a clock to set ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

import msgspec

from partnercenter.service.endpoints.admin_asking import Ask, Resource
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.snapshots import NoSnapshotError, SnapshotError, SnapshotRow
from partnercenter.service.virtual_clock import VirtualClock
from partnercenter.wire.json_text import JsonObject, JsonValue

LARGEST_SEED = 8 * 1024 * 1024
"""Bytes: ten thousand partners with what the most of them need."""
_NAMED = "/admin/snapshots/([^/]{1,100})"


class _Advance(msgspec.Struct, forbid_unknown_fields=True):
    """advance: seconds."""

    advance: float


class Resettable(Protocol):
    """A service that can be begun anew. See Double, which is one."""

    @property
    def clock(self) -> VirtualClock:
        """Its time."""

    def reset(self) -> None:
        """Be as new."""

    def seed(self, document: JsonValue) -> None:
        """Begin anew with other partners. Raises SeedError."""

    def seed_document(self) -> JsonObject:
        """The partners that a reset returns to."""

    def partners(self) -> int:
        """How many they are."""

    def take_snapshot(self, name: str) -> SnapshotRow:
        """Keep data and accounts. Raises SnapshotError."""

    def restore_snapshot(self, name: str) -> None:
        """Have them again. Raises NoSnapshotError."""

    def remove_snapshot(self, name: str) -> None:
        """Forget them. Raises NoSnapshotError."""

    def snapshots(self) -> list[SnapshotRow]:
        """What is kept."""


def resources(mode: Resettable) -> list[Resource]:
    """The addresses, and what each of their methods does."""

    def reset(_: Ask) -> JsonObject:
        mode.reset()
        return _seeded(mode)

    def show_seed(_: Ask) -> JsonObject:
        return mode.seed_document()

    def plant(ask: Ask) -> JsonObject:
        from partnercenter.service.seed_shapes import SeedError  # it costs time, and few tests have a seed of their own

        try:
            mode.seed(ask.json())
        except SeedError as error:
            raise Refusal(Reason.PROPERTY_INVALID, error.mistakes) from None
        return _seeded(mode)

    def show_clock(_: Ask) -> JsonObject:
        now = mode.clock.now()
        return {"now": now, "date": datetime.fromtimestamp(now, UTC).isoformat(), "ahead": mode.clock.ahead}

    def advance(ask: Ask) -> JsonObject:
        try:
            mode.clock.advance(ask.read(_Advance).advance)
        except ValueError as error:
            raise Refusal(Reason.PROPERTY_INVALID, [f"advance: {error}"]) from None
        return show_clock(ask)

    return [
        Resource("/admin/reset", {"POST": reset}),
        Resource("/admin/seed", {"GET": show_seed, "PUT": plant}, LARGEST_SEED),
        Resource("/admin/clock", {"GET": show_clock, "POST": advance}),
        *_of_snapshots(mode),
    ]


def _of_snapshots(mode: Resettable) -> list[Resource]:
    def show(_: Ask) -> JsonObject:
        return {"snapshots": [_row(row) for row in mode.snapshots()]}

    def take(ask: Ask) -> JsonObject:
        try:
            return _row(mode.take_snapshot(ask.name))
        except SnapshotError as error:
            raise Refusal(Reason.PROPERTY_INVALID, [f"name: {error}"]) from None

    def restore(ask: Ask) -> JsonObject:
        _found(mode.restore_snapshot, ask.name)
        return next(_row(row) for row in mode.snapshots() if row.name == ask.name)

    def remove(ask: Ask) -> JsonObject:
        _found(mode.remove_snapshot, ask.name)
        return show(ask)

    return [
        Resource("/admin/snapshots", {"GET": show}),
        Resource(_NAMED, {"PUT": take, "DELETE": remove}),
        Resource(f"{_NAMED}/restore", {"POST": restore}),
    ]


def _found(do: Callable[[str], None], name: str) -> None:
    try:
        do(name)
    except NoSnapshotError as error:
        raise Refusal(Reason.NOT_FOUND, [error]) from None


def _seeded(mode: Resettable) -> JsonObject:
    return {"partners": mode.partners()}


def _row(row: SnapshotRow) -> JsonObject:
    return {"name": row.name, "at": row.at, "bytes": row.size}
