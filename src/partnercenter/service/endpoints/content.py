"""Which content is offered and understood: JSON in UTF-8, and nothing else."""

from __future__ import annotations

from email.message import EmailMessage

from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.headers import JSON
from partnercenter.wire.messages import Headers, Response

_ACCEPTED = ("application/json", "application/*", "*/*")


def require_json_accepted(lines: Headers) -> None:
    """Refuse a client that does not take JSON (RFC 9110 §12.5.1)."""
    ranges = ",".join(lines.get_all(headers.ACCEPT))
    if ranges.strip() and not any(_takes_json(media_range) for media_range in ranges.split(",")):
        raise Refusal(Reason.NOT_ACCEPTABLE)


def require_json_sent(lines: Headers) -> None:
    """Refuse a body that says that it is something else. The published PUT has no Content-Type: that is JSON."""
    if (lines.get(headers.CONTENT_ENCODING) or "identity").strip().lower() != "identity":
        raise Refusal(Reason.MEDIA_TYPE, lines=[("Accept-Encoding", "identity")])
    content_type = lines.get(headers.CONTENT_TYPE)
    if content_type is None:
        return
    media_type, charset = _media_type(content_type)
    if media_type != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise Refusal(Reason.MEDIA_TYPE)


def json_response(body: bytes, *lines: tuple[str, str]) -> Response:
    """A 200 with a JSON body that no cache keeps: it is one partner's data."""
    return Response(
        200,
        Headers(
            [
                (headers.CONTENT_TYPE, JSON),
                (headers.CACHE_CONTROL, "private, no-store"),
                (headers.VARY, headers.AUTHORIZATION),
                *lines,
            ]
        ),
        body,
    )


def _takes_json(media_range: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in media_range.split(";"))
    refused = any(parameter.replace(" ", "").rstrip("0").rstrip(".") == "q=" for parameter in parameters)
    return media_type in _ACCEPTED and not refused


def _media_type(value: str) -> tuple[str, str]:
    message = EmailMessage()
    message[headers.CONTENT_TYPE] = value
    return message.get_content_type(), (message.get_content_charset() or "").lower()
