"""Whatever is sent, the service answers: never with a fault, always with both ids, and says no in the one envelope."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, note

from partnercenter.service.endpoints.openapi_schemas import reference
from partnercenter.service.settings import Preset
from partnercenter.wire import headers, json_text
from partnercenter.wire.guid import read_guid
from tests.fuzz.bodies import TAX_ID
from tests.fuzz.counted import Counted
from tests.fuzz.described import described_operation, validator
from tests.fuzz.generation import generated
from tests.fuzz.requests import Sent, requests
from tests.service.stage import Answer

# Messages; each goes to two addresses of three services.
FEW = 240
MANY = 8_400
_ENVELOPE = validator(reference("Error"))


def check(service: Counted, sent: Sent, answer: Answer) -> None:
    """What holds of every answer."""
    note(f"{sent} -> {answer}")
    assert answer.status < 500
    for name in (headers.MS_REQUEST_ID, headers.MS_CORRELATION_ID):
        assert [read_guid(value) for value in answer.headers.get_all(name)] == answer.headers.get_all(name)
        assert answer.headers.get(name)
    if service.service.authority.answers(sent.target):
        return  # in the words of another protocol (test_token_authority.py)
    if answer.status >= 400:
        _check_refusal(sent, answer)
    elif sent.path.endswith("/auditrecords"):
        assert TAX_ID.encode() not in answer.body
    operation = described_operation(sent.method, sent.path)
    if operation is not None:
        operation.check(answer.status, answer.body)


def _check_refusal(sent: Sent, answer: Answer) -> None:
    if sent.method != "HEAD":
        assert _ENVELOPE.is_valid(json_text.read_strict(answer.body))
        assert answer.headers.get("Content-Type") == headers.JSON
    told = [answer.body, *(value.encode("latin-1") for _, value in answer.headers)]
    assert not any(TAX_ID.encode() in text for text in told)


def send_many(services: Iterable[Counted], examples: int, *, derandomize: bool) -> None:
    """Send so many generated messages to each service, on one event loop, and check each answer."""
    with asyncio.Runner() as runner:

        @generated(examples, derandomize=derandomize)
        @given(requests())
        def send(messages: list[Sent]) -> None:
            for service, sent in itertools.product(services, messages):
                check(service, sent, runner.run(service.ask(sent.method, sent.target, sent.lines, sent.chunks)))

        send()


def test_no_request_is_answered_with_a_fault_under_any_preset(serve: Callable[[Preset], Counted]) -> None:
    services = [serve(preset) for preset in Preset]
    send_many(services, FEW, derandomize=True)
    assert sum(service.statuses.total() for service in services) >= 1_400
    # Otherwise what is generated does not come to what is behind the gate.
    assert {200, 400, 401, 404} <= set(services[0].statuses)


@pytest.mark.fuzz
def test_none_of_fifty_thousand_requests_is_answered_with_a_fault(
    serve: Callable[[Preset], Counted], capsys: pytest.CaptureFixture[str]
) -> None:
    services = {preset: serve(preset) for preset in Preset}
    send_many(services.values(), MANY, derandomize=False)
    with capsys.disabled():
        for preset, service in services.items():
            print(f"\n{preset.value}: {service}", end="")  # noqa: T201 - the figure is what the run is for
    assert sum(service.statuses.total() for service in services.values()) >= 50_000
