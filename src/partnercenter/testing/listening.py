"""The double on a port of this machine, over TLS: for code that cannot be given a transport."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from partnercenter.service import environment
from partnercenter.service.asgi import Scope, Send, Service
from partnercenter.service.behaviour import Pkce
from partnercenter.service.double import Double
from partnercenter.service.gate.framing import Receive
from partnercenter.service.token_authority import SigningKeys, TokenAuthority
from partnercenter.testing.service_loop import ServiceLoop

_PATIENCE_SECONDS = 10.0


class _Elsewhere:
    """The same service under another address, of which its tokens are made."""

    def __init__(self, double: Double, keys: SigningKeys, base_url: str) -> None:
        self._double, self._keys, self._base_url = double, keys, base_url
        self._made_of: Service | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts = self._double.parts
        if parts is not self._made_of:
            self._made_of, self._service = parts, self._moved(parts)
        await self._service(scope, self._double.in_time(receive), send)

    def _moved(self, parts: Service) -> Service:
        authority = TokenAuthority(
            self._base_url,
            self._double.accounts,
            self._keys,
            cloud=parts.authentication.cloud,
            pkce_always=parts.behaviour.pkce is Pkce.ALWAYS,
            clock=parts.clock,
        )
        return replace(
            parts, authority=authority, authentication=replace(parts.authentication, authority=self._base_url)
        )


@contextmanager
def listening(double: Double, keys: SigningKeys, loop: ServiceLoop) -> Iterator[dict[str, str]]:
    """Listen until the end of the `with`, and give the PARTNERCENTER_… variables for it.

    The certificate authority is a new one, in a temporary folder. Raises OSError if nothing can listen here.
    """
    from partnercenter.service import http_server
    from partnercenter.service.local_tls import LocalCa

    with tempfile.TemporaryDirectory(prefix="partnercenter-") as folder, http_server.listen("127.0.0.1", 0) as socket:
        ca = LocalCa.load_or_create(Path(folder))
        base_url = f"https://localhost:{socket.getsockname()[1]}"
        ready = threading.Event()
        app = _Elsewhere(double, keys, base_url)
        server = http_server.make_server(app, ca.server_context(["localhost"]), ready.set)
        serving: Future[None] = asyncio.run_coroutine_threadsafe(server.serve([socket]), loop.loop)
        serving.add_done_callback(lambda _: ready.set())
        ready.wait(_PATIENCE_SECONDS)
        try:
            if serving.done():
                serving.result()  # why it could not begin
            yield environment.variables(base_url, ca, double.parts.authentication.cloud, None, double.seeded)
        finally:
            server.should_exit = True
            serving.result(_PATIENCE_SECONDS)
