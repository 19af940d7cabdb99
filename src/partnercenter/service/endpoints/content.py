"""Which content is offered and understood: JSON in UTF-8, and nothing else."""

from __future__ import annotations

import re

from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.headers import JSON
from partnercenter.wire.messages import Headers, Response

_UNSHARED = ((headers.CACHE_CONTROL, "private, no-store"), (headers.VARY, headers.AUTHORIZATION))
# From the most to the least specific.
_ACCEPTED = ("application/json", "application/*", "*/*")
_NO_WEIGHT = re.compile(r"q=0(?:\.0{0,3})?", re.ASCII)


def require_json_accepted(lines: Headers) -> None:
    """Refuse a client that does not take JSON (RFC 9110 §12.5.1: the most specific range decides)."""
    ranges = dict(_parts(media_range) for line in lines.get_all(headers.ACCEPT) for media_range in line.split(","))
    best = next((ranges[media_type] for media_type in _ACCEPTED if media_type in ranges), None)
    if ranges.keys() - {""} and (best is None or any(map(_NO_WEIGHT.fullmatch, best))):
        raise Refusal(Reason.NOT_ACCEPTABLE)


def require_json_sent(lines: Headers) -> None:
    """Refuse a body that says that it is something else. The published PUT has no Content-Type: that is JSON."""
    if any(coding.strip().lower() != "identity" for coding in lines.get_all(headers.CONTENT_ENCODING)):
        raise Refusal(Reason.MEDIA_TYPE, lines=[("Accept-Encoding", "identity")])
    content_type = lines.get(headers.CONTENT_TYPE)
    if content_type is None:
        return
    media_type, parameters = _parts(content_type)
    charsets = {value for name, _, value in (p.partition("=") for p in parameters) if name.strip() == "charset"}
    if media_type != "application/json" or not charsets <= {"utf-8", '"utf-8"', "utf8"}:
        raise Refusal(Reason.MEDIA_TYPE)


def json_response(body: bytes, *lines: tuple[str, str]) -> Response:
    """A 200 with a JSON body that no cache keeps: it is one partner's data."""
    return Response(200, Headers([(headers.CONTENT_TYPE, JSON), *_UNSHARED, *lines]), body)


def not_modified(*lines: tuple[str, str]) -> Response:
    """A 304: the lines that a 200 would have had, and no body (RFC 9110 §15.4.5)."""
    return Response(304, Headers([*_UNSHARED, *lines]))


def _parts(value: str) -> tuple[str, list[str]]:
    """A media type or range and its parameters, in lower case (RFC 9110 §8.3.1)."""
    media_type, *parameters = ("".join(part.lower().split()) for part in value.split(";"))
    return media_type, parameters
