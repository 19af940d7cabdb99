"""Schemathesis sends what the description of the API allows, and what it forbids: each answer is one it describes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from schemathesis.engine import events, from_schema

from partnercenter.service.settings import Preset
from tests.fuzz.counted import Counted
from tests.service.stage import token

ENOUGH = 50_000
CHECKS = {
    # The rules of countries cannot be said in JSON Schema: a body that fits the schema may well be refused by them.
    "positive_data_acceptance": {"enabled": False},
    # Any refusal will do: a precondition that does not hold (412) is found before the body is read (answer D19).
    "negative_data_rejection": {"expected-statuses": ["4xx"]},
}
# A GET with a body is malformed before anybody asks which methods the resource has (answer D19), and Schemathesis
# sends its GET with the body of the POST.
NO_GET_WITH_A_BODY = {
    "include-operation-id": "validate_address",
    "phases": {"coverage": {"unexpected-methods": ["delete", "patch", "put", "query", "trace"]}},
}


def failures(service: Counted, *, seed: int, examples: int) -> list[str]:
    """What Schemathesis has to complain of after `examples` examples of each operation, in all of its phases."""
    settings = {
        "seed": seed,
        "headers": {"Authorization": f"Bearer {token()}"},
        "generation": {"deterministic": seed == 0, "max-examples": examples, "database": "none"},
        "checks": CHECKS,
        "operations": [NO_GET_WITH_A_BODY],
    }
    description = schemathesis.openapi.from_asgi(
        "/openapi.json", service, config=schemathesis.Config.from_dict(settings)
    )
    return [complaint for event in from_schema(description).execute() for complaint in _complaints(event)]


def _complaints(event: events.EngineEvent) -> Iterator[str]:
    if isinstance(event, events.NonFatalError):
        yield f"{event.label}: {event.value}"
    elif isinstance(event, events.FatalError):
        yield repr(event.exception)
    elif isinstance(event, events.ScenarioFinished):
        checks = [check for found in event.recorder.checks.values() for check in found]
        for failed in (check.failure_info for check in checks if check.failure_info is not None):
            yield f"{event.label}: {failed.failure.message}\n{failed.code_sample}"


def test_every_answer_is_one_that_the_description_has(serve: Callable[[Preset], Counted]) -> None:
    service = serve(Preset.DOCUMENTED)
    assert failures(service, seed=0, examples=4) == []
    assert service.statuses.total() > 1_000
    assert service.faults == 0


@pytest.mark.fuzz
def test_fifty_thousand_answers_are_such_as_the_description_has(
    serve: Callable[[Preset], Counted], capsys: pytest.CaptureFixture[str]
) -> None:
    service = serve(Preset.DOCUMENTED)
    found: list[str] = []
    for seed in itertools.count(1):
        found += failures(service, seed=seed, examples=100)
        if found or service.statuses.total() >= ENOUGH:
            break
    with capsys.disabled():
        print(f"\nSchemathesis: {service}")  # noqa: T201 - the figure is what the run is for
    assert found == []
    assert service.faults == 0
