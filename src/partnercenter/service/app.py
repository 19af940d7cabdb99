"""The composition root: parts in, application out. A storage backend is named here and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Pkce
from partnercenter.service.endpoints.admin import Admin
from partnercenter.service.gate import throttle
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.gate.faults import FaultPlan
from partnercenter.service.gate.permission import Permission
from partnercenter.service.gate.throttle import Rate, Throttle
from partnercenter.service.settings import IN_THE_FOLDER
from partnercenter.service.storage import AuditTrail, Storage
from partnercenter.service.storage.sqlite import SqliteStorage
from partnercenter.service.storage.sqlite_audit import open_audit_trail
from partnercenter.service.token_authority import Accounts, Directory, SigningKeys, TokenAuthority
from partnercenter.wire.clouds import Cloud

DATABASE_NAME = "partnercenter.sqlite3"


def open_storage(folder: Path, database: str = IN_THE_FOLDER) -> AbstractContextManager[Storage]:
    """The storage that `database` names, the SQLite file of `folder` or a PostgreSQL URL; closed after the `with`.

    Raises StorageUnavailableError, NewerSchemaError.
    """
    if database == IN_THE_FOLDER:
        return closing(SqliteStorage(folder / DATABASE_NAME))
    from partnercenter.service.storage.postgres import PostgresStorage

    return closing(PostgresStorage(database))


def open_audit(folder: Path, database: str = IN_THE_FOLDER) -> AbstractContextManager[AuditTrail]:
    """The audit of the same for reading alone, whether its service runs or not.

    Raises FileNotFoundError, StorageUnavailableError, NewerSchemaError.
    """
    if database != IN_THE_FOLDER:
        from partnercenter.service.storage import postgres_audit

        return postgres_audit.open_audit_trail(database)
    path = folder / DATABASE_NAME
    if not path.exists():
        raise FileNotFoundError(path)
    return open_audit_trail(path)


def make_service(
    base_url: str,
    storage: Storage,
    keys: SigningKeys,
    replay_seconds: float,
    *,
    cloud: Cloud = Cloud.GLOBAL,
    permission: Permission | None = None,
    rate: Rate = throttle.OFF,
    behaviour: Behaviour | None = None,
    admin_token: str | None = None,
    clock: Callable[[], float] = time.time,
    directory: Directory = seed.DIRECTORY,
) -> Service:
    """The service that answers at `base_url` as `cloud` does.

    admin_token: opens /admin, which is not there without one.
    clock: seconds since the epoch. Waiting is measured by a clock that never runs backwards.
    directory: the tenants, users and applications that the token authority knows.
    """
    behaviour = behaviour or Behaviour()
    accounts, faults = Accounts(directory), FaultPlan()
    return Service(
        storage=storage,
        authority=TokenAuthority(
            base_url, accounts, keys, cloud=cloud, pkce_always=behaviour.pkce is Pkce.ALWAYS, clock=clock
        ),
        authentication=Authentication(
            keys=keys.public_keys,
            authority=base_url,
            cloud=cloud,
            accounts=accounts,
            clock=clock,
        ),
        faults=faults,
        permission=permission or Permission(),
        throttle=Throttle(rate, time.monotonic),
        behaviour=behaviour,
        mpn_ids=seed.MPN_IDS,
        replay_seconds=replay_seconds,
        clock=clock,
        admin=Admin(admin_token, faults, accounts, keys, clock) if admin_token else None,
    )
