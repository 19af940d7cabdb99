"""The rows that a batch of operations touches, as they stand after each one, and what of them is to be written.

Pure: a backend locks and loads the rows, runs the operations over them here, and writes the changes down again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from partnercenter.service.audit import NO_ENTRY, entry_hash
from partnercenter.service.storage import (
    AuditHead,
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    StorageUnavailableError,
    StoredProfile,
    Touches,
)
from partnercenter.wire import json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.entity_tag import EntityTag


class DatedAnswer(NamedTuple):
    """A remembered answer and since when, in seconds since the epoch."""

    at: float
    answer: RememberedAnswer


class AuditRow(NamedTuple):
    """An entry to append. record: its exact text. date: the record's own, "" if it has none."""

    tenant_id: str
    sequence: int
    date: str
    previous_hash: bytes
    hash: bytes
    record: bytes


@dataclass(slots=True)
class Rows:
    """What is stored of that which is touched; what is missing here is not stored."""

    profiles: dict[ProfileKey, StoredProfile] = field(default_factory=dict)
    answers: dict[ReplayKey, DatedAnswer] = field(default_factory=dict)
    heads: dict[str, AuditHead] = field(default_factory=dict)

    def profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """See Snapshot.profile."""
        return self.profiles.get(ProfileKey(tenant_id, kind))

    def remembers(self, key: ReplayKey, *, since: float) -> bool:
        """See Snapshot.remembers."""
        found = self.answers.get(key)
        return found is not None and found.at >= since


@dataclass(slots=True)
class Changes:
    """What a batch writes: each row once, however many operations changed it.

    replaced: with the tag that the stored version has, so that the write can compare it once more.
    """

    added: dict[ProfileKey, StoredProfile] = field(default_factory=dict)
    replaced: dict[ProfileKey, tuple[EntityTag, StoredProfile]] = field(default_factory=dict)
    answers: dict[ReplayKey, DatedAnswer] = field(default_factory=dict)
    audit: list[AuditRow] = field(default_factory=list)
    heads: dict[str, AuditHead] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.replaced or self.answers or self.audit)


class WorkingSet:
    """The loaded rows of a batch. Operations run over it one after another, each in a transaction of its own."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.changes = Changes()

    def begin(self, touches: Touches) -> WorkingTransaction:
        """A transaction that sees what those before it have kept."""
        return WorkingTransaction(self.rows, touches)

    def keep(self, transaction: WorkingTransaction) -> None:
        """Let the changes of `transaction` stand. Those of one that is not kept have never been."""
        new, changes = transaction.new, self.changes
        for key, profile in new.profiles.items():
            stored = self.rows.profiles.get(key)
            if stored is None or key in changes.added:
                changes.added[key] = profile
            else:
                first_tag, _ = changes.replaced.get(key, (stored.tag, stored))
                changes.replaced[key] = first_tag, profile
        changes.answers |= new.answers
        changes.heads |= new.heads
        changes.audit += transaction.entries
        self.rows.profiles |= new.profiles
        self.rows.answers |= new.answers
        self.rows.heads |= new.heads


class WorkingTransaction:
    """See Transaction. What it changes stays its own until it is kept."""

    def __init__(self, rows: Rows, touches: Touches) -> None:
        self._rows = rows
        self._touches = touches
        self.new = Rows()
        self.entries: list[AuditRow] = []

    def lock_profile(self, tenant_id: str, kind: str) -> StoredProfile | None:
        """See Transaction.lock_profile."""
        key = ProfileKey(tenant_id, kind)
        _require_declared(key in self._touches.profiles)
        return self.new.profiles.get(key) or self._rows.profiles.get(key)

    def recall(self, key: ReplayKey, *, since: float) -> RememberedAnswer | None:
        """See Transaction.recall."""
        _require_declared(key in self._touches.replays)
        found = self.new.answers.get(key) or self._rows.answers.get(key)
        return found.answer if found is not None and found.at >= since else None

    def add_profile(self, tenant_id: str, kind: str, profile: StoredProfile) -> None:
        """See Transaction.add_profile."""
        if self.lock_profile(tenant_id, kind) is not None:
            raise StorageUnavailableError("The profile to add is there already.")
        self.new.profiles[ProfileKey(tenant_id, kind)] = profile

    def replace_profile(self, tenant_id: str, kind: str, expected: EntityTag, profile: StoredProfile) -> None:
        """See Transaction.replace_profile."""
        stored = self.lock_profile(tenant_id, kind)
        if stored is None or stored.tag != expected:
            raise StorageUnavailableError("The version to replace is gone.")
        self.new.profiles[ProfileKey(tenant_id, kind)] = profile

    def append_audit(self, tenant_id: str, record: AuditRecord) -> None:
        """See Transaction.append_audit. The head, not the last row, says what is next: a row cut off stays missing."""
        _require_declared(any(tenant_id == key.tenant_id for key in self._touches.profiles))
        last = self.new.heads.get(tenant_id) or self._rows.heads.get(tenant_id) or AuditHead(0, NO_ENTRY)
        sequence, text = last.sequence + 1, json_text.write(record.to_wire())
        digest = entry_hash(last.hash, tenant_id, sequence, text)
        self.entries.append(AuditRow(tenant_id, sequence, record.operation_date or "", last.hash, digest, text))
        self.new.heads[tenant_id] = AuditHead(sequence, digest)

    def remember(self, key: ReplayKey, answer: RememberedAnswer, *, now: float) -> None:
        """See Transaction.remember."""
        _require_declared(key in self._touches.replays)
        self.new.answers[key] = DatedAnswer(now, answer)


def _require_declared(declared: bool) -> None:
    """What was not declared was not locked and not loaded: here it would seem to be missing."""
    if not declared:
        raise AssertionError("The command does not declare in its touches what the operation asks for.")
