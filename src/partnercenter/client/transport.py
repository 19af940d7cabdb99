"""Sending one request: our own protocols, and their implementation with httpx2. No other file knows httpx2 or
its engine, httpcore2.

What can go wrong is told apart in one respect only: could the service have seen the request? Only then is
the outcome of an update unknown.

    no connection, DNS, TLS, no free connection in the pool     RequestNotSentError
    anything later                                              AnswerLostError

httpx2's own errors keep the request, and with it the bearer token. So they end here: ours are raised outside
of the handler, and nothing is chained to them.
"""

from __future__ import annotations

import asyncio
import http.cookiejar
import logging
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

import httpcore2
import httpx2

from partnercenter.client.cloud_guard import refuse_real_cloud
from partnercenter.client.conversation import AnswerLostError, AnswerTooLongError, RequestNotSentError, TransportError
from partnercenter.client.errors import ConfigurationError
from partnercenter.wire.messages import Headers, Request, Response

C = TypeVar("C", httpx2.Client, httpx2.AsyncClient)

LONGEST_BODY = 8 * 1024 * 1024
"""Bytes of a response body; a longer one is no answer of this API."""

LONGEST_CONNECT = 10.0
"""Seconds that a connection may take, even if the attempt could wait longer."""

_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
    httpx2.InvalidURL,
)
_FAILURES = (httpx2.HTTPError, httpx2.InvalidURL, OSError)

_WORDS: dict[type[Exception], str] = {
    httpx2.ConnectTimeout: "the connection took too long",
    httpx2.PoolTimeout: "no connection was free in time",
    httpx2.ProxyError: "the proxy refused",
    httpx2.LocalProtocolError: "the request cannot be written as HTTP",
    httpx2.InvalidURL: "the address is not valid",
    httpx2.UnsupportedProtocol: "the address is neither http nor https",
    httpx2.ReadTimeout: "the answer took too long",
    httpx2.WriteTimeout: "sending took too long",
    httpx2.RemoteProtocolError: "the connection ended before the whole answer, or the answer is not HTTP",
}


class Transport(Protocol):
    """Sends requests; whoever implements this can stand in for the network."""

    def send(self, request: Request, timeout: float) -> Response:
        """The response to `request`, whose target is a whole URL; redirects are not followed.

        timeout: seconds for the whole exchange, from the connection to the last byte of the body. In the blocking
            transport the look-up of a name, and further addresses of one name, come on top.
        Raises RequestNotSentError or AnswerLostError, and chains nothing to them.
        """

    def close(self) -> None:
        """Give the connections up."""


class AsyncTransport(Protocol):
    """The asynchronous twin of Transport."""

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - a whole attempt's, as above
        """As `Transport.send`."""

    async def aclose(self) -> None:
        """Give the connections up."""


class HttpTransport:
    """HTTP/1.1 with a pool of connections; proxies are those of the environment, but for this machine.

    ca_bundle: path of a PEM file of certificate authorities; None for those of the system.
    client: an httpx2 client to send with instead: its proxies, TLS, HTTP/2, limits and event hooks (decision record
        31). Not its redirects and not its `auth`. It is not closed with the transport.
    Raises ConfigurationError if both are given, or a `ca_bundle` that cannot be read.
    """

    def __init__(self, *, ca_bundle: str | None = None, client: httpx2.Client | None = None) -> None:
        _check_one(ca_bundle, client, httpx2.Client)
        self._is_ours = client is None
        self._client = client or _client(ca_bundle)

    def send(self, request: Request, timeout: float) -> Response:
        """The response to `request`."""
        refuse_real_cloud(request.target)
        try:
            with _in_time(timeout):
                return self._exchange(request, timeout)
        except _FAILURES as error:
            failure = _failure(error)
        raise failure

    def close(self) -> None:
        """Close every connection, unless the client is somebody else's."""
        if self._is_ours:
            self._client.close()

    def _exchange(self, request: Request, timeout: float) -> Response:
        with self._client.stream(
            request.method,
            request.target,
            headers=[*request.headers, _ENCODING],
            content=request.body or None,
            timeout=_limits(timeout),
            auth=None,  # Authorization is there already
            follow_redirects=False,
        ) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                _take(chunk, body)
                if time.monotonic() > _END.get():  # a client of somebody else begins its timeouts anew with each read
                    raise httpx2.ReadTimeout("")
            return _response(response, body)


