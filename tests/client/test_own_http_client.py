"""An httpx2 client of one's own: what it decides, and what it does not."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
from collections.abc import Callable
from typing import NoReturn

import httpx2
import pytest

from partnercenter import AsyncPartnerCenter, ClientSettings, ConfigurationError, FixedToken, PartnerCenter
from partnercenter.client.conversation import AnswerLostError, RequestNotSentError
from partnercenter.client.transport import AsyncHttpTransport, HttpTransport
from partnercenter.wire import json_text
from partnercenter.wire.messages import Headers, Request, Response
from tests.client.listening import answering, listening, plain, read_request
from tests.client.scripted import profile_body

Handle = Callable[[httpx2.Request], httpx2.Response]
REQUEST = Request("PUT", "https://localhost/v1/x", Headers({"Authorization": "Bearer canary"}), b"{}")


def send_blocking(
    handle: Handle | None, *, request: Request = REQUEST, timeout: float = 2.0, **settings: object
) -> Response:
    with httpx2.Client(transport=handle and httpx2.MockTransport(handle), **settings) as client:  # type: ignore[arg-type]
        return HttpTransport(client=client).send(request, timeout)


def send_async(
    handle: Handle | None, *, request: Request = REQUEST, timeout: float = 2.0, **settings: object
) -> Response:
    async def once() -> Response:
        async with httpx2.AsyncClient(transport=handle and httpx2.MockTransport(handle), **settings) as client:  # type: ignore[arg-type]
            return await AsyncHttpTransport(client=client).send(request, timeout)

    return asyncio.run(once())


Sending = Callable[..., Response]
both = pytest.mark.parametrize("sending", [send_blocking, send_async])


def _drip(connection: socket.socket) -> None:
    """A whole answer, if one waits long enough for it."""
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n")
    for _ in range(50):
        connection.sendall(b" ")
        time.sleep(0.02)


def ok(request: httpx2.Request) -> httpx2.Response:
    return httpx2.Response(200, content=b"{}")


def noting(seen: list[httpx2.Request]) -> Handle:
    def handle(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return ok(request)

    return handle


@both
def test_the_client_sends_the_request_with_its_own_lines_besides(sending: Sending) -> None:
    seen: list[httpx2.Request] = []
    assert sending(noting(seen), headers={"X-Mine": "1"}).body == b"{}"
    (request,) = seen
    assert (request.method, str(request.url), request.content) == ("PUT", "https://localhost/v1/x", b"{}")
    assert request.headers["X-Mine"] == "1"


@both
def test_the_auth_of_the_client_does_not_replace_the_token(sending: Sending) -> None:
    seen: list[httpx2.Request] = []
    sending(noting(seen), auth=("a", "b"))
    assert seen[0].headers["Authorization"] == "Bearer canary"


@both
def test_a_redirect_is_not_followed_even_if_the_client_would(sending: Sending) -> None:
    def away(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(307, headers={"Location": "https://elsewhere.example/"})

    assert sending(away, follow_redirects=True).status == 307


@both
def test_the_service_is_asked_not_to_pack_its_answer_and_may_do_so_all_the_same(sending: Sending) -> None:
    seen: list[str] = []

    def packed(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["Accept-Encoding"])
        return httpx2.Response(200, headers={"Content-Encoding": "gzip"}, content=gzip.compress(b"{}"))

    assert sending(packed).body == b"{}"
    assert seen == ["identity"]


@both
@pytest.mark.parametrize(
    ("failure", "meant"),
    [
        (httpx2.ConnectError("x"), RequestNotSentError),
        (httpx2.ProxyError("x"), RequestNotSentError),
        (httpx2.ReadError("x"), AnswerLostError),
    ],
)
def test_failures_mean_what_they_always_mean(sending: Sending, failure: Exception, meant: type[Exception]) -> None:
    def fail(request: httpx2.Request) -> NoReturn:
        raise failure

    with pytest.raises(meant):
        sending(fail)


@both
def test_a_body_in_drips_ends_with_the_timeout(sending: Sending) -> None:
    with listening(_drip) as address, pytest.raises(AnswerLostError, match="took too long"):
        sending(None, request=Request("GET", f"{address}/"), timeout=0.1)


def test_the_client_of_somebody_else_stays_open() -> None:
    with httpx2.Client(transport=httpx2.MockTransport(ok)) as client:
        HttpTransport(client=client).close()
        assert not client.is_closed


def test_the_asynchronous_client_of_somebody_else_stays_open() -> None:
    async def scene() -> bool:
        async with httpx2.AsyncClient(transport=httpx2.MockTransport(ok)) as client:
            await AsyncHttpTransport(client=client).aclose()
            return client.is_closed

    assert asyncio.run(scene()) is False


def test_a_client_and_a_ca_bundle_exclude_each_other() -> None:
    with httpx2.Client() as client, pytest.raises(ConfigurationError, match="exclude each other"):
        HttpTransport(ca_bundle="x.pem", client=client)


@pytest.mark.parametrize(("kind", "named"), [(HttpTransport, "httpx2.Client"), (AsyncHttpTransport, "AsyncClient")])
def test_what_is_no_client_of_this_kind_is_refused(kind: type, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        kind(client=object())


def test_event_hooks_see_every_request_of_a_partner_center_over_a_real_socket() -> None:
    seen: list[str] = []
    answer = plain(json_text.write(profile_body()))
    with (
        listening(answering(answer)) as address,
        httpx2.Client(
            event_hooks={"request": [lambda request: seen.append(request.url.path)]}, trust_env=False
        ) as mine,
        PartnerCenter(
            FixedToken("t"), settings=ClientSettings(base_url=address), transport=HttpTransport(client=mine)
        ) as partner,
    ):
        partner.profiles.billing_profile.get()
    assert seen == ["/v1/profiles/billing"]


def test_an_asynchronous_partner_center_takes_one_too() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=json_text.write(profile_body()))

    async def scene() -> str | None:
        async with (
            httpx2.AsyncClient(transport=httpx2.MockTransport(handle)) as mine,
            AsyncPartnerCenter(
                FixedToken("t"),
                settings=ClientSettings(base_url="https://localhost", authority="https://localhost"),
                transport=AsyncHttpTransport(client=mine),
            ) as partner,
        ):
            return (await partner.profiles.billing_profile.get()).company_name

    assert asyncio.run(scene()) == "TEST_TEST_BugBash1"
