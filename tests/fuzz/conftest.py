"""A seeded service of each preset, whose answers are counted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.settings import Preset, read_settings
from tests.fuzz.counted import Counted
from tests.service.stage import BASE_URL, DAY, NOW, keys


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Preset], Counted]]:
    """Makes a service of a preset, over a fresh database."""
    with ExitStack() as opened:

        def make(preset: Preset) -> Counted:
            folder = tmp_path / preset.value
            folder.mkdir()
            storage = opened.enter_context(open_storage(folder))
            asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
            behaviour = read_settings({"preset": preset.value}).behaviour
            return Counted(make_service(BASE_URL, storage, keys(), DAY, behaviour=behaviour, clock=lambda: NOW))

        yield make
