"""Bad manners of a client: what works against a local service and makes trouble with the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from partnercenter.service.gate.journal import SIGN_IN, Entry
from partnercenter.wire import headers

_TOLERANCE_SECONDS: Final = 0.05
"""Two readings of two clocks."""
_WAIT: Final = (429, 503)
# What stays as it is does not become a better request (RFC 9110 §15.5); after 401, 408 and 429 it may.
_FINAL: Final = (400, 403, 404, 405, 406, 409, 410, 412, 413, 414, 415, 417, 422, 428, 431)


class Finding(NamedTuple):
    """One thing that a client should not do.

    kind: its name, which stays the same. what: what happened, in a sentence. entries: the sequences of the requests.
    advice: what to do.
    """

    kind: str
    what: str
    entries: tuple[int, ...]
    advice: str


_Rule: TypeAlias = Callable[[Sequence[Entry]], Iterator[Finding]]


def findings(entries: Iterable[Entry]) -> list[Finding]:
    """What is to be said of the requests in `entries`, in the order of their last request."""
    asked = [entry for entry in entries if entry.operation not in ("", SIGN_IN)]
    # Of a request whose body was not read nobody can say whether it was another one.
    read = [entry for entry in asked if entry.whole]
    found = [
        *(finding for rule in _RULES for finding in rule(asked)),
        *(finding for rule in _RULES_OF_BODIES for finding in rule(read)),
    ]
    return sorted(found, key=lambda finding: (finding.entries[-1], finding.kind))


def _impatient(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Microsoft's throttling guidance: wait as long as Retry-After says."""
    for place, refused in enumerate(entries):
        seconds = _retry_after(refused)
        if not seconds:
            continue
        until = refused.answered_at + seconds - _TOLERANCE_SECONDS
        again = next(
            (e for e in entries[place + 1 :] if _same_asker(e, refused) and refused.answered_at <= e.at < until), None
        )
        if again is not None:
            waited = again.at - refused.answered_at
            yield Finding(
                "retry-after-ignored",
                f"{again.operation} was sent again after {waited:.1f} s; Retry-After said {seconds:.0f} s.",
                (refused.sequence, again.sequence),
                "Wait as long as Retry-After says before sending the same operation again.",
            )


def _reused_ids(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Partner Center REST headers: a request id is that of one request and its repetitions."""
    first: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        if not entry.request_id:
            continue
        before = first.setdefault((entry.tenant, entry.application, entry.user, entry.request_id), entry)
        if before.fingerprint != entry.fingerprint:
            yield Finding(
                "request-id-reused",
                f"{entry.operation} has the MS-RequestId of another request, {before.operation}.",
                (before.sequence, entry.sequence),
                "Send a fresh MS-RequestId with every request; only a repetition has that of the first attempt.",
            )


def _untagged(entries: Sequence[Entry]) -> Iterator[Finding]:
    """RFC 9110 §13.1.1: the precondition is what prevents a lost update."""
    for entry in entries:
        if entry.method == "PUT" and not entry.tagged:
            yield Finding(
                "no-entity-tag",
                f"{entry.operation} names no entity tag, so it overwrites whatever others wrote meanwhile.",
                (entry.sequence,),
                "Send the tag that was read as If-Match, or in attributes.etag.",
            )


def _stubborn(entries: Sequence[Entry]) -> Iterator[Finding]:
    """RFC 9110 §15.5: a client error is the client's to mend."""
    refused: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        key = (entry.tenant, entry.user, entry.fingerprint)
        before = refused.get(key)
        if before is not None and entry.method in ("PUT", "POST"):
            yield Finding(
                "refusal-repeated",
                f"{entry.operation} was sent again, unchanged, after {before.status}.",
                (before.sequence, entry.sequence),
                "Change the request as its refusal says, or give up.",
            )
        if entry.status in _FINAL:
            refused[key] = entry
        else:
            refused.pop(key, None)


def _uncorrelated(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Partner Center REST headers; told once, with all requests that it is true of."""
    found = tuple(entry.sequence for entry in entries if not entry.correlated)
    if found:
        yield Finding(
            "no-correlation-id",
            f"{len(found)} of {len(entries)} requests have no MS-CorrelationId.",
            found,
            "Send one GUID with all requests of one task, so that support can find them.",
        )


def _racing(entries: Sequence[Entry]) -> Iterator[Finding]:
    """One user's changes of one profile at the same time: all but one of them are in vain."""
    puts = sorted((e for e in entries if e.method == "PUT"), key=lambda e: (*_asker(e), e.at))
    for _, group in groupby(puts, key=_asker):
        before: Entry | None = None
        for entry in group:
            if before and entry.at < before.answered_at and entry.fingerprint != before.fingerprint:
                yield Finding(
                    "parallel-updates",
                    f"{entry.operation} was sent while another one of the same user was under way.",
                    (before.sequence, entry.sequence),
                    "Change a profile by one request after the other.",
                )
            before = entry


def _retry_after(entry: Entry) -> float:
    value = entry.line(headers.RETRY_AFTER.lower()) or ""
    return float(value) if entry.status in _WAIT and value.isascii() and value.isdigit() else 0.0


def _asker(entry: Entry) -> tuple[str, ...]:
    return entry.tenant, entry.application, entry.user, entry.operation


def _same_asker(one: Entry, other: Entry) -> bool:
    return (one.tenant, one.operation) == (other.tenant, other.operation)


_RULES: tuple[_Rule, ...] = (_impatient, _uncorrelated)
_RULES_OF_BODIES: tuple[_Rule, ...] = (_reused_ids, _untagged, _stubborn, _racing)
