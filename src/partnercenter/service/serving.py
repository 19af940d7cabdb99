"""Run the service: folder, keys, storage, listening socket, ready line; and put all away again at the end."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from partnercenter.service import environment, http_server, retention, seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.gate.permission import Permission
from partnercenter.service.local_tls import LocalCa
from partnercenter.service.private_files import private_folder
from partnercenter.service.settings import IN_THE_FOLDER, LOOPBACK_HOSTS, ServiceSettings
from partnercenter.service.token_authority import SigningKeys


async def serve(settings: ServiceSettings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    announce: is given the ready line, once requests are answered.
    Raises OSError if the address or the folder cannot be had, FolderInUseError, StorageUnavailableError,
    NewerSchemaError, LocalCaError, SigningKeyError.
    """
    with private_folder(settings.data) as folder:
        await _serve(settings, folder, announce)


async def _serve(settings: ServiceSettings, folder: Path, announce: Callable[[str], None]) -> None:
    ca = None if settings.no_tls else LocalCa.load_or_create(folder)
    with (
        http_server.listen(settings.host, settings.port) as listener,
        open_storage(folder, settings.database) as storage,
    ):
        await storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles())
        base_url = _base_url(settings, listener.getsockname()[1])
        admin_token = secrets.token_urlsafe(32) if settings.admin else None
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
        )
        names = [settings.host, str(urlsplit(base_url).hostname)]
        tls: ssl.SSLContext | None = None if ca is None else ca.server_context(names)

        def ready() -> None:
            environment.publish(folder, environment.variables(base_url, ca, settings.cloud, admin_token))
            announce(f"Ready: {base_url} ({_where(settings, folder, listener.getsockname()[1])}; stop with Ctrl+C)")

        purging = asyncio.create_task(
            retention.keep_purging(
                storage,
                replay_seconds=service.replay_seconds,
                audit_days=settings.audit_days,
                clock=service.clock,
            )
        )
        try:
            await http_server.make_server(service, tls, ready).serve([listener])
        finally:
            purging.cancel()
            environment.withdraw(folder)


def run(settings: ServiceSettings, announce: Callable[[str], None]) -> None:
    """Serve in this thread. See serve."""
    asyncio.run(serve(settings, announce))


def _where(settings: ServiceSettings, folder: Path, port: int) -> str:
    """Where it listens, if that is not its URL, and where its data is."""
    listening = f"listening on {settings.host}:{port}; " if settings.base_url else ""
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
