"""What the rows of `MS-RequestId` stand on: one id, a PUT that carries it, and what a replay has in common with it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

import apsw

from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour
from partnercenter.service.storage import Storage
from partnercenter.wire import json_text
from tests.service.stage import BASE_URL, DAY, GUID, NOW, Answer, Desk, ask, keys, page_body, token

BILLING = "/v1/profiles/billing"
ID = ("MS-RequestId", GUID)
GOOD = json_text.write(page_body())
Lines = list[tuple[str, str]]


@dataclass(slots=True)
class Clock:
    """The time of day of a service, which can be set."""

    now: float = NOW

    def __call__(self) -> float:
        return self.now


def over(storage: Storage, behaviour: Behaviour | None = None, clock: Callable[[], float] = lambda: NOW) -> Service:
    return make_service(BASE_URL, storage, keys(), DAY, behaviour=behaviour, clock=clock)


def put(service: Service, *lines: tuple[str, str], bearer: str | None = None, **changes: str) -> Answer:
    """A PUT of the published body with the request id."""
    return ask(service, "PUT", lines=[ID, *lines], bearer=bearer, body=page_body(**changes))


def life_at(now: float) -> str:
    """A token that is good at `now`."""
    return token(iat=int(now), nbf=int(now), exp=int(now) + 3600)


def told(answer: Answer) -> tuple[int, str | None, bytes]:
    """What a replay has in common with the first answer."""
    return answer.status, answer.headers.get("ETag"), answer.body


def rows_remembered(desk: Desk) -> int:
    with closing(apsw.Connection(str(desk.path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM remembered").fetchall()
    return int(str(count))
