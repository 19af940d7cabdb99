"""What an endpoint is given: one request that passed the gate, and the service's parts it may use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from partnercenter.service.caller import Caller
from partnercenter.service.gate.correlation import Ids
from partnercenter.service.gate.framing import Body
from partnercenter.service.storage import Storage
from partnercenter.wire.messages import Request


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request of a caller who may make it.

    replay_seconds: how long an answer is remembered. clock: seconds since the epoch.
    """

    request: Request
    body: Body
    ids: Ids
    caller: Caller
    storage: Storage
    replay_seconds: float
    clock: Callable[[], float]
