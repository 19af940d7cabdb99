"""The way from any event loop to the one that the service runs on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from partnercenter import PreconditionFailedError
from partnercenter.client.asgi_transport import AsgiReceive, AsgiSend
from partnercenter.testing import PartnerCenterDouble
from partnercenter.testing.service_loop import ServiceLoop


def test_an_application_runs_on_its_loop_whoever_calls() -> None:
    loop = ServiceLoop()
    threads: list[int] = []
    sent: list[tuple[int, object]] = []

    async def application(scope: dict[str, object], receive: AsgiReceive, send: AsgiSend) -> None:
        threads.append(threading.get_ident())
        await send(await receive())

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"asked"}

    async def send(message: Mapping[str, object]) -> None:
        sent.append((threading.get_ident(), message["body"]))

    async def call() -> None:
        await loop.everywhere(application)({}, receive, send)

    asyncio.run(call())
    assert threads == [loop.call(threading.get_ident)] != [threading.get_ident()]
    assert sent == [(threading.get_ident(), b"asked")]


def test_of_many_threads_with_one_tag_one_is_accepted(partner_center: PartnerCenterDouble) -> None:
    billing = partner_center.client().profiles.billing_profile
    profile = billing.get()

    def update() -> bool:
        try:
            billing.update(profile)
        except PreconditionFailedError:
            return False
        return True

    partner_center.manners.allow_bad()
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda _: update(), range(8))) == 1
