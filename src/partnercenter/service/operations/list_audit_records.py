"""List the audit records of the caller's partner."""

from __future__ import annotations

from partnercenter.service.caller import Caller
from partnercenter.service.storage import Snapshot
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue

PAGE_SIZE = 100


def list_audit_records(snapshot: Snapshot, caller: Caller) -> bytes:
    """The newest PAGE_SIZE records as a Collection (Partner Center utility resources), newest first."""
    items: list[JsonValue] = [*snapshot.audit_records(caller.tenant_id, newest=PAGE_SIZE)]
    link: JsonObject = {"uri": f"/auditrecords?size={PAGE_SIZE}", "method": "GET", "headers": []}
    return json_text.write(
        {
            "totalCount": len(items),
            "items": items,
            "links": {"self": link},
            "attributes": {"objectType": "Collection"},
        }
    )
