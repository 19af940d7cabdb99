"""The audit records: which are asked for, and how the links of the answers are followed to the last page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import urlsplit

from partnercenter.client import exchange
from partnercenter.client.attempts import Session, ask
from partnercenter.client.call import Call, new_call
from partnercenter.client.call_options import CallOptions, another
from partnercenter.client.conversation import Flow
from partnercenter.client.errors import ConfigurationError
from partnercenter.wire import headers
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.messages import Response
from partnercenter.wire.shapes import ShapeError

PATH: Final = "/v1/auditrecords"

# The lines that a link may add. Any other one could say who asks (Authorization) or break the message.
_LINE_NAME = re.compile("MS-[A-Za-z0-9-]+", re.ASCII | re.IGNORECASE)
_OWN_LINES = {name.lower() for name in (headers.MS_REQUEST_ID, headers.MS_CORRELATION_ID, headers.APPLICATION_NAME)}


@dataclass(frozen=True, slots=True)
class AuditQuery:
    """Which records are wanted (Partner Center, "Get a record of Partner Center activity by user").

    start_date, end_date: days, or moments with a time zone. resource_type: the records of that one alone.
    size: records of one page.
    """

    start_date: date | datetime | None = None
    end_date: date | datetime | None = None
    resource_type: str | None = None
    size: int | None = None

    def parameters(self) -> Mapping[str, str | None]:
        """The parameters of the query. Raises ConfigurationError for a moment without a time zone."""
        return {
            "startDate": _moment("start_date", self.start_date),
            "endDate": _moment("end_date", self.end_date),
            "filter": _filter(self.resource_type),
            "size": None if self.size is None else str(self.size),
        }


@dataclass(frozen=True, slots=True)
class _Page:
    records: list[AuditRecord]
    next: _Link | None


@dataclass(frozen=True, slots=True)
class _Link:
    path: str
    lines: tuple[tuple[str, str], ...] = ()


def list_audit_records(
    session: Session, query: AuditQuery, options: CallOptions | None = None
) -> Flow[list[AuditRecord]]:
    """Read who changed what: every page, each a call with a deadline and, but for the first, an id of its own."""
    records: list[AuditRecord] = []
    link: _Link | None = _Link(exchange.with_query(PATH, query.parameters()))
    followed: set[_Link] = set()
    while link:
        followed.add(link)
        call = new_call("GET", link.path, options, further_lines=link.lines)
        options = another(options)
        page = yield from ask(session, call, _read_page)
        if page.next in followed:
            raise exchange.not_understood(call, "Its link to the next page leads back.")
        records += page.records
        link = page.next
    return records


def _moment(name: str, value: date | datetime | None) -> str | None:
    if value is None:
        return None
    exchange.check_is(date, value, name)
    if not isinstance(value, datetime):
        return value.isoformat()
    if value.tzinfo is None:
        raise ConfigurationError(
            f"{name} has no time zone.",
            next_step="Give it one, as in datetime(2026, 6, 1, tzinfo=UTC), or give a date.",
        )
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _filter(resource_type: str | None) -> str | None:
    if resource_type is None:
        return None
    document: JsonObject = {"Field": "ResourceType", "Value": resource_type, "Operator": "equals"}
    return exchange.write_body(document).decode()


def _read_page(call: Call, response: Response) -> _Page:
    """The `items` of a 2xx response (Partner Center auditing resources), and its link to the next page."""
    value = exchange.read_json(call, response)
    items = _member(value, "items")
    if not isinstance(items, list):
        raise exchange.not_understood(call, "It has no list of items.")
    try:
        records = [AuditRecord.from_wire(item, strict=False) for item in items]
    except ShapeError as error:
        reason = str(error)
    else:
        return _Page(records, _next_link(call, _member(_member(value, "links"), "next")))
    raise exchange.not_understood(call, f"It has an item that is not an audit record: {reason}")


def _next_link(call: Call, link: JsonValue) -> _Link | None:
    """Where the next page is and which lines to send there, as the .NET client's enumerator takes both.

    Raises AnswerNotUnderstoodError unless it leads to the service that was asked: a token is meant for no other one.
    """
    uri, entries = _member(link, "uri"), _member(link, "headers")
    if uri is None:
        return None
    if not isinstance(uri, str) or not _is_path(uri):
        raise exchange.not_understood(call, "Its link to the next page is not a path of this service.")
    path = uri if uri.startswith("/v1/") else f"/v1{uri}"  # the published links have no version
    lines = (_line(entry) for entry in (entries if isinstance(entries, list) else []))
    return _Link(path, tuple(line for line in lines if line))


def _is_path(uri: str) -> bool:
    parts = urlsplit(uri)
    visible = uri.isascii() and uri.isprintable() and not {" ", "\\"} & set(uri)
    return visible and uri.startswith("/") and not (parts.scheme or parts.netloc or parts.fragment)


def _line(entry: JsonValue) -> tuple[str, str] | None:
    name, value = _member(entry, "key"), _member(entry, "value")
    if not isinstance(name, str) or not isinstance(value, str):
        return None
    fits = _LINE_NAME.fullmatch(name) and name.lower() not in _OWN_LINES and value.isascii() and value.isprintable()
    return (name, value) if fits else None


def _member(value: JsonValue, name: str) -> JsonValue:
    members = value if isinstance(value, dict) else {}
    return next((inner for key, inner in members.items() if key.lower() == name), None)
