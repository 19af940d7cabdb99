"""HTTP Archive 1.2 as a JSON schema: what a reader of it may rely on. Members of one's own begin with an underscore."""

from __future__ import annotations

from partnercenter.wire.json_text import JsonObject, JsonValue

_TEXT: JsonObject = {"type": "string"}
_COUNT: JsonObject = {"type": "integer", "minimum": -1}
_MILLISECONDS: JsonObject = {"type": "number", "minimum": 0}


def _object(required: dict[str, JsonValue], optional: dict[str, JsonValue] | None = None) -> JsonObject:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": [*required],
        "patternProperties": {"^_": {}},
        "additionalProperties": False,
    }


def _list(items: JsonObject) -> JsonObject:
    return {"type": "array", "items": items}


_PAIR = _object({"name": _TEXT, "value": _TEXT}, {"comment": _TEXT})
_COOKIE = _object({"name": _TEXT, "value": _TEXT}, {"path": _TEXT, "domain": _TEXT, "expires": _TEXT})
_POSTED = _object({"mimeType": _TEXT, "text": _TEXT}, {"params": _list(_PAIR)})
_REQUEST = _object(
    {
        "method": _TEXT,
        "url": {"type": "string", "format": "uri"},
        "httpVersion": _TEXT,
        "cookies": _list(_COOKIE),
        "headers": _list(_PAIR),
        "queryString": _list(_PAIR),
        "headersSize": _COUNT,
        "bodySize": _COUNT,
    },
    {"postData": _POSTED, "comment": _TEXT},
)
_RESPONSE = _object(
    {
        "status": {"type": "integer", "minimum": 0},
        "statusText": _TEXT,
        "httpVersion": _TEXT,
        "cookies": _list(_COOKIE),
        "headers": _list(_PAIR),
        "content": _object({"size": _COUNT, "mimeType": _TEXT}, {"text": _TEXT, "encoding": _TEXT}),
        "redirectURL": _TEXT,
        "headersSize": _COUNT,
        "bodySize": _COUNT,
    }
)
_ENTRY = _object(
    {
        "startedDateTime": {"type": "string", "format": "date-time"},
        "time": _MILLISECONDS,
        "request": _REQUEST,
        "response": _RESPONSE,
        "cache": _object({}, {"beforeRequest": {}, "afterRequest": {}}),
        "timings": _object({"send": _MILLISECONDS, "wait": _MILLISECONDS, "receive": _MILLISECONDS}),
    },
    {"pageref": _TEXT, "serverIPAddress": _TEXT, "connection": _TEXT, "comment": _TEXT},
)
SCHEMA = _object(
    {
        "log": _object(
            {
                "version": {"const": "1.2"},
                "creator": _object({"name": _TEXT, "version": _TEXT}),
                "entries": _list(_ENTRY),
            },
            {"browser": {}, "pages": {}, "comment": _TEXT},
        )
    }
)
