"""What the tests of the command line have in common."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Who holds a folder makes files for the owner alone from then on; here that is the process of the tests."""
    before = os.umask(0o022)
    yield
    os.umask(before)
