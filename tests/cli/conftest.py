"""What the tests of the command line have in common."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter.cli.signing_in import session
from partnercenter.client.asgi_transport import application_loop
from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from tests.cli.stage import BASE_URL, Stage, keys


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Who holds a folder makes files for the owner alone from then on; here that is the process of the tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A Partner Center in this process, which is the one that every command opens."""
    (tmp_path / "data").mkdir()
    with open_storage(tmp_path / "data") as storage:
        seeding = storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles())
        asyncio.run_coroutine_threadsafe(seeding, application_loop()).result(timeout=30)
        found = Stage(make_service(BASE_URL, storage, keys(), 24 * 3600))
        monkeypatch.setattr(session, "open_partner_center", found.partner)
        yield found
