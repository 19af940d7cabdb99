"""What must hold when a database is opened again after its service died: all that was acknowledged is there."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import apsw

from partnercenter.service.operations.get_profile import GetProfile
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.operations.verify_audit import verify
from partnercenter.service.storage import Snapshot, Storage, StorageUnavailableError, StoredProfile
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.storage.sqlite_audit import open_audit_trail
from partnercenter.wire import json_text
from partnercenter.wire.profiles import BillingProfile
from tests.crash.puts import NOW, TENANT, Acknowledgement, add_profiles, command, put, request_id


class Change(NamedTuple):
    """What an entry of the audit says."""

    request_id: str
    old: str
    new: str


class Found(NamedTuple):
    """What is wrong, and how many PUTs are stored that nobody was told of."""

    violations: list[str]
    untold: int


def look(path: Path, notes: Sequence[Acknowledgement], now: float = NOW) -> Found:
    """Open the database as a start does, and compare it with what was acknowledged.

    now: the time at which the service died; what was acknowledged at that time can be replayed.
    """
    try:
        with closing(SqliteStorage(path)) as storage:
            add_profiles(storage)
            changes, broken = _audit(path)
            found = [
                *broken,
                *_structure(path),
                *_chain(changes, asyncio.run(stored(storage))),
                *_acknowledged(changes, notes),
                *_in_turn(changes, notes),
                *_replays(storage, notes, now),
            ]
            found += _one_more(storage, changes, notes, now)
        return Found(found, len(changes) - len(notes))
    except (StorageUnavailableError, apsw.Error) as error:
        return Found([f"it cannot be opened and used: {error}"], 0)


def _audit(path: Path) -> tuple[list[Change], list[str]]:
    with open_audit_trail(path) as trail:
        verdict = verify(TENANT, trail.entries(TENANT), trail.head(TENANT))
        changes = [_change(entry.record) for entry in trail.entries(TENANT)]
    return changes, [] if verdict.broken is None else [f"the chain of hashes is broken: {verdict.broken}"]


def _change(record: bytes) -> Change:
    document = json_text.read_lenient(record)
    assert isinstance(document, dict)
    pairs = document["customizedData"]
    assert isinstance(pairs, list)
    facts = {str(pair["key"]): str(pair["value"]) for pair in pairs if isinstance(pair, dict)}
    return Change(facts["requestId"], facts["oldEtag"], facts["newEtag"])


def _structure(path: Path) -> Iterator[str]:
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        for (line,) in connection.execute("PRAGMA integrity_check"):
            if line != "ok":
                yield f"the structure is damaged: {line}"


async def stored(storage: Storage) -> StoredProfile:
    """The version that stands."""

    def profile(snapshot: Snapshot, asked: GetProfile[BillingProfile]) -> StoredProfile | None:
        return snapshot.profile(TENANT, asked.kind.name)

    found = await storage.read(profile, GetProfile(BILLING, command(0, 0).head.caller))
    assert found is not None
    return found


def _chain(changes: Sequence[Change], last: StoredProfile) -> Iterator[str]:
    for before, after in pairwise(changes):
        if after.old != before.new:
            yield f"{after.request_id} did not replace the version before it"
    if changes and changes[-1].new != last.tag.value:
        yield "the stored version is not that of the last entry of the audit"
    if last.version != len(changes) + 1:
        yield f"there are {len(changes)} entries for version {last.version}"


def _acknowledged(changes: Iterable[Change], notes: Iterable[Acknowledgement]) -> Iterator[str]:
    tags = {change.request_id: change.new for change in changes}
    for note in notes:
        tag = tags.get(request_id(note.client, note.number))
        if tag is None:
            yield f"LOST: {note.client}-{note.number} was acknowledged"
        elif tag != note.tag:
            yield f"{note.client}-{note.number} was answered another tag than the audit has"


def _in_turn(changes: Iterable[Change], notes: Iterable[Acknowledgement]) -> Iterator[str]:
    """Each client has one PUT in flight, so there is at most one that it was not told of, and it is its last one."""
    told = Counter(note.client for note in notes)
    there: dict[int, list[int]] = defaultdict(list)
    for change in changes:
        there[int(change.request_id[:8], 16)].append(int(change.request_id[-12:], 16))
    for client, numbers in there.items():
        if numbers != list(range(len(numbers))) or len(numbers) > told[client] + 1:
            yield f"client {client} was told of {told[client]}, and stored are {numbers[-5:]}"


def _replays(storage: SqliteStorage, notes: Iterable[Acknowledgement], now: float) -> list[str]:
    recent = [note for note in notes if note.at == now]

    async def again() -> list[Acknowledgement]:
        return await asyncio.gather(*(put(storage, note.client, note.number, now) for note in recent))

    answers = zip(recent, asyncio.run(again()), strict=True)
    return [f"{note.client}-{note.number} is answered otherwise again" for note, got in answers if got != note]


def _one_more(
    storage: SqliteStorage, changes: Sequence[Change], notes: Iterable[Acknowledgement], now: float
) -> Iterator[str]:
    """What a client was not told of, it sends again: that is one effect, whether it was stored or not."""
    told = Counter(note.client for note in notes)
    clients = told or [0]
    tags = {change.request_id: change.new for change in changes}
    before = asyncio.run(stored(storage)).version
    expected = before
    for client in clients:
        answer = asyncio.run(put(storage, client, told[client], now))
        first = tags.get(request_id(client, told[client]))
        expected += first is None
        if first not in (None, answer.tag):
            yield f"{client}-{told[client]} was stored, and is answered another tag when it is sent again"
    if asyncio.run(stored(storage)).version != expected:
        yield f"sending again what nobody was told of led from version {before} to another one than {expected}"
