"""The composition root: parts in, application out. A storage backend is named here and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.gate.permission import Permission
from partnercenter.service.storage import Storage
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.token_authority import SigningKeys, TokenAuthority
from partnercenter.wire.clouds import Cloud

DATABASE_NAME = "partnercenter.sqlite3"


def open_storage(folder: Path) -> closing[SqliteStorage]:
    """The SQLite storage of `folder`, closed at the end of the `with`."""
    return closing(SqliteStorage(folder / DATABASE_NAME))


def make_service(
    base_url: str,
    storage: Storage,
    keys: SigningKeys,
    replay_seconds: float,
    *,
    permission: Permission | None = None,
    clock: Callable[[], float] = time.time,
) -> Service:
    """The service that answers at `base_url`, with the published directory and the worldwide cloud's audience."""
    audience = Cloud.GLOBAL.addresses.audience
    return Service(
        storage=storage,
        authority=TokenAuthority(base_url, seed.DIRECTORY, keys, audience=audience, clock=clock),
        authentication=Authentication(
            keys=keys.public_keys(),
            authority=base_url,
            audience=audience,
            tenants=frozenset(tenant.id for tenant in seed.DIRECTORY.tenants),
            clock=clock,
        ),
        permission=permission or Permission(),
        replay_seconds=replay_seconds,
        clock=clock,
    )
