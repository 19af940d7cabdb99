"""The database of PostgreSQL for these tests: each one finds it empty."""

from __future__ import annotations

import pytest

from partnercenter.service.storage.schema import prepare_postgres
from tests.emptied_postgres import empty
from tests.postgres_server import RunningPostgres


@pytest.fixture(scope="session")
def prepared_database(postgres: RunningPostgres) -> str:
    """The URL of a database that has the schema."""
    url = postgres.new_database(name="prepared")
    prepare_postgres(url)
    return url


@pytest.fixture
def database(prepared_database: str) -> str:
    """The same, without rows."""
    empty(prepared_database)
    return prepared_database
