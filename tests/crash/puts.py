"""A stream of PUTs by several clients: what a client was answered is written down before it does its next one."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from partnercenter.service import seed
from partnercenter.service.caller import Caller
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.operations.update_profile import ProfileAnswer, UpdateHead, UpdateProfile, update_profile
from partnercenter.service.storage import Storage
from partnercenter.wire import json_text
from partnercenter.wire.profiles import BillingProfile

TENANT = seed.FIRST_TENANT.id
NOW = 1_800_000_000.0
DAY = 24 * 60 * 60.0
OLD = NOW - 10 * DAY
"""What is remembered since then is past its time, and purged."""

_CALLER = Caller(
    TENANT,
    "app",
    "user",
    "someone",
    delegated=True,
    application=False,
    mfa=True,
    roles=frozenset(seed.BILLING_ADMIN.roles),
)


class Acknowledgement(NamedTuple):
    """That the PUT `number` of `client` was answered 200.

    at: when it was remembered, seconds since the epoch. digest: of the body that was answered.
    """

    client: int
    number: int
    at: float
    tag: str
    digest: str


def request_id(client: int, number: int) -> str:
    """The `MS-RequestId` of a PUT."""
    return f"{client:08x}-0000-4000-8000-{number:012x}"


def command(client: int, number: int, at: float = NOW) -> UpdateProfile[BillingProfile]:
    """The PUT `number` of `client`, without a precondition, so that it never is refused."""
    head = UpdateHead(
        kind=BILLING,
        caller=_CALLER,
        request_id=request_id(client, number),
        correlation_id=request_id(client, number),
        if_match=None,
        now=at,
        replay_since=at - DAY,
    )
    document = seed.FIRST_BILLING_PROFILE | {"purchaseOrderNumber": f"{client}-{number}"}
    return UpdateProfile.read(head, json_text.write(document))


async def put(storage: Storage, client: int, number: int, at: float = NOW) -> Acknowledgement:
    """Do it."""
    answer: ProfileAnswer = await storage.transact(update_profile, command(client, number, at))
    return Acknowledgement(client, number, at, answer.tag.value, hashlib.sha256(answer.body).hexdigest())


PutOne: TypeAlias = Callable[[Storage, int, int, float], Awaitable[Acknowledgement]]


async def put_many(
    storage: Storage,
    done: Mapping[int, int],
    tell: Callable[[Acknowledgement], None],
    *,
    clients: int,
    rounds: int,
    at: float = NOW,
    put_one: PutOne | None = None,
) -> None:
    """Let each client do `rounds` PUTs after those that it has done, and tell of each before its next one."""
    put_it = put_one or put

    async def one_by_one(client: int) -> None:
        first = done.get(client, 0)
        for number in range(first, first + rounds):
            tell(await put_it(storage, client, number, at))

    await asyncio.gather(*map(one_by_one, range(clients)))


def done_by(notes: Iterable[object]) -> Counter[int]:
    """How many PUTs of each client were acknowledged."""
    return Counter(note.client for note in notes if isinstance(note, Acknowledgement))


def write_note(file: int, note: Acknowledgement) -> None:
    """In one call, so that it is there or not; the system has it then, and keeps it when the writer is killed."""
    os.write(file, (" ".join(map(str, note)) + "\n").encode())


def read_notes(notes: Path) -> list[Acknowledgement]:
    """What was acknowledged."""
    if not notes.exists():
        return []
    return [_note(line.split()) for line in notes.read_text().splitlines()]


def _note(parts: Iterable[str]) -> Acknowledgement:
    client, number, at, tag, digest = parts
    return Acknowledgement(int(client), int(number), float(at), tag, digest)


def add_profiles(storage: Storage) -> None:
    """What a start does."""
    asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
