"""Each further assertion holds for a right history and finds what it is there for."""

from __future__ import annotations

import math

import msgspec

from tests.history.assertions import assertion_violations
from tests.history.record import Attempt, Change

FIRST, SECOND, THIRD = "tag 0", "tag 1", "tag 2"
CHANGES = [Change("id 1", FIRST, SECOND), Change("id 2", SECOND, THIRD)]
FINAL = THIRD, 3


def _attempt(request_id: str, expected: str | None, status: int, **more: object) -> Attempt:
    made = Attempt("t/billing", 1, 1, request_id, 1, 1, 2, "PUT", expected, status)
    return msgspec.structs.replace(made, **more)


DONE = [
    _attempt("id 1", FIRST, 200, tag=SECOND, digest=1),
    _attempt("id 2", SECOND, 200, tag=THIRD, digest=2, start=3, end=4),
    _attempt("id 3", FIRST, 412, start=5, end=6),
    _attempt("", None, 200, method="GET", tag=THIRD, digest=2, start=7, end=8),
]


def _found(
    *more: Attempt, changes: list[Change] = CHANGES, final: tuple[str, int] = FINAL, attempts: list[Attempt] = DONE
) -> list[str]:
    return assertion_violations(FIRST, changes, final, [*attempts, *more])


def test_p2_nothing_is_found_in_a_right_history() -> None:
    assert _found() == []


def test_p4_an_id_with_two_effects_is_found() -> None:
    twice = [*CHANGES, Change("id 1", THIRD, "tag 3")]
    assert _found(changes=twice, final=("tag 3", 4)) == ["id 1 had 2 effects"]


def test_p4_an_id_that_was_refused_and_is_in_the_audit_is_found() -> None:
    assert _found(_attempt("id 2", SECOND, 412, start=9, end=10)) == ["id 2 was refused, and yet it was applied"]


def test_p1_an_acknowledged_id_that_is_not_in_the_audit_is_found() -> None:
    lost = _attempt("id 4", THIRD, 200, tag="tag 3", start=9, end=10)
    assert _found(lost) == ["id 4 was answered 200, and nothing of it is left"]


def test_p17_an_effect_that_nobody_asked_for_is_found() -> None:
    added = [*CHANGES, Change("id 9", THIRD, "tag 3")]
    assert _found(changes=added, final=("tag 3", 4)) == ["id 9 was applied, and nobody asked for it"]


def test_p4_a_replay_with_another_tag_is_found() -> None:
    replay = _attempt("id 1", FIRST, 200, tag=THIRD, digest=2, start=9, end=10)
    assert _found(replay) == ["a replay of id 1 was answered otherwise than it was at first"]


def test_p4_a_replay_with_another_body_is_found() -> None:
    replay = _attempt("id 1", FIRST, 200, tag=SECOND, digest=7, start=9, end=10)
    assert _found(replay) == [f"two bodies were answered with the tag {SECOND}"]


def test_p2_an_entry_that_does_not_replace_the_version_before_it_is_found() -> None:
    broken = [CHANGES[0], Change("id 2", FIRST, THIRD)]
    assert _found(changes=broken) == ["audit: id 2 did not replace the version before it"]


def test_p2_a_profile_that_is_not_the_last_one_of_the_audit_is_found() -> None:
    assert _found(final=(SECOND, 2)) == [
        f"audit: its last version is {THIRD}, and the profile has {SECOND} as version 2"
    ]


def test_c28_a_tag_that_comes_back_is_found() -> None:
    again = [*CHANGES, Change("id 5", THIRD, FIRST)]
    asked = _attempt("id 5", THIRD, 0, end=math.inf)
    assert _found(asked, changes=again, final=(FIRST, 4)) == [f"the tag {FIRST} names 2 versions"]


def test_p3_a_refusal_of_a_put_without_a_tag_is_found() -> None:
    assert _found(_attempt("id 6", None, 412)) == ["id 6 was answered 412 (0)"]


def test_p3_another_refusal_than_that_of_the_tag_is_found() -> None:
    assert _found(_attempt("id 6", THIRD, 400, code=800002)) == ["id 6 was answered 400 (800002)"]


def test_p3_an_unavailable_service_is_no_violation_but_a_500_is_one() -> None:
    assert _found(_attempt("id 6", THIRD, 503), _attempt("id 7", THIRD, 500)) == ["id 7 was answered 500"]
