"""Requests that a command sends by itself, beside the operations of the SDK: one attempt, with the manners of those."""

from __future__ import annotations

from partnercenter import ClientSettings
from partnercenter.wire import guid, headers
from partnercenter.wire.messages import Headers, Request, Response


def get(settings: ClientSettings, path: str, seconds: float, further: dict[str, str] | None = None) -> Response:
    """The answer to a GET of `path`, from the version on; nothing is repeated.

    seconds: how long to wait for it. further: lines beside those of every request, as the token.
    Both ids are sent, each a new one (Partner Center REST headers). Raises TransportError if no answer comes, and
    ConfigurationError if the CA bundle cannot be used or the guard against real clouds is up.
    """
    from partnercenter.client.facade import user_agent
    from partnercenter.client.transport import HttpTransport

    lines = {
        headers.ACCEPT: "application/json",
        headers.MS_REQUEST_ID: guid.new_guid(),
        headers.MS_CORRELATION_ID: guid.new_guid(),
        headers.X_LOCALE: settings.locale,
        "User-Agent": user_agent(),
        **({headers.APPLICATION_NAME: settings.application_name} if settings.application_name else {}),
        **(further or {}),
    }
    transport = HttpTransport(ca_bundle=settings.ca_bundle)
    try:
        return transport.send(Request("GET", settings.api_url + path, Headers(lines)), seconds)
    finally:
        transport.close()
