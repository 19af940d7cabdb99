"""Spans of calls and attempts (OpenTelemetry, semantic conventions for HTTP), with the real SDK of OpenTelemetry."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from partnercenter.client import telemetry
from partnercenter.client.any_resource import request_resource
from partnercenter.client.conversation import AnswerLostError, RequestNotSentError
from partnercenter.client.credentials import FixedToken
from partnercenter.client.errors import ConfigurationError, PartnerCenterError
from partnercenter.client.facade import AsyncPartnerCenter, PartnerCenter
from partnercenter.client.open_telemetry import OpenTelemetry
from partnercenter.client.operations import get_country_rules, get_profile, mpn_query, replace_profile
from partnercenter.client.profile_kinds import BILLING, MPN
from partnercenter.client.settings import ClientSettings
from partnercenter.wire import json_text
from partnercenter.wire.messages import Headers, Request, Response
from tests.client.scripted import TAX_ID, TOKEN, Scripted, header, ok, profile, profile_body, refused

ID, CORRELATION = "9231559e-ed95-41e4-810b-e754ae32dc2f", "cb9f3209-d020-4bf9-871c-e1f1c75348f8"


class Traced:
    """A provider whose spans are kept, and telemetry that uses it."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        self.provider = TracerProvider()
        self.provider.add_span_processor(SimpleSpanProcessor(self._kept))

    def house(self, *script: Response | BaseException, propagate: bool = False) -> Scripted:
        settings = ClientSettings(base_url="https://localhost:8443", most_attempts=3)
        telemetry = OpenTelemetry(self.provider, propagate=propagate)
        return Scripted(*script, settings=settings, telemetry=telemetry)

    @property
    def attempts(self) -> list[ReadableSpan]:
        return [span for span in self._kept.get_finished_spans() if span.kind is SpanKind.CLIENT]

    @property
    def calls(self) -> list[ReadableSpan]:
        return [span for span in self._kept.get_finished_spans() if span.kind is SpanKind.INTERNAL]

    def text(self) -> str:
        return "".join(span.to_json() for span in self._kept.get_finished_spans())


@pytest.fixture
def traced() -> Iterator[Traced]:
    traced = Traced()
    yield traced
    traced.provider.shutdown()


def test_an_attempt_has_the_attributes_of_an_http_client(traced: Traced) -> None:
    house = traced.house(ok())
    house.run(get_profile(house.session, BILLING, options={"request_id": ID, "correlation_id": CORRELATION}))
    (attempt,) = traced.attempts
    assert attempt.name == "GET /v1/profiles/billing"
    assert attempt.attributes == {
        "http.request.method": "GET",
        "url.full": "https://localhost:8443/v1/profiles/billing",
        "server.address": "localhost",
        "server.port": 8443,
        "http.response.status_code": 200,
        "partnercenter.request_id": ID,
        "partnercenter.correlation_id": CORRELATION,
    }


def test_a_call_has_its_ids_and_is_the_parent_of_its_attempts(traced: Traced) -> None:
    house = traced.house(refused(503), ok())
    house.run(get_profile(house.session, BILLING, options={"request_id": ID, "correlation_id": CORRELATION}))
    (call,) = traced.calls
    assert call.name == "partnercenter GET /v1/profiles/billing"
    assert call.attributes == {"partnercenter.request_id": ID, "partnercenter.correlation_id": CORRELATION}
    assert call.status.status_code is StatusCode.UNSET
    assert [attempt.parent for attempt in traced.attempts] == [call.context, call.context]


def test_attempts_after_the_first_are_counted(traced: Traced) -> None:
    house = traced.house(refused(503), AnswerLostError("lost"), ok())
    house.run(get_profile(house.session, BILLING))
    counts = [(attempt.attributes or {}).get("http.request.resend_count") for attempt in traced.attempts]
    assert counts == [None, 1, 2]


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (refused(503), "503"),
        (refused(404, 1000), "404"),
        (AnswerLostError("lost"), "AnswerLostError"),
        (RequestNotSentError("no"), "RequestNotSentError"),
        (KeyboardInterrupt(), None),
    ],
)
def test_an_attempt_that_failed_says_as_what(traced: Traced, outcome: Response | BaseException, error: str) -> None:
    house = traced.house(outcome)
    with pytest.raises((PartnerCenterError, KeyboardInterrupt)):
        house.run(get_profile(house.session, BILLING))
    first = traced.attempts[0]
    assert (first.attributes or {}).get("error.type") == error
    assert first.status.status_code is (StatusCode.ERROR if error else StatusCode.UNSET)


def test_a_call_that_failed_says_as_what(traced: Traced) -> None:
    house = traced.house(refused(412, 2055))
    with pytest.raises(PartnerCenterError):
        house.run(replace_profile(house.session, BILLING, profile()))
    (call,) = traced.calls
    assert (call.attributes or {})["error.type"] == "PreconditionFailedError"
    assert (call.status.status_code, call.events) == (StatusCode.ERROR, ())


