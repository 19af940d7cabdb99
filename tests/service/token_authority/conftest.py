"""One key for the session; a fresh authority, clock and visitor for every test."""

from __future__ import annotations

import pytest

from partnercenter.service.token_authority import Accounts, SigningKeys, TokenAuthority
from tests.service.token_authority.people import BASE_URL, DIRECTORY
from tests.service.token_authority.visitor import Clock, Visitor


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SigningKeys:
    return SigningKeys.load_or_create(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts() -> Accounts:
    return Accounts(DIRECTORY)


@pytest.fixture
def authority(accounts: Accounts, keys: SigningKeys, clock: Clock) -> TokenAuthority:
    return TokenAuthority(BASE_URL, accounts, keys, clock=clock)


@pytest.fixture
def visitor(authority: TokenAuthority, keys: SigningKeys, clock: Clock, accounts: Accounts) -> Visitor:
    return Visitor(authority, keys, clock, accounts)
