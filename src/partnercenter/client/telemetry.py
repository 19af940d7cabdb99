"""What a tracer is told of calls and attempts: a protocol, and the one that does nothing. No library is loaded here."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Final, Protocol

from partnercenter.client.call import Call
from partnercenter.wire.messages import Request


class Attempt(Protocol):
    """One attempt that is being made."""

    def prepare(self, request: Request) -> Request:
        """`request` as it is to travel: with the lines by which the other side goes on with the trace, if any."""

    def answered(self, status: int) -> None:
        """Note the HTTP status of the answer."""


class Telemetry(Protocol):
    """Told of every call and of each of its attempts. What leaves a block is what the call or attempt ended in."""

    def call(self, call: Call) -> AbstractContextManager[object]:
        """The block in which `call` happens, attempts, waits and all."""

    def attempt(self, call: Call, request: Request, number: int) -> AbstractContextManager[Attempt]:
        """The block in which one attempt happens. number: 1 for the first."""


class Silence:
    """The telemetry that tells nobody, and every call and attempt of it."""

    def call(self, call: Call) -> Silence:
        """Nothing."""
        return self

    def attempt(self, call: Call, request: Request, number: int) -> Silence:
        """Nothing."""
        return self

    def prepare(self, request: Request) -> Request:
        """The same."""
        return request

    def answered(self, status: int) -> None:
        """Nothing."""

    def __enter__(self) -> Silence:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let everything out."""

    def __repr__(self) -> str:
        return "Silence()"


SILENCE: Final = Silence()


def found() -> Telemetry:
    """OpenTelemetry if this program uses it already, else silence: nobody pays for what nobody set up."""
    if "opentelemetry.trace" not in sys.modules:
        return SILENCE
    from partnercenter.client.open_telemetry import OpenTelemetry

    return OpenTelemetry()