class AsyncHttpTransport:
    """As HttpTransport, on the running event loop."""

    def __init__(self, *, ca_bundle: str | None = None, client: httpx2.AsyncClient | None = None) -> None:
        _check_one(ca_bundle, client, httpx2.AsyncClient)
        self._is_ours = client is None
        self._client = client or _made(httpx2.AsyncClient, ca_bundle)

    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - part of the protocol
        """The response to `request`."""
        refuse_real_cloud(request.target)
        try:
            with _in_time(timeout):
                async with asyncio.timeout(timeout):
                    return await self._exchange(request, timeout)
        except TimeoutError:
            failure: TransportError = AnswerLostError(_WORDS[httpx2.ReadTimeout])
        except _FAILURES as error:
            failure = _failure(error)
        raise failure

    async def aclose(self) -> None:
        """Close every connection, unless the client is somebody else's."""
        if self._is_ours:
            await self._client.aclose()

    async def _exchange(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109
        async with self._client.stream(
            request.method,
            request.target,
            headers=[*request.headers, _ENCODING],
            content=request.body or None,
            timeout=_limits(timeout),
            auth=None,  # Authorization is there already
            follow_redirects=False,
        ) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                _take(chunk, body)
            return _response(response, body)


# What a proxy would reach there is itself.
_THIS_MACHINE = ("all://localhost", "all://127.0.0.0/8", "all://[::1]")

# The bodies are small, and what was never packed cannot unpack into more than LONGEST_BODY.
_ENCODING = ("Accept-Encoding", "identity")


def _check_one(ca_bundle: str | None, client: object, kind: type) -> None:
    """Raise ConfigurationError if there is a `client`, and it is none or is not alone."""
    if client is not None and ca_bundle is not None:
        raise ConfigurationError("ca_bundle and client exclude each other: a client has its own TLS.")
    if client is not None and not isinstance(client, kind):
        raise ConfigurationError(f"client has to be an httpx2.{kind.__name__}, not {type(client).__name__}.")


def _client(ca_bundle: str | None) -> httpx2.Client:
    client = _made(httpx2.Client, ca_bundle)
    for inner in (client._transport, *client._mounts.values()):
        if isinstance(inner, httpx2.HTTPTransport):
            _keep_time(inner._pool)  # httpx2 has no argument for that
    return client


def _made(kind: type[C], ca_bundle: str | None) -> C:
    trust = _trust(ca_bundle)
    try:
        return kind(verify=trust, cookies=_no_cookies(), mounts=dict.fromkeys(_THIS_MACHINE))
    except (httpx2.InvalidURL, ValueError):
        pass  # it quotes the address of the proxy, in which a password may stand
    raise ConfigurationError(
        "A proxy that the environment names is not an address.",
        next_step="Correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, as in http://proxy.example:3128, or unset it.",
    )


def _trust(ca_bundle: str | None) -> ssl.SSLContext | bool:
    if ca_bundle is None:
        return True
    try:
        return ssl.create_default_context(cafile=ca_bundle)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"ca_bundle {ca_bundle!r} cannot be read: {error.strerror or error}.") from None


def _no_cookies() -> http.cookiejar.CookieJar:
    """A jar that takes nothing: what one call leaves behind must not decide another one."""
    return http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))


def _limits(timeout: float) -> httpx2.Timeout:
    # Shorter than the attempt, so that a host that never answers is known as "not sent".
    connect = min(LONGEST_CONNECT, timeout * 0.75)
    return httpx2.Timeout(timeout, connect=connect, pool=timeout * 0.75)


def _take(chunk: bytes, body: bytearray) -> None:
    body += chunk
    if len(body) > LONGEST_BODY:
        raise AnswerTooLongError(f"more than {LONGEST_BODY} bytes")


def _response(response: httpx2.Response, body: bytearray) -> Response:
    return Response(response.status_code, Headers(response.headers.multi_items()), bytes(body))


def _failure(error: Exception) -> TransportError:
    """Ours for httpx2's. Only errors of the connection may speak for themselves; others may quote a header."""
    kind = RequestNotSentError if isinstance(error, _NOT_SENT) else AnswerLostError
    words = next((_WORDS[parent] for parent in type(error).__mro__ if parent in _WORDS), None)
    if words is None and isinstance(error, (httpx2.NetworkError, OSError)):
        words = str(error)
    return kind(words or "the connection broke")


# One deadline for every wait of a blocking exchange: httpcore2 begins its timeouts anew with each byte that comes.

_END: ContextVar[float] = ContextVar("the monotonic second in which the exchange of this thread or task has to end")


def _is_not_ours(_: logging.LogRecord) -> bool:
    """Whether a line of httpx2's log is about a request of somebody else: it shows the values of the query. Of ours the
    log of this package tells, and does not.
    """
    return _END.get(None) is None


logging.getLogger("httpx2").addFilter(_is_not_ours)


@contextmanager
def _in_time(seconds: float) -> Iterator[None]:
    """Let nothing that happens inside wait for the network after `seconds`."""
    before = _END.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _END.reset(before)


def _keep_time(pool: httpcore2.ConnectionPool) -> None:
    """Make the connections of `pool` keep the deadline of `_in_time`."""
    pool._network_backend = _PunctualBackend(pool._network_backend)


class _PunctualBackend(httpcore2.NetworkBackend):
    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _PunctualStream(self._inner.connect_tcp(host, port, left, local_address, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class _PunctualStream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout, httpcore2.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _PunctualStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def _left(timeout: float | None, error: type[httpcore2.TimeoutException]) -> float:
    """Seconds that a wait may take, `timeout` at most. Raises `error` if the deadline is over."""
    left = _END.get() - time.monotonic()
    if left <= 0:
        raise error
    return left if timeout is None else min(timeout, left)
