"""The audit entry: what every accepted change leaves behind, in the transaction that makes it."""

from __future__ import annotations

from datetime import UTC, datetime

from partnercenter.service.caller import Caller
from partnercenter.wire import guid, json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.casing import Casing
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.masking import masked
from partnercenter.wire.profiles import ResourceAttributes
from partnercenter.wire.shapes import Shape

_TAX_ID = "TaxId"


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
        operation_date=datetime.fromtimestamp(now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        operation_status="succeeded",
        customized_data=[{"key": key, "value": value} for key, value in facts.items()],
        attributes=ResourceAttributes(object_type="AuditRecord"),
    )


def _value(profile: Shape) -> str:
    """The profile as JSON text with PascalCase names, as audit records print resources, without its secret."""
    document = profile.to_wire(Casing.PASCAL, keep_nulls=False)
    return json_text.write(_masked(document)).decode()


def _masked(document: JsonObject) -> JsonObject:
    """`document` with the tax id masked: who reads the audit need not know it."""
    tax_id = document.get(_TAX_ID)
    return document | {_TAX_ID: masked(tax_id)} if isinstance(tax_id, str) else document
