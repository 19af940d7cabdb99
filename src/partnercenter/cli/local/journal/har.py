"""From entries of the journal to an HTTP Archive 1.2, which browsers and proxies open."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import version
from urllib.parse import parse_qsl, urlsplit

from partnercenter.cli.local.journal.entries import Entry, Line, find
from partnercenter.wire.json_text import JsonObject, JsonValue

_HTTP, _UNKNOWN = "HTTP/1.1", -1
_PHRASES = {status.value: status.phrase for status in HTTPStatus}


def archive(entries: Iterable[Entry], base_url: str) -> JsonObject:
    """The archive (HAR 1.2, "log"). base_url: under which the service was asked."""
    creator: JsonObject = {"name": "partnercenter", "version": version("partnercenter")}
    return {"log": {"version": "1.2", "creator": creator, "entries": [_entry(each, base_url) for each in entries]}}


def _entry(entry: Entry, base_url: str) -> JsonObject:
    """One exchange. Members of ours begin with an underscore (HAR 1.2, "Custom Fields")."""
    return {
        "startedDateTime": entry.time,
        "time": entry.milliseconds,
        "request": _request(entry, base_url),
        "response": _response(entry),
        "cache": {},
        "timings": {"send": 0, "wait": entry.milliseconds, "receive": 0},
        "_sequence": entry.sequence,
        "_operation": entry.operation or None,
        "_tenant": entry.tenant or None,
        "_fault": entry.fault or None,
    }


def _request(entry: Entry, base_url: str) -> JsonObject:
    url = entry.target if "://" in entry.target else base_url.rstrip("/") + entry.target
    request: JsonObject = {
        "method": entry.method,
        "url": url,
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _pairs(entry.headers),
        "queryString": _pairs(parse_qsl(urlsplit(url).query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": _size(entry.body),
    }
    if entry.body:
        request["postData"] = {"mimeType": find(entry.headers, "content-type"), "text": entry.body}
    return request


def _response(entry: Entry) -> JsonObject:
    """The answer; status 0 if there was none, as browsers write it."""
    lines = entry.response_headers
    return {
        "status": entry.status,
        "statusText": _PHRASES.get(entry.status, ""),
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _pairs(lines),
        "content": {
            "size": _size(entry.response_body),
            "mimeType": find(lines, "content-type") or "x-unknown",
            "text": entry.response_body,
        },
        "redirectURL": find(lines, "location"),
        "headersSize": _UNKNOWN,
        "bodySize": _size(entry.response_body),
    }


def _pairs(pairs: Iterable[Line]) -> JsonValue:
    return [{"name": name, "value": value} for name, value in pairs]


def _size(body: str) -> int:
    """Bytes of the text as the journal has it, which is shorter than what was sent where a secret was removed."""
    return len(body.encode())
