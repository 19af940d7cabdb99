"""GET of the audit records."""

from __future__ import annotations

import asyncio

from partnercenter.service.endpoints import content
from partnercenter.service.endpoints.exchange import Exchange
from partnercenter.service.operations.audit_continuation import read_token
from partnercenter.service.operations.audit_query import PARAMETERS, AuditQuery, read_query
from partnercenter.service.operations.list_audit_records import ListAuditRecords, find_page, render_page
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.messages import Response


async def get(exchange: Exchange) -> Response:
    """Answer GET: what changed in the caller's partner, newest first.

    Query parameters that are not known are ignored, and of one that is repeated the first counts.
    """
    content.require_json_accepted(exchange.request.headers)
    query = read_query({name: exchange.query(name) for name in PARAMETERS}, now=exchange.clock())
    command = ListAuditRecords(exchange.caller.tenant_id, query, _after(exchange, query))
    found = []
    async for portion in find_page(exchange.storage, command):
        found += portion
        # A filter that matches little may read the whole audit: others are answered meanwhile.
        await asyncio.sleep(0)
    return content.json_response(render_page(command, found))


def _after(exchange: Exchange, query: AuditQuery) -> int | None:
    tokens = exchange.request.headers.get_all(headers.MS_CONTINUATION_TOKEN)
    if len(tokens) > 1:
        raise Refusal(Reason.HEADER_REPEATED)
    return read_token(tokens[0], exchange.caller.tenant_id, query.parameters) if tokens else None
