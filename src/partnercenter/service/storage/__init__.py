"""What every storage backend promises. Backends differ in how they run a transaction, never in what it means.

An operation is a plain function over a `Transaction`. Its command says what it touches, so that a backend can lock
and load that before, run many operations in one go, and make them durable with one commit.

The promises, stated as tests in `tests/storage_promises`:

- An operation happens as a whole or not at all, whatever becomes of those that are committed with it.
- Once `transact` returns, or raises what the operation raised, all that it was decided on is durable.
- From `lock_profile` to the end of its transaction nobody else changes that profile.
- `replace_profile` writes only over the version that it names (compare-and-swap).
- A remembered answer comes back for its key alone, until its retention ends; what is purged was past it.
- Nothing of one tenant is seen through the id of another.
- The audit of a tenant is one chain: each entry has the hash of the one before, and the head has that of the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonObject


class StorageUnavailableError(Exception):
    """The backend could not run the transaction, or cannot say whether it was committed."""


class NothingWrittenError(StorageUnavailableError):
    """The backend refused before the commit began, so that surely nothing of the transaction is stored."""


class LockedError(NothingWrittenError):
    """Somebody else held a lock for so long that the backend gave up waiting for it."""


class NewerSchemaError(Exception):
    """The data was written by a newer program than this one; running on would damage it."""


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """One version of one profile.

    document: the writable members, camelCase, nulls as they were sent.
    version: 1 for the first one; each accepted PUT adds one.
    """

    document: JsonObject
    tag: EntityTag
    version: int


class ReplayKey(NamedTuple):
    """Whose `MS-RequestId` it is: the same id of another tenant, application or user is another one."""

    tenant_id: str
    application_id: str
    user_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class RememberedAnswer:
    """What a replay gives back.

    fingerprint: tells a replay from the reuse of an id for another request.
    body: the bytes of the 200 that was answered.
    """

    fingerprint: bytes
    tag: EntityTag
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the chain, as it is stored.

    sequence: its place, from 1 in each tenant. record: the exact text of the record.
    previous_hash: the hash of the entry before it when it was made. hash: its own; see `audit.entry_hash`.
    date_holds: whether the date under which it is listed, kept beside the record, is the record's.
    """

    sequence: int
    record: bytes = field(repr=False)
    previous_hash: bytes
    hash: bytes
    date_holds: bool


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Where the chain of a tenant ends: without it, nobody would miss entries that are cut off at the end."""

    sequence: int
    hash: bytes


class ProfileKey(NamedTuple):
    """Which profile: there is one of each kind in a tenant."""

    tenant_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class Touches:
    """What an operation reads or writes: it meets an AssertionError at anything else.

    profiles: these, and the audit of their tenants. replays: the keys that it recalls or remembers.
    """

    profiles: tuple[ProfileKey, ...] = ()
    replays: tuple[ReplayKey, ...] = ()


class Command(Protocol):
    """What an operation is asked to do."""

    @property
    def touches(self) -> Touches:
        """What it reads or writes."""


C = TypeVar("C", bound=Command)
R = TypeVar("R")


class Transaction(Protocol):
    """What an operation can do inside its transaction. Times are seconds since the epoch."""

    def lock_profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """The current version, which nobody else can change before this transaction ends; None if there is none."""

    def recall(self, key: ReplayKey, *, since: float) -> RememberedAnswer | None:
        """The answer remembered for `key` at or after `since`, or None."""

    def add_profile(self, tenant_id: str, kind: str, profile: StoredProfile) -> None:
        """Store the first version of a profile; StorageUnavailableError if there is one."""

    def replace_profile(self, tenant_id: str, kind: str, expected: EntityTag, profile: StoredProfile) -> None:
        """Store `profile` in the place of the version tagged `expected`; StorageUnavailableError if that is gone."""

    def append_audit(self, tenant_id: str, record: AuditRecord) -> None:
        """Append to the audit of the tenant: the next sequence, chained to the entry before, and the head moved on."""

    def remember(self, key: ReplayKey, answer: RememberedAnswer, *, now: float) -> None:
        """Keep `answer` for replays of `key`, in the place of one that was kept before and is not recalled any more."""


class Snapshot(Protocol):
    """What can be read outside a transaction: one committed state."""

    def profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """The current version, or None."""

    def remembers(self, key: ReplayKey, *, since: float) -> bool:
        """Whether an answer is remembered for `key` at or after `since`."""


class AuditTrail(Protocol):
    """The whole audit, for who verifies or moves it: always a committed state."""

    def tenants(self) -> list[str]:
        """The tenants that have entries or a head."""

    def head(self, tenant_id: str) -> AuditHead | None:
        """The head of the tenant's chain; None before its first entry."""

    def start(self, tenant_id: str) -> AuditHead | None:
        """The last entry of the tenant that retention has dropped; None if it has dropped none."""

    def entries(self, tenant_id: str) -> Iterator[AuditEntry]:
        """The whole chain of the tenant, by sequence."""


class AuditPages(Protocol):
    """The audit, a page at a time."""

    async def audit_page(
        self, tenant_id: str, *, since: datetime, until: datetime | None, before: int | None, most: int
    ) -> list[tuple[int, JsonObject]]:
        """Records of the tenant with their sequences, the highest sequence first, at most `most`.

        since, until: bounds of the operation date, the second one exclusive; None is no bound.
        before: only records of a lower sequence; None begins at the newest one.
        """


class Storage(AuditPages, Protocol):
    """A backend."""

    async def transact(self, operation: Callable[[Transaction, C], R], command: C) -> R:
        """Run `operation(transaction, command)` as one transaction and return its result once that is durable.

        Whatever the operation raises leaves nothing behind and is raised here. StorageUnavailableError if
        the backend failed: then the outcome is unknown to the caller, and a replay finds it out.
        """

    async def read(self, operation: Callable[[Snapshot, C], R], command: C) -> R:
        """Run `operation(snapshot, command)` over the committed state and return its result.

        StorageUnavailableError if that state cannot be had.
        """

    async def purge_answers(self, *, before: float, most: int) -> int:
        """Drop remembered answers older than `before`, seconds since the epoch: at most `most`; how many it were."""

    async def purge_audit(self, tenant_id: str, *, before: datetime, most: int) -> int:
        """Drop entries from the front of the tenant's chain, up to the first of a later date: how many it were.

        before: entries of this date stay, and all behind the first that stays. most: how many go at once.
        """

    async def audited_tenants(self, *, after: str, most: int) -> list[str]:
        """The tenants with an audit whose ids sort behind `after`, in order, at most `most`."""

    def close(self) -> None:
        """Finish what is being written and let go of the files."""
