"""The audit entry: what every accepted change leaves behind, in the transaction that makes it, and its hash."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from partnercenter.service.caller import Caller
from partnercenter.wire import guid, json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.casing import Casing
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.masking import masked
from partnercenter.wire.profiles import ResourceAttributes
from partnercenter.wire.shapes import Shape

NO_ENTRY = bytes(hashlib.sha256().digest_size)
"""The hash before the first entry of a tenant."""

_TAX_ID = "TaxId"
# Names what is hashed: no hash that was made for anything else can pass for that of an entry.
_ENTRY = b"partnercenter audit entry 1"


def entry_of_update(
    operation_type: str, old: Shape, new: Shape, *, caller: Caller, now: float, facts: dict[str, str]
) -> AuditRecord:
    """The record of one accepted update.

    operation_type: `update_partner_billing_profile`, our own word: the documented list has none for it.
    now: seconds since the epoch. facts: `correlationId` and whatever else is worth keeping, as texts.
    """
    return AuditRecord(
        partner_id=caller.tenant_id,
        user_principal_name=caller.user_name,
        application_id=caller.application_id,
        id=guid.new_guid(),
        resource_type=operation_type.removeprefix("update_"),
        resource_old_value=_value(old),
        resource_new_value=_value(new),
        operation_type=operation_type,
        original_correlation_id=facts.get("correlationId"),
        operation_date=date_text(datetime.fromtimestamp(now, UTC)),
        operation_status="succeeded",
        customized_data=[{"key": key, "value": value} for key, value in facts.items()],
        attributes=ResourceAttributes(object_type="AuditRecord"),
    )


def date_text(moment: datetime) -> str:
    """A UTC time as records print it: to the millisecond, with a Z. Texts compare as their times do."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def entry_hash(previous: bytes, tenant_id: str, sequence: int, record: bytes) -> bytes:
    """The hash that chains an entry to the one before it: SHA-256 over all that must not change unseen.

    previous: the hash of the entry before, NO_ENTRY for the first one. sequence: from 1 in each tenant.
    record: the text exactly as it is stored.
    """
    parts = (_ENTRY, previous, tenant_id.encode(), sequence.to_bytes(8, "big", signed=True), record)
    # Each part with its length before it: no two lists of parts make the same bytes.
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


def _value(profile: Shape) -> str:
    """The profile as JSON text with PascalCase names, as audit records print resources, without its secret."""
    document = profile.to_wire(Casing.PASCAL, keep_nulls=False)
    return json_text.write(_masked(document)).decode()


def _masked(document: JsonObject) -> JsonObject:
    """`document` with the tax id masked: who reads the audit need not know it."""
    tax_id = document.get(_TAX_ID)
    return document | {_TAX_ID: masked(tax_id)} if isinstance(tax_id, str) else document
