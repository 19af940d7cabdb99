"""What an endpoint is given: one request that passed the gate, and the service's parts it may use."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from urllib.parse import parse_qsl

from partnercenter.service.behaviour import Behaviour
from partnercenter.service.caller import Caller
from partnercenter.service.gate.correlation import Ids
from partnercenter.service.gate.framing import Body
from partnercenter.service.storage import Storage
from partnercenter.wire.messages import Request


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of a caller who may make it.

    replay_seconds: how long an answer is remembered. clock: seconds since the epoch.
    mpn_ids: of all partners: which there are is public in the partner network.
    """

    request: Request
    body: Body
    ids: Ids
    caller: Caller
    storage: Storage
    replay_seconds: float
    clock: Callable[[], float]
    behaviour: Behaviour
    mpn_ids: Container[str]

    def query(self, name: str) -> str | None:
        """The value of the query parameter `name`, which compares without case; the first one if it is repeated."""
        pairs = parse_qsl(self.request.target.partition("?")[2], keep_blank_values=True)
        return next((value for key, value in pairs if key.lower() == name.lower()), None)
