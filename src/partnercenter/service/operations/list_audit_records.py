"""List the audit records of the caller's partner, a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import quote

from partnercenter.service.operations import audit_continuation
from partnercenter.service.operations.audit_query import AuditQuery
from partnercenter.service.storage import AuditPages
from partnercenter.wire import headers, json_text
from partnercenter.wire.json_text import JsonObject, JsonValue

ROWS_AT_ONCE = 200

_Row = tuple[int, JsonObject]


@dataclass(frozen=True, slots=True)
class ListAuditRecords:
    """The command. after: the sequence that the page before ended with; None for the first page."""

    tenant_id: str
    query: AuditQuery
    after: int | None = None


async def find_page(pages: AuditPages, command: ListAuditRecords) -> AsyncIterator[list[_Row]]:
    """The rows of one page, newest first, and one more if another page follows: in portions, of which some are empty.

    A filter may pass over many records before the page is full. Whoever asks decides what else is done between
    two portions. Records that come meanwhile are newer than any of the page, so it does not move.
    """
    query, before = command.query, command.after
    missing = query.size + 1
    while missing:
        most = ROWS_AT_ONCE if query.filter else min(ROWS_AT_ONCE, missing)
        rows = await pages.audit_page(command.tenant_id, since=query.since, until=query.until, before=before, most=most)
        found = [row for row in rows if query.filter is None or query.filter.matches(row[1])][:missing]
        yield found
        missing = missing - len(found) if len(rows) == most else 0
        before = rows[-1][0] if rows else before


def render_page(command: ListAuditRecords, found: list[_Row]) -> bytes:
    """What `find_page` found as a Collection (Partner Center utility resources), with a link to the next page.

    `totalCount` counts the items of this page, as the .NET SDK computes it.
    """
    query = command.query
    listed = found[: query.size]
    items: list[JsonValue] = [record for _, record in listed]
    uri = "/auditrecords?" + "&".join(f"{name}={quote(text, safe='')}" for name, text in query.parameters.items())
    links: JsonObject = {"self": _link(uri)}
    collection: JsonObject = {"totalCount": len(items), "items": items, "links": links}
    if len(found) > query.size:
        token = audit_continuation.make_token(command.tenant_id, query.parameters, listed[-1][0])
        links["next"] = _link(uri, {"key": headers.MS_CONTINUATION_TOKEN, "value": token})
        collection["continuationToken"] = token
    return json_text.write({**collection, "attributes": {"objectType": "Collection"}})


def _link(uri: str, *lines: JsonObject) -> JsonObject:
    return {"uri": uri, "method": "GET", "headers": [*lines]}
