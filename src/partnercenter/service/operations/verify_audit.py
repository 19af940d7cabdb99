"""Verify the audit of a tenant: is the chain whole, and if not, where does it break?

What a chain does not show: whoever can write the file can also hash everything anew, head included, and leave a
chain that is whole; or take away the audit of a tenant altogether. Against that it helps to write down the head
(sequence and hash) somewhere else from time to time, and to compare. The same hand can say that retention has dropped
what it took away from the beginning; the first entry that is left tells how much that was.
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
_BEFORE_ALL = AuditHead(0, NO_ENTRY)


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


def verify(
    tenant_id: str, entries: Iterable[AuditEntry], head: AuditHead | None, start: AuditHead | None = None
) -> Verdict:
    """Follow the chain to its first break.

    entries: all that are stored for the tenant, by sequence. head: where the chain ends; None if there is none.
    start: the last entry that retention has dropped; None if it has dropped none.
    """
    end = head.sequence if head else 0
    begin = last = start or _BEFORE_ALL
    for entry in entries:
        broken = _break_at(tenant_id, begin, last, entry, end)
        if broken:
            return _up_to(broken, begin, last)
        last = AuditHead(entry.sequence, entry.hash)
    damage = _damage_of_end(last, head)
    if damage is None:
        return Verdict(last.sequence - begin.sequence, None)
    place = last.sequence + 1 if damage is Damage.CUT else max(last.sequence, begin.sequence + 1)
    return _up_to(Break(tenant_id, place, damage), begin, last)


def _up_to(broken: Break, begin: AuditHead, last: AuditHead) -> Verdict:
    """A break that shows at an entry may be the fault of the one before it: then that one is not intact."""
    return Verdict(max(min(last.sequence, broken.sequence - 1) - begin.sequence, 0), broken)


def _break_at(tenant_id: str, begin: AuditHead, last: AuditHead, entry: AuditEntry, end: int) -> Break | None:
    expected = last.sequence + 1
    if entry.sequence <= begin.sequence or (end and entry.sequence > end):
        missing = entry.sequence > expected and last.sequence < end
        return Break(tenant_id, *((expected, Damage.CUT) if missing else (entry.sequence, Damage.ADDED)))
    if entry.sequence != expected:
        return Break(tenant_id, expected, Damage.MISSING)
    if not _is_whole(tenant_id, entry, expected):
        places = range(begin.sequence + 1, min(end, begin.sequence + _PLACES_TRIED) + 2)
        moved = any(_is_whole(tenant_id, entry, place) for place in places)
        return Break(tenant_id, expected, Damage.MOVED if moved else Damage.CHANGED)
    if not entry.date_holds:
        return Break(tenant_id, expected, Damage.CHANGED)
    if entry.previous_hash == last.hash:
        return None
    # Both entries have the hash that their content makes, so one of them was hashed anew: this one remembers
    # what the one before it was when it was made. Before the first one there is nobody to blame but itself.
    return Break(tenant_id, max(last.sequence, begin.sequence + 1), Damage.CHANGED)


def _is_whole(tenant_id: str, entry: AuditEntry, sequence: int) -> bool:
    return entry_hash(entry.previous_hash, tenant_id, sequence, entry.record) == entry.hash


def _damage_of_end(last: AuditHead, head: AuditHead | None) -> Damage | None:
    if head is None:
        return Damage.HEAD if last.sequence else None
    if head.sequence > last.sequence:
        return Damage.CUT
    return None if head == last else Damage.HEAD
