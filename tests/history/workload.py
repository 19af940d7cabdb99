"""What the clients play with: profiles, what is known of them, the requests on them, and how often who does what."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from tests.history import tenants
from tests.history.record import Attempt


@dataclass(frozen=True)
class Habits:
    """How often clients do what, as parts of one. All of requests, but for those that name something else.

    stale, in_body: of the PUTs with a tag. gives_up: of the losses. late, twin: of the PUTs.
    """

    reads: float = 0.25
    unconditional: float = 0.06
    stale: float = 0.08
    in_body: float = 0.15
    dropped: float = 0.05
    gives_up: float = 0.25
    late: float = 0.10
    twin: float = 0.02


@dataclass
class Register:
    """One profile: what clients know of it, and all that was tried on it."""

    name: str
    path: str
    token: str
    template: bytes
    initial: str = ""
    latest: str = ""
    older: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    attempts: list[Attempt] = field(default_factory=list)

    def learn(self, tag: str) -> None:
        """A client was told this tag."""
        if tag != self.latest:
            self.older.append(self.latest)
            self.latest = tag


class Put(NamedTuple):
    """A PUT: all of its attempts send the same."""

    register: Register
    operation: int
    request_id: str
    expected: str | None
    content: bytes
    lines: str

    def to_bytes(self) -> bytes:
        register = self.register
        head = (
            f"PUT {register.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {register.token}\r\n"
            f"MS-RequestId: {self.request_id}\r\n{self.lines}Content-Length: {len(self.content)}\r\n\r\n"
        )
        return head.encode() + self.content


@dataclass
class Field:
    """What all clients share: the nodes' ports, and where they may play now.

    registers: those that are used now. busy: how many requests of a register are under way.
    """

    ports: Sequence[int]
    registers: list[Register] = field(default_factory=list)
    busy: dict[str, int] = field(default_factory=dict)
    operations: int = 0
    answers: int = 0
    is_over: bool = False

    def next_operation(self) -> int:
        self.operations += 1
        return self.operations


def registers_of(number: int, token: str) -> list[Register]:
    """The registers of a tenant, and the token that opens them."""
    found = []
    for kind, document in tenants.profiles(number).items():
        marked = {"billing": {"purchaseOrderNumber": "NUMBER"}, "support": {"website": "www.NUMBER.example"}}[kind]
        text = msgspec.json.encode(document | marked | {"attributes": "ATTRIBUTES"})
        found.append(
            Register(
                name=f"{tenants.tenant_id(number)}/{kind}",
                path=tenants.PATHS[kind],
                token=token,
                template=text.replace(b'"ATTRIBUTES"', b"ATTRIBUTES"),
            )
        )
    return found
