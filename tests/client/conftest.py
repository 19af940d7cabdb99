"""Proxies of the environment, for both libraries that ask somebody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.listening import answering, listening, plain

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def use_proxy(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    for name in (*VARIABLES, "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in VARIABLES:
        monkeypatch.setenv(name, address)


@pytest.fixture
def dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment that nobody answers for."""
    use_proxy(monkeypatch, "http://127.0.0.1:1")


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What a proxy in the environment was asked; it refuses everything."""
    received: list[bytes] = []
    with listening(answering(plain(b"", "403 Forbidden"), received)) as address:
        use_proxy(monkeypatch, address)
        yield received
