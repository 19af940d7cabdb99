"""The ceiling: the HTTP server of the service with an application that does nothing but answer a constant."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping

from bench.requests import BILLING
from partnercenter.service import http_server, seed

SIZE = 568
"""Bytes: about what a billing profile takes."""

_PROFILE = seed.FIRST_BILLING_PROFILE | {"profileType": "billing_profile"}
_BODY = json.dumps(_PROFILE).encode().ljust(SIZE)
_HEAD: dict[str, object] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % SIZE)],
}
_CONTENT: dict[str, object] = {"type": "http.response.body", "body": _BODY}


async def application(
    scope: Mapping[str, object],
    receive: Callable[[], Awaitable[Mapping[str, object]]],
    send: Callable[[dict[str, object]], Awaitable[None]],
) -> None:
    """Always the same answer."""
    await send(_HEAD)
    await send(_CONTENT)


def main() -> None:
    """Serve on a free port until stopped."""
    assert len(_BODY) == SIZE
    with http_server.listen("127.0.0.1", 0) as listener:
        callers = [(BILLING, "Bearer nobody")] * 256
        told = json.dumps({"port": listener.getsockname()[1], "callers": callers, "envelope": None})
        asyncio.run(http_server.make_server(application, None, lambda: print(told, flush=True)).serve([listener]))


if __name__ == "__main__":
    main()
