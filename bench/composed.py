"""The product composed with a directory as large as a measurement needs, everything else as `serve` does it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench import partners
from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import Service
from partnercenter.service.operations.profile_kinds import BILLING
from partnercenter.service.token_authority import SigningKeys

REPLAY_SECONDS = 24 * 3600.0


@asynccontextmanager
async def service(
    folder: Path, database: str, base_url: str, ids: Sequence[str], *, keys: SigningKeys | None = None
) -> AsyncIterator[tuple[Service, SigningKeys]]:
    """The service over a database in which the published tenants and `ids` have their profiles, and its keys.

    keys: None = those of the folder, made if it has none, which takes a while.
    """
    keys = keys or signing_keys(folder)
    missing = seed.AddMissingProfiles(seed.PROFILES | {one: {BILLING.name: seed.FIRST_BILLING_PROFILE} for one in ids})
    with open_storage(folder, database) as storage:
        await storage.transact(seed.add_missing_profiles, missing)
        yield make_service(base_url, storage, keys, REPLAY_SECONDS, directory=partners.directory(ids)), keys


def signing_keys(folder: Path) -> SigningKeys:
    """The keys of the folder, made if it has none."""
    return SigningKeys.load_or_create(folder)
