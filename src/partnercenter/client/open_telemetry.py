"""OpenTelemetry spans: one for a call, and below it one for each attempt (semantic conventions for HTTP, stable).

Nothing of what is sent or received is in a span but method, address, status and ids: no header, no body, and of a query
the names alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from partnercenter.client.errors import ConfigurationError
from partnercenter.client.redaction import without_values
from partnercenter.wire.messages import Headers, Request

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider

    from partnercenter.client.call import Call

SCHEMA: Final = "https://opentelemetry.io/schemas/1.23.1"
"""Where the names of the attributes are defined: the first version in which those of HTTP are stable."""

_PORTS = {"http": 80, "https": 443}

# What tells one thing from another of its kind: digits, a domain, an address, a country.
_ID = re.compile(r"(?<=/)(?:[^/]*[0-9.@%][^/]*|[A-Z]{2})(?=/|$)")


class OpenTelemetry:
    """Spans of every call of a client, and of its attempts. Needs the extra `otel`.

    tracer_provider: makes the tracer; None: the one that is set for the process.
    propagate: whether requests carry the context of the trace, as the global propagator writes it (`traceparent`).
    Raises ConfigurationError if opentelemetry-api is not installed.
    """

    def __init__(self, tracer_provider: TracerProvider | None = None, *, propagate: bool = False) -> None:
        try:
            from opentelemetry import trace
        except ImportError:
            raise ConfigurationError(
                "opentelemetry-api is not installed.", next_step="Run: pip install 'partnercenter[otel]'"
            ) from None
        from partnercenter import __version__

        self._trace = trace
        self._tracer = trace.get_tracer("partnercenter", __version__, tracer_provider, SCHEMA)
        self._propagate = propagate

    @contextmanager
    def call(self, call: Call) -> Iterator[None]:
        """The span of a call: attempts and waits are in it."""
        span = self._tracer.start_span(f"partnercenter {_name(call)}", attributes=_ids(call))
        with self._current(span):
            yield

    @contextmanager
    def attempt(self, call: Call, request: Request, number: int) -> Iterator[_Attempt]:
        """The span of one attempt, as the conventions want that of an HTTP client."""
        facts = _of_request(request) | _ids(call)  # given at the start, because samplers decide by them
        if number > 1:
            facts["http.request.resend_count"] = number - 1
        span = self._tracer.start_span(_name(call), kind=self._trace.SpanKind.CLIENT, attributes=facts)
        with self._current(span):
            yield _Attempt(span, propagate=self._propagate)

    @contextmanager
    def _current(self, span: Span) -> Iterator[None]:
        """Make `span` the current one, and end it; a failure is known by its class alone, as its text may be long."""
        if span is self._trace.INVALID_SPAN:  # no provider is set
            yield
            return
        try:
            with self._trace.use_span(span, record_exception=False, set_status_on_exception=False):
                yield
        except Exception as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(self._trace.StatusCode.ERROR)
            raise
        finally:
            span.end()

    def __repr__(self) -> str:
        return f"OpenTelemetry(propagate={self._propagate})"


class _Attempt:
    def __init__(self, span: Span, *, propagate: bool) -> None:
        self._span = span
        self._propagate = propagate

    def prepare(self, request: Request) -> Request:
        """As `telemetry.Attempt.prepare`."""
        if not self._propagate:
            return request
        from opentelemetry import propagate

        carrier: dict[str, str] = {}
        propagate.inject(carrier)
        return Request(request.method, request.target, Headers([*request.headers, *carrier.items()]), request.body)

    def answered(self, status: int) -> None:
        """As `telemetry.Attempt.answered`."""
        self._span.set_attribute("http.response.status_code", status)
        if status >= 400:
            from opentelemetry.trace import StatusCode

            self._span.set_attribute("error.type", str(status))
            self._span.set_status(StatusCode.ERROR)


def _name(call: Call) -> str:
    """Method and path, without what tells one customer from another: the name of a span has few values."""
    version, slash, rest = call.path.partition("?")[0].removeprefix("/").partition("/")
    return f"{call.method} /{version}{_ID.sub('{id}', slash + rest)}"


def _ids(call: Call) -> dict[str, str | int]:
    return {"partnercenter.request_id": call.request_id, "partnercenter.correlation_id": call.correlation_id}


def _of_request(request: Request) -> dict[str, str | int]:
    url = urlsplit(request.target)
    return {
        "http.request.method": request.method,
        "url.full": without_values(request.target, "REDACTED"),
        "server.address": url.hostname or "",
        "server.port": url.port or _PORTS.get(url.scheme, 443),
    }
