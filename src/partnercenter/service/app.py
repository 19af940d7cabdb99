"""The composition root: parts in, application out. A storage backend is named here and nowhere else."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Container
from contextlib import AbstractContextManager, closing
from pathlib import Path

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.service.behaviour import Behaviour, Pkce
from partnercenter.service.endpoints.admin import Admin
from partnercenter.service.endpoints.admin_controls import Controls
from partnercenter.service.endpoints.admin_test_mode import Resettable
from partnercenter.service.gate import throttle
from partnercenter.service.gate.authentication import Authentication
from partnercenter.service.gate.faults import FaultPlan
from partnercenter.service.gate.journal import Journal
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
    monotonic: Callable[[], float] = time.monotonic,
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    directory: Directory = seed.DIRECTORY,
    mpn_ids: Container[str] = seed.MPN_IDS,
    faults: FaultPlan | None = None,
    journal: Journal | None = None,
    test_mode: Resettable | None = None,
) -> Service:
    """The service that answers at `base_url` as `cloud` does.

    admin_token: opens /admin, which is not there without one.
    clock: seconds since the epoch. monotonic: seconds that never run backwards, by which waiting is measured.
    wait: lets seconds pass, for a planned fault that takes its time.
    directory: the tenants, users and applications that the token authority knows. mpn_ids: of all partners.
    faults, journal: those of who keeps them beyond this service. Without a journal one is kept for /admin alone.
    test_mode: what /admin can do with a service for tests beyond that; None for any other service.
    """
    behaviour = behaviour or Behaviour()
    accounts, faults = Accounts(directory), FaultPlan() if faults is None else faults
    journal = Journal() if journal is None and admin_token else journal
    if journal is not None:
        journal.hide(_published_secrets(directory) | {admin_token or ""})
    administration = (
        Admin(admin_token, Controls(faults, accounts, keys, clock), journal, test_mode)
        if admin_token and journal is not None
        else None
    )
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
        throttle=Throttle(rate, monotonic),
        behaviour=behaviour,
        mpn_ids=mpn_ids,
        wait=wait,
        replay_seconds=replay_seconds,
        clock=clock,
        admin=administration,
        journal=journal,
    )


def _published_secrets(directory: Directory) -> set[str]:
    return {
        *(user.password for user in directory.users),
        *(application.secret or "" for application in directory.applications),
        *(token.token for token in directory.refresh_tokens),
    }
