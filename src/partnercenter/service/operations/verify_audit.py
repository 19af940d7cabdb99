"""Verify the audit of a tenant: is the chain whole, and if not, where does it break?

What a chain does not show: whoever can write the file can also hash everything anew, head included, and leave a
chain that is whole; or take away the audit of a tenant altogether. Against that it helps to write down the head
(sequence and hash) somewhere else from time to time, and to compare.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from partnercenter.service.audit import NO_ENTRY, entry_hash
from partnercenter.service.storage import AuditEntry, AuditHead

# To tell an entry that was moved from one that was changed, each place is tried. The head may be forged and claim
# more places than can ever be tried; an entry from behind the last one tried is called changed.
_PLACES_TRIED = 1_000_000


class Damage(Enum):
    """What is wrong with an entry."""

    CHANGED = "the record, its date or its hash was changed"
    MISSING = "the entry is missing"
    ADDED = "the entry was added by another hand"
    MOVED = "the entry was moved here from another place"
    CUT = "the entry is missing, and all after it: the end was cut off"
    HEAD = "the head of the chain is missing or does not fit this entry: one of the two was changed"


class Break(NamedTuple):
    """The first place at which the chain of a tenant does not hold."""

    tenant_id: str
    sequence: int
    damage: Damage


class Verdict(NamedTuple):
    """How many entries are intact, from the first one on, and the break behind them; None if the chain is whole."""

    intact: int
    broken: Break | None


def verify(tenant_id: str, entries: Iterable[AuditEntry], head: AuditHead | None) -> Verdict:
    """Follow the chain to its first break.

    entries: all that are stored for the tenant, by sequence. head: where the chain ends; None if there is none.
    """
    end = head.sequence if head else 0
    last: AuditEntry | None = None
    intact = 0
    for entry in entries:
        broken = _break_at(tenant_id, intact, last, entry, end)
        if broken:
            return _up_to(broken, intact)
        last, intact = entry, intact + 1
    damage = _damage_of_end(intact, last, head)
    if damage is None:
        return Verdict(intact, None)
    return _up_to(Break(tenant_id, intact + 1 if damage is Damage.CUT else max(intact, 1), damage), intact)


def _up_to(broken: Break, intact: int) -> Verdict:
    """A break that shows at an entry may be the fault of the one before it: then that one is not intact."""
    return Verdict(min(intact, max(broken.sequence - 1, 0)), broken)


def _break_at(tenant_id: str, intact: int, last: AuditEntry | None, entry: AuditEntry, end: int) -> Break | None:
    expected, previous = intact + 1, last.hash if last else NO_ENTRY
    if entry.sequence < 1 or (end and entry.sequence > end):
        missing = entry.sequence > expected and intact < end
        return Break(tenant_id, *((expected, Damage.CUT) if missing else (entry.sequence, Damage.ADDED)))
    if entry.sequence != expected:
        return Break(tenant_id, expected, Damage.MISSING)
    if not _is_whole(tenant_id, entry, expected):
        moved = any(_is_whole(tenant_id, entry, place) for place in range(1, min(end, _PLACES_TRIED) + 2))
        return Break(tenant_id, expected, Damage.MOVED if moved else Damage.CHANGED)
    if not entry.date_holds:
        return Break(tenant_id, expected, Damage.CHANGED)
    if entry.previous_hash == previous:
        return None
    # Both entries have the hash that their content makes, so one of them was hashed anew: this one remembers
    # what the one before it was when it was made. Before the first one there is nobody to blame but itself.
    return Break(tenant_id, max(intact, 1), Damage.CHANGED)


def _is_whole(tenant_id: str, entry: AuditEntry, sequence: int) -> bool:
    return entry_hash(entry.previous_hash, tenant_id, sequence, entry.record) == entry.hash


def _damage_of_end(intact: int, last: AuditEntry | None, head: AuditHead | None) -> Damage | None:
    if head is None:
        return Damage.HEAD if last else None
    if head.sequence > intact:
        return Damage.CUT
    holds = last is not None and head == AuditHead(last.sequence, last.hash)
    return None if holds else Damage.HEAD
