"""Run the service: folder, keys, storage, listening socket, ready line; and put all away again at the end."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from partnercenter.service import environment, http_server, retention, seed
from partnercenter.service.admin_token import named_token, random_token
from partnercenter.service.app import DATABASE_NAME, make_service, open_storage
from partnercenter.service.asgi import Scope, Send
from partnercenter.service.double import Double
from partnercenter.service.gate.framing import Receive
from partnercenter.service.gate.permission import Permission
from partnercenter.service.local_tls import LocalCa
from partnercenter.service.private_files import private_folder
from partnercenter.service.seed import Seed
from partnercenter.service.seed_document import read_seed
from partnercenter.service.seed_file import seed_of
from partnercenter.service.settings import IN_THE_FOLDER, LOOPBACK_HOSTS, ServiceSettings
from partnercenter.service.storage import Storage
from partnercenter.service.storage.batches import MOST_AT_ONCE
from partnercenter.service.token_authority import SigningKeys
from partnercenter.wire.json_text import JsonValue


async def serve(settings: ServiceSettings, announce: Callable[[str], None], seed_document: JsonValue = None) -> None:
    """Serve until SIGINT or SIGTERM.

    announce: is given the ready line, once requests are answered. seed_document: what the file that --seed names says.
    Raises OSError if the address or the folder cannot be had, FolderInUseError, StorageUnavailableError,
    NewerSchemaError, LocalCaError, SigningKeyError, SettingsError, SeedError.
    """
    with private_folder(settings.data) as folder:
        ca = None if settings.no_tls else LocalCa.load_or_create(folder)
        with http_server.listen(settings.host, settings.port) as listener:
            base_url = _base_url(settings, listener.getsockname()[1])
            compose = _for_tests if settings.test else _for_use
            async with compose(settings, folder, base_url, seed_document) as running:
                names = [settings.host, str(urlsplit(base_url).hostname)]
                tls: ssl.SSLContext | None = None if ca is None else ca.server_context(names)

                def publish(seeded: Seed) -> None:
                    found = environment.variables(base_url, ca, settings.cloud, running.admin_token, seeded)
                    environment.publish(folder, found)

                def ready() -> None:
                    publish(running.seeded)
                    port = listener.getsockname()[1]
                    announce(f"Ready: {base_url} ({_where(settings, folder, port)}; stop with Ctrl+C)")

                running.told_of_seeds(publish)
                purging = asyncio.create_task(
                    retention.keep_purging(
                        running.storage,
                        replay_seconds=settings.replay_hours * 3600,
                        audit_days=settings.audit_days,
                        clock=running.clock,
                    )
                )
                try:
                    await http_server.make_server(running.app, tls, ready).serve([listener])
                finally:
                    purging.cancel()
                    environment.withdraw(folder)


def run(settings: ServiceSettings, announce: Callable[[str], None], seed_document: JsonValue = None) -> None:
    """Serve in this thread. See serve."""
    asyncio.run(serve(settings, announce, seed_document))


@dataclass(frozen=True, slots=True)
class _Running:
    """What is served. clock: seconds since the epoch. told_of_seeds: takes who is told when other partners come."""

    app: Callable[[Scope, Receive, Send], Awaitable[None]]
    storage: Storage
    clock: Callable[[], float]
    admin_token: str | None
    seeded: Seed
    told_of_seeds: Callable[[Callable[[Seed], None]], None] = lambda _: None


@asynccontextmanager
async def _for_use(
    settings: ServiceSettings, folder: Path, base_url: str, seed_document: JsonValue
) -> AsyncIterator[_Running]:
    """The service that keeps what it is told."""
    seeded = seed_of(folder, seed_document, has_data=(folder / DATABASE_NAME).exists())
    with open_storage(folder, settings.database) as storage:
        await _add_missing_profiles(storage, seeded)
        admin_token = random_token() if settings.admin else None
        service = make_service(
            base_url,
            storage,
            SigningKeys.load_or_create(folder),
            settings.replay_hours * 3600,
            cloud=settings.cloud,
            permission=Permission(settings.mfa, bool(settings.roles)),
            rate=settings.throttle,
            behaviour=settings.behaviour,
            admin_token=admin_token,
            directory=seeded.directory,
            mpn_ids=seeded.mpn_ids,
        )
        yield _Running(service, storage, service.clock, admin_token, seeded)


@asynccontextmanager
async def _for_tests(
    settings: ServiceSettings, folder: Path, base_url: str, seed_document: JsonValue
) -> AsyncIterator[_Running]:
    """The service that forgets everything at its end, and before if it is asked to."""
    seeded = seed.PUBLISHED if seed_document is None else read_seed(seed_document)
    admin_token = named_token(os.environ)
    keys = SigningKeys.load_or_create(folder)
    # Whoever waits for a slow answer here waits outside of this process, by a clock that is not ours to advance.
    double = Double(
        keys, base_url=base_url, settings=settings, admin_token=admin_token, seeded=seeded, wait=asyncio.sleep
    )

    def told_of_seeds(whom: Callable[[Seed], None]) -> None:
        double.on_seed = whom

    with closing(double):
        yield _Running(double, double.storage, double.clock.now, admin_token, seeded, told_of_seeds)


async def _add_missing_profiles(storage: Storage, seeded: Seed) -> None:
    commands = [seed.AddMissingProfiles({tenant_id: kinds}) for tenant_id, kinds in seeded.profiles.items()]
    for first in range(0, len(commands), MOST_AT_ONCE):
        portion = commands[first : first + MOST_AT_ONCE]
        await asyncio.gather(*(storage.transact(seed.add_missing_profiles, command) for command in portion))


def _where(settings: ServiceSettings, folder: Path, port: int) -> str:
    """Where it listens, if that is not its URL, and where its data is."""
    listening = f"listening on {settings.host}:{port}; " if settings.base_url else ""
    if settings.test:
        return listening + f"test mode, data in memory, keys in {folder}"
    return listening + (
        f"data in {folder}" if settings.database == IN_THE_FOLDER else f"data in PostgreSQL, keys in {folder}"
    )


def _base_url(settings: ServiceSettings, port: int) -> str:
    if settings.base_url:
        return settings.base_url.rstrip("/")
    scheme = "http" if settings.no_tls else "https"
    # A wildcard address and 127.0.0.1 are reached as localhost; the certificate is for that name.
    local = settings.host in (*LOOPBACK_HOSTS, "0.0.0.0", "::")
    host = "localhost" if local else f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}"
