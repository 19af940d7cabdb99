"""One key for the session; a fresh authority, clock and visitor for every test."""

from __future__ import annotations

import pytest

from partnercenter.service.token_authority import SigningKeys, TokenAuthority
from tests.service.token_authority.people import AUDIENCE, BASE_URL, DIRECTORY
from tests.service.token_authority.visitor import Clock, Visitor


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return SigningKeys.load_or_create(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authority(keys: SigningKeys, clock: Clock) -> TokenAuthority:
    return TokenAuthority(BASE_URL, DIRECTORY, keys, audience=AUDIENCE, clock=clock)


@pytest.fixture
def visitor(authority: TokenAuthority, keys: SigningKeys, clock: Clock) -> Visitor:
    return Visitor(authority, keys, clock)
