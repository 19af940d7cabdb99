"""A seeded database and a service over it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.double import Double
from partnercenter.service.storage.sqlite import SqliteStorage
from tests.service.doubled import make_double
from tests.service.stage import BASE_URL, DAY, NOW, Desk, keys


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The operations over a seeded database."""
    path = tmp_path / "partnercenter.sqlite3"
    storage = SqliteStorage(path)
    try:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        yield Desk(storage, path)
    finally:
        storage.close()


@pytest.fixture
def service(desk: Desk) -> Service:
    """The whole service over the desk's database, at a time that stands still."""
    return make_service(BASE_URL, desk.storage, keys(), DAY, clock=lambda: NOW)


@pytest.fixture
def double() -> Iterator[Double]:
    """A Partner Center for tests, with its administration."""
    double = make_double()
    yield double
    double.close()
