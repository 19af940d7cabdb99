"""Raw answers: what a method gave, together with the responses that it was read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Self, TypeVar

from partnercenter.client.errors import ConfigurationError
from partnercenter.wire.messages import Response
from partnercenter.wire.shapes import shortened

T = TypeVar("T")


class RawAnswer(tuple[T, Response]):
    """What `with_raw` gives; it unpacks into two: `profile, response = partner.with_raw(...)`.

    value: what the method gave. response: the answer that it was read from, the last one if there were several.
    responses: all of them, in order; one for each page, say. Those that were repeated are not among them.
    """

    responses: tuple[Response, ...]

    def __new__(cls, value: T, responses: Sequence[Response]) -> Self:
        """Raise ConfigurationError if there is no response."""
        if not responses:
            raise ConfigurationError("The method asked the service nothing, so there is no response.")
        answer = super().__new__(cls, (value, responses[-1]))
        answer.responses = tuple(responses)
        return answer

    @property
    def value(self) -> T:
        """What the method gave."""
        return self[0]

    @property
    def response(self) -> Response:
        """The last response: status, headers and body."""
        return self[1]

    def __getnewargs__(self) -> tuple[T, tuple[Response, ...]]:
        return self.value, self.responses

    def __repr__(self) -> str:
        statuses = [response.status for response in self.responses]
        return shortened(f"RawAnswer({type(self.value).__name__}, {statuses})")


# A list of this thread or task while somebody in it wants the responses.
_KEPT: ContextVar[list[Response] | None] = ContextVar("responses that are kept for with_raw", default=None)


def keep(response: Response) -> None:
    """Keep `response` for whoever collects in this thread or task."""
    kept = _KEPT.get()
    if kept is not None:
        kept.append(response)


@contextmanager
def collecting() -> Iterator[list[Response]]:
    """A list of the responses of the calls that are made in this thread or task meanwhile."""
    kept: list[Response] = []
    outer = _KEPT.get()
    before = _KEPT.set(kept)
    try:
        yield kept
    finally:
        _KEPT.reset(before)
        if outer is not None:
            outer.extend(kept)
