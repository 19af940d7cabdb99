"""GET of the audit records."""

from __future__ import annotations

from partnercenter.service.endpoints import content
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.operations.list_audit_records import list_audit_records
from partnercenter.wire.messages import Response


async def get(exchange: Exchange) -> Response:
    """Answer GET: what changed in the caller's partner, newest first."""
    content.require_json_accepted(exchange.request.headers)
    return content.json_response(list_audit_records(exchange.storage.snapshot(), exchange.caller))
