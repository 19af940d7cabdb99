"""What must be true besides linearizability: of the ids, of the replays, and of what is stored in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tests.history.record import Attempt, Change


def assertion_violations(
    initial: str, changes: Sequence[Change], final: tuple[str, int], attempts: Iterable[Attempt]
) -> list[str]:
    """What is wrong with one register.

    initial: its first tag. changes: its audit. final: the tag and version that are stored. attempts: all of them.
    """
    made = list(attempts)
    return [
        *_of_the_audit(initial, changes, final),
        *_of_ids(changes, made),
        *_of_tags([initial, *(change.new for change in changes)]),
        *_of_answers(made),
    ]


def _of_the_audit(initial: str, changes: Sequence[Change], final: tuple[str, int]) -> Iterator[str]:
    before = initial
    for change in changes:
        if change.old != before:
            yield f"audit: {change.request_id} did not replace the version before it"
        before = change.new
    if final != (before, len(changes) + 1):
        yield f"audit: its last version is {before}, and the profile has {final[0]} as version {final[1]}"


def _of_ids(changes: Sequence[Change], attempts: list[Attempt]) -> Iterator[str]:
    effects = Counter(change.request_id for change in changes)
    yield from (f"{request_id} had {count} effects" for request_id, count in effects.items() if count > 1)
    done = {attempt.request_id for attempt in attempts if attempt.method == "PUT" and attempt.is_done}
    refused = {attempt.request_id for attempt in attempts if 400 <= attempt.status < 500}
    yield from (f"{request_id} was refused, and yet it was applied" for request_id in refused & effects.keys())
    yield from (f"{request_id} was answered 200, and nothing of it is left" for request_id in done - effects.keys())
    asked = {attempt.request_id for attempt in attempts}
    yield from (f"{request_id} was applied, and nobody asked for it" for request_id in effects.keys() - asked)


def _of_tags(tags: list[str]) -> Iterator[str]:
    yield from (f"the tag {tag} names {count} versions" for tag, count in Counter(tags).items() if count > 1)


def _of_answers(attempts: list[Attempt]) -> Iterator[str]:
    """Of replays, of versions, and of answers that are neither a 200 nor a failed precondition nor unknown."""
    first: dict[str, Attempt] = {}
    bodies: dict[str, int] = {}
    for attempt in sorted(attempts, key=lambda attempt: attempt.end):
        if attempt.is_unknown:
            if attempt.status == 500:
                yield f"{attempt.request_id or 'a GET'} was answered 500"
        elif not attempt.is_done:
            if attempt.expected is None or not attempt.is_failed_precondition:
                yield f"{attempt.request_id or 'a GET'} was answered {attempt.status} ({attempt.code})"
        else:
            if bodies.setdefault(attempt.tag, attempt.digest) != attempt.digest:
                yield f"two bodies were answered with the tag {attempt.tag}"
            if attempt.method == "PUT" and first.setdefault(attempt.request_id, attempt).tag != attempt.tag:
                yield f"a replay of {attempt.request_id} was answered otherwise than it was at first"
