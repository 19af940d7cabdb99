"""What the log says of each request and its answer, at DEBUG: never a body, never a value of a query, and of the header
lines those of a list that was thought about. A line that is not on the list, as Authorization or one that the caller
adds, is not even named.
"""

from __future__ import annotations

import logging
from typing import Final

from partnercenter.client.call import Call
from partnercenter.client.redaction import hide
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Request, Response

LOG: Final = logging.getLogger("partnercenter")

SHOWN: Final = frozenset(
    name.lower()
    for name in (
        headers.MS_REQUEST_ID,
        headers.MS_CORRELATION_ID,
        headers.X_LOCALE,
        headers.CONTENT_TYPE,
        headers.CONTENT_LENGTH,
        headers.ETAG,
        headers.IF_MATCH,
        headers.IF_NONE_MATCH,
        headers.IS_MFA_COMPLIANT,
        headers.RETRY_AFTER,
        "User-Agent",
        "Date",
        "Server",
        "MS-CV",
        "MS-ServerId",
        "X-Azure-Ref",
    )
)
"""The lines that the log shows, in lower case: ids, tags and dates, nothing that opens a door or names a person."""

LONGEST_VALUE: Final = 200
"""Characters of one value in the log."""


def tell_request(call: Call, request: Request, number: int) -> None:
    """Log that attempt `number` of `call` is sent."""
    if LOG.isEnabledFor(logging.DEBUG):
        LOG.debug("-> %s, attempt %d%s", call.told, number, shown(request.headers, call, request))


def tell_answer(call: Call, request: Request, response: Response, seconds: float) -> None:
    """Log what came back after `seconds`."""
    if LOG.isEnabledFor(logging.DEBUG):
        lines = shown(response.headers, call, request)
        LOG.debug("<- HTTP %d to %s in %.0f ms%s", response.status, call.told, seconds * 1000, lines)


def tell_failure(call: Call, error: Exception, seconds: float) -> None:
    """Log that nothing came, and why."""
    if LOG.isEnabledFor(logging.DEBUG):
        LOG.debug("<- no answer to %s in %.0f ms: %s", call.told, seconds * 1000, error)


def shown(lines: Headers, call: Call, request: Request) -> str:
    """Those of `lines` that the log may show, each behind a semicolon; none that the caller of `call` added.

    A service can echo anything, so a value with a secret of the call, or with the token of `request`, is hidden too.
    """
    added = {name.lower() for name, _ in call.further_lines}
    secrets = (*call.secrets, (request.headers.get(headers.AUTHORIZATION) or "").removeprefix("Bearer "))
    return "".join(
        f"; {name}: {hide(value, secrets)[:LONGEST_VALUE]}"
        for name, value in lines
        if name.lower() in SHOWN and name.lower() not in added
    )
