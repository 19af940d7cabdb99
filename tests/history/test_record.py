"""Attempts become operations, and lines of a file."""

from __future__ import annotations

import math
from pathlib import Path

from tests.history.record import Attempt, Operation, Outcome, collapse, read_lines, write_lines


def _put(status: int, start: float, end: float, tag: str = "", request_id: str = "id") -> Attempt:
    return Attempt("t/billing", 1, 1, request_id, 1, start, end, "PUT", "expected", status, 0, tag)


def test_p4_all_attempts_of_an_id_are_one_operation_from_the_first_start_to_the_first_200() -> None:
    attempts = [_put(0, 1, math.inf), _put(503, 2, 3), _put(200, 4, 5, "tag"), _put(200, 6, 7, "tag")]
    assert collapse(attempts) == [Operation("id", True, "expected", Outcome.DONE, 1, 5, "tag")]


def test_p3_a_put_without_an_answer_is_unknown_for_ever() -> None:
    attempts = [_put(0, 1, math.inf), _put(503, 2, 3)]
    assert collapse(attempts) == [Operation("id", True, "expected", Outcome.UNKNOWN, 1, math.inf)]


def test_p3_every_refusal_is_an_observation_and_ends_the_doubt() -> None:
    attempts = [_put(0, 1, math.inf), _put(412, 2, 3), _put(412, 4, 5)]
    assert [(operation.outcome, operation.start) for operation in collapse(attempts)] == [
        (Outcome.REFUSED, 2),
        (Outcome.REFUSED, 4),
    ]


def test_p3_a_get_without_an_answer_says_nothing() -> None:
    assert collapse([Attempt("t/billing", 1, 1, "", 1, 1, math.inf, "GET", None, 0)]) == []


def test_a_history_is_read_as_it_was_written(tmp_path: Path) -> None:
    attempts = [_put(0, 1.25, math.inf), _put(200, 2, 3, "tag")]
    write_lines(tmp_path / "history", attempts)
    assert read_lines(tmp_path / "history") == attempts
