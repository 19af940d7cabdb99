"""Verify a copy of the data before it becomes the data: is the audit of every tenant whole?"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from partnercenter.service.operations.verify_audit import Verdict, verify
from partnercenter.service.storage import AuditEntry, AuditHead, StorageUnavailableError, transfer
from partnercenter.service.storage.stored_texts import date_of, document
from partnercenter.service.storage.transfer import (
    DamagedFileError,
    EntryRow,
    HeadRow,
    ProfileRow,
    Row,
    StartRow,
)


class BrokenAuditError(Exception):
    """The audit in a copy is not intact. Says of which tenant and where."""


def require_intact_rows(rows: Iterable[Row]) -> None:
    """Go through all rows, in the order of an export: the documents can be read, and the audits are intact.

    Raises BrokenAuditError, DamagedFileError.
    """
    for tenant_id, of_tenant in groupby(rows, _tenant_of_audit):
        if tenant_id is not None:
            _require_intact(_verdict(tenant_id, of_tenant))
            continue
        for row in of_tenant:
            if isinstance(row, ProfileRow):
                _require_document(row)


def _require_document(row: ProfileRow) -> None:
    try:
        document(row.document)
    except StorageUnavailableError:
        raise DamagedFileError(f"The {row.kind} profile of tenant {row.tenant_id} is damaged.") from None


def _tenant_of_audit(row: Row) -> str | None:
    return row.tenant_id if isinstance(row, transfer.AuditRow) else None


def _verdict(tenant_id: str, rows: Iterable[Row]) -> Verdict:
    ends: dict[type[Row], AuditHead] = {}
    verdict = None
    for kind, of_kind in groupby(rows, type):
        if verdict is not None:
            raise DamagedFileError(f"The audit of tenant {tenant_id} is not in order.")
        if kind is EntryRow:
            entries = (_entry(row) for row in of_kind if isinstance(row, EntryRow))
            verdict = verify(tenant_id, entries, ends.get(HeadRow), ends.get(StartRow))
        else:
            ends |= {
                type(row): AuditHead(row.sequence, row.hash) for row in of_kind if isinstance(row, StartRow | HeadRow)
            }
    return verdict or verify(tenant_id, (), ends.get(HeadRow), ends.get(StartRow))


def _entry(row: EntryRow) -> AuditEntry:
    record = row.record.encode()
    return AuditEntry(row.sequence, record, row.previous_hash, row.hash, date_of(record) == row.operation_date)


def _require_intact(verdict: Verdict) -> None:
    if verdict.broken is not None:
        tenant_id, sequence, damage = verdict.broken
        raise BrokenAuditError(f"The audit in it is broken at tenant {tenant_id}, entry {sequence}: {damage.value}.")
