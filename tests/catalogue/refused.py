"""What holds for every refusal of the catalogue: its status and code, and that nothing was changed or given away."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.service.stage import Answer, Desk

LONGEST_DESCRIPTION = 1024
CANARY = "CANARY-4711"
"""Stands in the bodies and headers that are sent; no answer that refuses them may hold it."""


def refuse(desk: Desk, send: Callable[[], Answer], status: int, code: int, sent: Iterable[bytes] = ()) -> Answer:
    """The answer to `send`, after it was found to be a refusal with this status and code that left nothing behind.

    sent: further texts that must not come back.
    """
    before = desk.world_hash()
    answer = send()
    assert (answer.status, answer.code()) == (status, code)
    assert desk.world_hash() == before
    description = answer.json()["description"]
    assert isinstance(description, str)
    assert 1 <= len(description) <= LONGEST_DESCRIPTION
    assert not [text for text in (CANARY.encode(), *sent) if text in answer.body]
    assert answer.headers.get("MS-CorrelationId")
    assert answer.headers.get("Cache-Control") == "no-store"
    return answer
