"""A conversation with the service as a generator: it says what it wants done, a driver does it.

A flow yields steps. `Send`: one request, the driver answers with the response or throws what went wrong
into the flow. `Pause`: wait. `Exclusive`: run another flow while nobody else holds the key. `GetToken`: ask a
credential. So the rules of a call are written once and are tested without a network, and the two drivers
(blocking and asyncio) know no rules. The four functions below the steps yield them; flows use those.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from partnercenter.client.credentials import AccessToken, AccessTokenLike, AsyncCredential, Credential
from partnercenter.client.errors import ConfigurationError
from partnercenter.wire.messages import Request, Response

T = TypeVar("T")


class TransportError(Exception):
    """A request got no response; the text says why and quotes nothing that was sent."""


class RequestNotSentError(TransportError):
    """Not a byte of the request left: no connection, no name, no TLS. The service cannot have acted."""


class AnswerLostError(TransportError):
    """The request may have arrived, and no whole response came. The service may have acted."""


class AnswerTooLongError(AnswerLostError):
    """The answer is longer than any of this API; to ask again would bring it again."""


class AnswerDamagedError(AnswerLostError):
    """A success came, and what stands in it is no JSON: cut on its way, or somebody else's page."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send `request` and wait for the whole response, `timeout` seconds at most."""

    request: Request
    timeout: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Run `flow` while nobody else holds `key`."""

    key: Hashable
    flow: Flow[None]


@dataclass(frozen=True, slots=True)
class GetToken:
    """Ask `credential` for a token for `scope`."""

    credential: Credential | AsyncCredential
    scope: str


Step: TypeAlias = Send | Pause | Exclusive | GetToken
Flow: TypeAlias = Generator[Step, object, T]


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks of one client, and how it waits; one of your own lets a test wait without waiting.

    monotonic: seconds, for durations. wall: seconds since 1970, for dates. sleep: waits so many seconds.
    """

    monotonic: Callable[[], float]
    wall: Callable[[], float]
    sleep: Callable[[float], None]


def send(request: Request, timeout: float) -> Flow[Response]:
    """The response to `request`. Raises RequestNotSentError or AnswerLostError."""
    answer = yield Send(request, timeout)
    if not isinstance(answer, Response):
        raise TypeError(f"The transport answered with {type(answer).__name__} instead of a Response.")
    return answer


def pause(seconds: float) -> Flow[None]:
    """Wait."""
    yield Pause(seconds)


def exclusive(key: Hashable, flow: Flow[T]) -> Flow[T]:
    """The result of `flow`, run while nobody else holds `key`."""
    kept: list[T] = []
    try:
        yield Exclusive(key, keep_result(flow, kept))
    finally:
        flow.close()  # it never began if the wait for the key was cancelled
    return kept[0]


def get_token(credential: Credential | AsyncCredential, scope: str) -> Flow[AccessToken]:
    """A new token of `credential`. Raises ConfigurationError if what it gives cannot be one."""
    answer = yield GetToken(credential, scope)
    if not isinstance(answer, AccessTokenLike):
        raise ConfigurationError(f"The credential answered with {type(answer).__name__} instead of an access token.")
    # RFC 6750 §2.1: b64token; anything else would break the header line, and its error would quote the token.
    if not answer.token or not answer.token.isascii() or not answer.token.isprintable() or " " in answer.token:
        raise ConfigurationError("The credential gave a token that cannot stand in a header (empty, blanks, no ASCII).")
    return AccessToken(answer.token, int(answer.expires_on))


def keep_result(flow: Flow[T], kept: list[T]) -> Flow[None]:
    """Run `flow` and put its result into `kept`, so that drivers need not know result types."""
    kept.append((yield from flow))
