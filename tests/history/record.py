"""What the clients saw: one line for every attempt, and the operations that the attempts of one id make together."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import msgspec

NO_ANSWER = 0
"""The status of an attempt whose answer never came, or was not read."""


class Attempt(msgspec.Struct, frozen=True, array_like=True):
    """One request and what came back of it.

    register: the profile, as `tenant/kind`. request_id: the same for all attempts of one operation ("" for a GET).
    start, end: seconds of one monotonic clock; end is inf if no answer came.
    expected: the entity tag that was sent as the precondition; None for a GET and for an unconditional PUT.
    code: the `code` of a refusal's envelope. tag, digest: of a 200, its entity tag and the CRC-32 of its body.
    """

    register: str
    client: int
    operation: int
    request_id: str
    attempt: int
    start: float
    end: float
    method: str
    expected: str | None
    status: int
    code: int = 0
    tag: str = ""
    digest: int = 0

    @property
    def is_done(self) -> bool:
        """Whether it was answered 200."""
        return self.status == 200

    @property
    def is_unknown(self) -> bool:
        """Whether its outcome is unknown: no answer, or a 5xx that promises nothing."""
        return self.status == NO_ANSWER or self.status >= 500

    @property
    def is_failed_precondition(self) -> bool:
        """Whether its tag was refused: 412 for `If-Match`, 400 with 2055 for the tag in the body (decision 8)."""
        return self.status == 412 or (self.status == 400 and self.code == 2055)


class Outcome(Enum):
    """What an operation came to, as far as its client can say."""

    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Operation(NamedTuple):
    """A GET, or all attempts of a PUT together. See Attempt; the effect lies between start and end."""

    request_id: str
    is_write: bool
    expected: str | None
    outcome: Outcome
    start: float
    end: float
    tag: str = ""


class Change(NamedTuple):
    """One entry of the audit: `request_id` replaced the version tagged `old` by the one tagged `new`."""

    request_id: str
    old: str
    new: str


def collapse(attempts: Iterable[Attempt]) -> list[Operation]:
    """The operations that these attempts of one register make, by their start.

    A PUT that was answered 200 is one operation, from the start of its first attempt to the first 200: which of the
    attempts had the effect cannot be told from outside. Every refusal is an observation of its own. A GET without an
    answer says nothing.
    """
    puts: dict[str, list[Attempt]] = {}
    operations = []
    for attempt in attempts:
        if attempt.method == "PUT":
            puts.setdefault(attempt.request_id, []).append(attempt)
        elif attempt.is_done:
            operations.append(_operation(attempt, Outcome.DONE, attempt.start, attempt.end))
    for tries in puts.values():
        operations.extend(_of_one_id(tries))
    return sorted(operations, key=lambda operation: operation.start)


def _of_one_id(tries: list[Attempt]) -> Iterator[Operation]:
    start = min(attempt.start for attempt in tries)
    refused = [attempt for attempt in tries if attempt.is_failed_precondition]
    done = min((attempt for attempt in tries if attempt.is_done), key=lambda attempt: attempt.end, default=None)
    for attempt in refused:
        yield _operation(attempt, Outcome.REFUSED, attempt.start, attempt.end)
    if done is not None:
        yield _operation(done, Outcome.DONE, start, done.end)
    elif not refused:
        # With a tag that was refused once it is refused for ever, for tags do not come back.
        yield _operation(tries[0], Outcome.UNKNOWN, start, math.inf)


def _operation(attempt: Attempt, outcome: Outcome, start: float, end: float) -> Operation:
    write = attempt.method == "PUT"
    return Operation(attempt.request_id, write, attempt.expected, outcome, start, end, attempt.tag)


def write_lines(path: Path, attempts: Iterable[Attempt]) -> None:
    """Append one JSON line for each attempt. An end of inf is written as null."""
    with path.open("ab") as file:
        file.writelines(msgspec.json.encode(attempt) + b"\n" for attempt in attempts)


def read_lines(path: Path) -> list[Attempt]:
    """The attempts that were written there."""
    with path.open("rb") as file:
        rows = [msgspec.json.decode(line) for line in file]
    return [
        msgspec.convert([math.inf if at == 6 and v is None else v for at, v in enumerate(row)], Attempt) for row in rows
    ]
