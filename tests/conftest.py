"""Fixtures that several rooms of the tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres_server import RunningPostgres, running_postgres
from tests.running_service import RunningService, running_service


@pytest.fixture(scope="session")
def local_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One real service over real TLS for all tests that do not stop it."""
    with running_service(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture(scope="session")
def postgres() -> Iterator[RunningPostgres]:
    """One real PostgreSQL for all tests that do not stop it, started when the first one asks; one for each worker."""
    with running_postgres() as server:
        yield server
