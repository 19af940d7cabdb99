"""The HTTP transports on real sockets: what is sent, what comes back, and whether a lost request was sent."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
import trustme

from partnercenter.client import transport as transport_room
from partnercenter.client.conversation import AnswerLostError, AnswerTooLongError, RequestNotSentError
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.transport import AsyncHttpTransport, HttpTransport
from partnercenter.wire.messages import Headers, Request, Response
from tests.client.listening import Handler, answering, listening, plain, read_request, reset

SECRET = "canary-bearer"


def request_to(address: str) -> Request:
    lines = {"Authorization": f"Bearer {SECRET}", "If-Match": '"tag"'}
    return Request("PUT", f"{address}/v1/profiles/billing", Headers(lines), b'{"a":1}')


def send_blocking(request: Request, timeout: float = 2.0, ca_bundle: str | None = None) -> Response:
    transport = HttpTransport(ca_bundle=ca_bundle)
    try:
        return transport.send(request, timeout)
    finally:
        transport.close()


def send_async(request: Request, timeout: float = 2.0, ca_bundle: str | None = None) -> Response:
    async def once() -> Response:
        transport = AsyncHttpTransport(ca_bundle=ca_bundle)
        try:
            return await transport.send(request, timeout)
        finally:
            await transport.aclose()

    return asyncio.run(once())


Sending = Callable[..., Response]
both = pytest.mark.parametrize("sending", [send_blocking, send_async])


def close_at_once(_: socket.socket) -> None: ...


def reset_after_request(connection: socket.socket) -> None:
    read_request(connection)
    reset(connection)


def say_nothing(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"x")
        time.sleep(0.05)


def drip_header(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    for _ in range(15):
        connection.sendall(b"x")
        time.sleep(0.3)


@both
def test_the_request_travels_as_it_is(sending: Sending) -> None:
    received: list[bytes] = []
    with listening(answering(plain(b"{}"), received)) as address:
        sending(request_to(address))
    head, _, body = received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"PUT /v1/profiles/billing HTTP/1.1\r\n")
    assert b'\r\nIf-Match: "tag"' in head
    assert body == b'{"a":1}'


@both
def test_the_response_comes_back_as_it_is(sending: Sending) -> None:
    with listening(answering(plain(b"no", "412 Precondition Failed", 'ETag: "t"'))) as address:
        response = sending(request_to(address))
    assert (response.status, response.headers.get("etag"), response.body) == (412, '"t"', b"no")


@both
def test_a_redirect_is_an_answer_and_not_followed(sending: Sending) -> None:
    with listening(answering(plain(b"", "307 Temporary Redirect", "Location: http://127.0.0.1:1/"))) as address:
        assert sending(request_to(address)).status == 307


@both
def test_a_refused_connection_is_not_sent(sending: Sending) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(RequestNotSentError):
        sending(request_to(f"http://127.0.0.1:{port}"))


@both
def test_a_name_that_does_not_exist_is_not_sent(sending: Sending) -> None:
    with pytest.raises(RequestNotSentError):
        sending(request_to("https://partnercenter.invalid"))


@both
def test_a_certificate_that_is_not_trusted_is_not_sent(sending: Sending, tmp_path: Path) -> None:
    with listening(answering(plain(b"{}")), served_by(trustme.CA())) as address, pytest.raises(RequestNotSentError):
        sending(request_to(address), ca_bundle=pem_of(trustme.CA(), tmp_path))


@both
def test_the_certificates_of_the_ca_bundle_are_trusted(sending: Sending, tmp_path: Path) -> None:
    authority = trustme.CA()
    with listening(answering(plain(b"{}")), served_by(authority)) as address:
        assert sending(request_to(address), ca_bundle=pem_of(authority, tmp_path)).status == 200


@both
@pytest.mark.parametrize("handler", [close_at_once, reset_after_request, say_nothing, drip])
def test_an_answer_that_does_not_come_is_lost(sending: Sending, handler: Handler) -> None:
    with listening(handler) as address, pytest.raises(AnswerLostError):
        sending(request_to(address), timeout=0.3)


@both
@pytest.mark.parametrize("text", [plain(b"{}")[:-1], b"HTTP/1.1 200", b"SSH-2.0\r\n\r\n", plain(b"x" * 3000)])
def test_an_answer_that_is_cut_malformed_or_endless_is_lost(
    sending: Sending, text: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_room, "LONGEST_BODY", 2000)
    with listening(answering(text)) as address, pytest.raises(AnswerLostError):
        sending(request_to(address))


@both
@pytest.mark.parametrize("drips", [drip, drip_header])
def test_an_answer_in_drips_ends_with_the_timeout(sending: Sending, drips: Handler) -> None:
    answered = threading.Event()

    def whole(connection: socket.socket) -> None:
        drips(connection)  # takes seconds
        answered.set()

    with listening(whole) as address:
        with pytest.raises(AnswerLostError, match="too long"):
            sending(request_to(address), timeout=0.4)
        assert not answered.is_set()


def test_a_second_exchange_on_a_connection_has_a_time_of_its_own() -> None:
    def handler(connection: socket.socket) -> None:
        for _ in range(2):
            read_request(connection)
            time.sleep(0.25)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    transport = HttpTransport()
    with listening(handler) as address:
        assert [transport.send(request_to(address), 0.45).status for _ in range(2)] == [200, 200]
        transport.close()


@both
def test_an_answer_that_is_too_long_is_told_apart(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport_room, "LONGEST_BODY", 2000)
    with listening(answering(plain(b"x" * 3000))) as address, pytest.raises(AnswerTooLongError) as caught:
        sending(request_to(address))
    assert (str(caught.value), caught.value.__context__) == ("more than 2000 bytes", None)


@both
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "[::1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_this_machine_is_not_reached_through_a_proxy(
    sending: Sending, scheme: str, host: str, proxy: list[bytes]
) -> None:
    with pytest.raises(RequestNotSentError):
        sending(request_to(f"{scheme}://{host}:1"))
    assert proxy == []


@both
def test_a_dead_proxy_does_not_stand_before_this_machine(sending: Sending, dead_proxy: None) -> None:
    with listening(answering(plain(b"{}"))) as address:
        assert sending(request_to(address)).status == 200


@both
def test_another_machine_is_reached_through_the_proxy(sending: Sending, proxy: list[bytes]) -> None:
    assert sending(request_to("http://partnercenter.invalid")).status == 403
    assert proxy[0].startswith(b"PUT http://partnercenter.invalid/")


@both
def test_a_request_that_the_proxy_refuses_to_pass_on_is_not_sent(sending: Sending, proxy: list[bytes]) -> None:
    with pytest.raises(RequestNotSentError, match="the proxy refused"):
        sending(request_to("https://partnercenter.invalid"))
    assert proxy[0].startswith(b"CONNECT ")


@both
@pytest.mark.parametrize("handler", [close_at_once, reset_after_request, say_nothing])
def test_a_lost_answer_drags_no_request_along(sending: Sending, handler: Handler) -> None:
    with listening(handler) as address, pytest.raises(AnswerLostError) as caught:
        sending(request_to(address), timeout=0.2)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert SECRET not in repr(caught.value)


@both
def test_a_header_that_cannot_be_written_is_not_quoted(sending: Sending) -> None:
    with listening(answering(plain(b"{}"))) as address:
        request = Request("GET", address, Headers({"Authorization": f"{SECRET}\r\nX: y"}))
        with pytest.raises(RequestNotSentError) as caught:
            sending(request)
    assert SECRET not in str(caught.value)


@both
def test_nothing_secret_is_logged(sending: Sending, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(answering(plain(b"{}"))) as address:
        sending(request_to(address))
    assert SECRET not in caplog.text


def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request() -> None:
    received: list[bytes] = []
    transport = HttpTransport()
    with listening(answering(plain(b"{}", "200 OK", "Set-Cookie: who=other-tenant"), received)) as address:
        for _ in range(2):
            transport.send(request_to(address), 2.0)
        transport.close()
    assert b"who=" not in received[1]


def test_a_ca_bundle_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"missing\.pem"):
        HttpTransport(ca_bundle=str(tmp_path / "missing.pem"))


def test_a_cancelled_task_drops_its_connection() -> None:
    dropped: list[bytes] = []

    def handler(connection: socket.socket) -> None:
        read_request(connection)
        dropped.append(connection.recv(1))

    async def scene(address: str) -> None:
        transport = AsyncHttpTransport()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(transport.send(request_to(address), 5.0), 0.1)
        await transport.aclose()

    with listening(handler) as address:
        asyncio.run(scene(address))
    assert dropped == [b""]


def served_by(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


def pem_of(authority: trustme.CA, folder: Path) -> str:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@both
def test_no_library_logs_the_values_of_a_query(sending: Sending, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)  # of every library
    with listening(answering(plain(b"{}"))) as address:
        sending(Request("GET", f"{address}/v1/customers?email=jo@canary.example"))
    assert "canary" not in caplog.text


def test_what_others_send_with_the_library_is_in_its_log_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "httpx2")
    with listening(answering(plain(b"{}"))) as address:
        httpx2.get(f"{address}/elsewhere", trust_env=False)
    assert "/elsewhere" in caplog.text


@pytest.mark.parametrize("kind", [HttpTransport, AsyncHttpTransport])
@pytest.mark.parametrize("proxy", ["http://p:canary", "canary://p"])
def test_a_proxy_that_is_no_address_is_named_by_its_variable_and_not_quoted(
    kind: type[HttpTransport], proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY") as caught:
        kind()
    assert "canary" not in "".join(traceback.format_exception(caught.value))