def test_values_of_a_query_are_not_told(traced: Traced) -> None:
    house = traced.house(ok())
    house.run(get_profile(house.session, MPN, mpn_query("4391507")))
    assert "4391507" not in traced.text()
    (attempt,) = traced.attempts
    assert (attempt.attributes or {})["url.full"] == "https://localhost:8443/v1/profiles/mpn?mpnId=REDACTED"


def test_a_name_does_not_tell_one_country_or_customer_from_another(traced: Traced) -> None:
    house = traced.house(Response(200, body=b"{}"))
    house.run(get_country_rules(house.session, "GB"))
    path = f"/v1/customers/{ID}/users/a@b.example/orders/7a?size=3"
    house.run(request_resource(house.session, "GET", path, json=None, if_match=None, options={}))
    assert [attempt.name for attempt in traced.attempts] == [
        "GET /v1/countryvalidationrules/{id}",
        "GET /v1/customers/{id}/users/{id}/orders/{id}",
    ]


@pytest.mark.parametrize("end", [ok(), refused(400, 3000), Response(401, body=TOKEN.encode()), AnswerLostError("x")])
def test_no_secret_is_in_any_span(traced: Traced, end: Response | BaseException) -> None:
    house = traced.house(end)
    try:
        house.run(replace_profile(house.session, BILLING, profile(taxId=TAX_ID)))
    except PartnerCenterError:
        assert traced.calls
    assert traced.attempts
    assert "canary" not in traced.text()


def test_the_trace_goes_along_only_if_that_was_asked_for(traced: Traced) -> None:
    silent, telling = traced.house(ok()), traced.house(ok(), propagate=True)
    silent.run(get_profile(silent.session, BILLING))
    telling.run(get_profile(telling.session, BILLING))
    context = traced.attempts[1].context
    assert context is not None
    assert header(silent.sent[0], "traceparent") is None
    assert (
        header(telling.sent[0], "traceparent")
        == f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    )


class Service:
    """A transport of a few lines that tells which span is the current one while it sends."""

    def __init__(self) -> None:
        self.current: list[trace.Span] = []

    def answer(self, request: Request) -> Response:
        self.current.append(trace.get_current_span())
        return Response(200, Headers(), json_text.write(profile_body()))


class Blocking(Service):
    def send(self, request: Request, timeout: float) -> Response:
        return self.answer(request)

    def close(self) -> None: ...


class Asynchronous(Service):
    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - the SDK's protocol
        await asyncio.sleep(0)
        return self.answer(request)

    async def aclose(self) -> None: ...


def test_the_attempt_is_the_current_span_while_it_is_sent_and_no_span_is_left_behind(traced: Traced) -> None:
    service = Blocking()
    with PartnerCenter(FixedToken("t"), transport=service, telemetry=OpenTelemetry(traced.provider)) as partner:
        partner.profiles.billing_profile.get()
    assert [span.get_span_context() for span in service.current] == [attempt.context for attempt in traced.attempts]
    assert trace.get_current_span() is trace.INVALID_SPAN


def test_a_call_belongs_to_the_span_in_which_it_is_made(traced: Traced) -> None:
    partner = PartnerCenter(FixedToken("t"), transport=Blocking(), telemetry=OpenTelemetry(traced.provider))
    with traced.provider.get_tracer("theirs").start_as_current_span("theirs") as theirs:
        partner.profiles.billing_profile.get()
    mine = next(call for call in traced.calls if call.name.startswith("partnercenter"))
    assert mine.parent == theirs.get_span_context()


def test_tasks_do_not_mix_their_spans_up(traced: Traced) -> None:
    service = Asynchronous()

    async def scene() -> None:
        given = OpenTelemetry(traced.provider)
        async with AsyncPartnerCenter(FixedToken("t"), transport=service, telemetry=given) as partner:
            await asyncio.gather(*(partner.profiles.billing_profile.get() for _ in range(20)))

    asyncio.run(scene())
    ids = {attempt.context.span_id for attempt in traced.attempts if attempt.context}
    assert {span.get_span_context().span_id for span in service.current} == ids
    assert {attempt.parent.span_id for attempt in traced.attempts if attempt.parent} == {
        call.context.span_id for call in traced.calls if call.context
    }


def test_without_a_provider_nothing_is_recorded_and_everything_works() -> None:
    service = Blocking()
    PartnerCenter(FixedToken("t"), transport=service, telemetry=OpenTelemetry()).profiles.billing_profile.get()
    assert [span.is_recording() for span in service.current] == [False]


def test_a_program_that_uses_opentelemetry_need_not_say_so() -> None:
    assert isinstance(telemetry.found(), OpenTelemetry)  # this test has imported it


def test_a_program_that_does_not_use_it_does_not_load_it() -> None:
    code = (
        "import sys; from partnercenter import *\n"
        "class Silent:\n    def close(self): ...\n"
        "partner = PartnerCenter(FixedToken('t'), transport=Silent())\n"
        "assert repr(partner._session.telemetry) == 'Silence()'\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigurationError, match=r"partnercenter\[otel\]"):
        OpenTelemetry()
