"""Which client speaks for which tenant: that of a context or of the exports, or that of a file of credentials."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import click

from partnercenter import ClientSettings, ConfigurationError, PartnerCenter, RefreshTokenCredential, SignInError
from partnercenter.cli import yaml_text
from partnercenter.cli.signing_in import access_claims, caller, secret_reference, session
from partnercenter.fleet.member_paths import meant
from partnercenter.fleet.signed_in import Opener, SignedIn
from partnercenter.wire import guid
from partnercenter.wire.json_text import JsonObject, JsonValue

LONGEST_FILE = 32 * 1024 * 1024
_SHARED = ("clientId", "clientSecret")
_MEMBERS = ("tenant", *_SHARED, "refreshToken")
_EXAMPLE = "credentials: [{tenant: contoso.com, clientId: ID, clientSecret: env:NAME, refreshToken: file:PATH}]"


def opener(credentials: Path | None) -> Opener:
    """How clients come about. credentials: the file that `--credentials` names, None for contexts and exports.

    Raises click.UsageError if it is no such file.
    """
    if credentials is None:
        return _of_session
    return _Credentials(*_read(credentials), credentials).open


@contextmanager
def _of_session(tenant: str) -> Iterator[SignedIn]:
    with session.open_for_tenant(tenant) as partner:
        yield _signed_in(partner, tenant)


def _signed_in(partner: PartnerCenter, tenant: str) -> SignedIn:
    """`partner`, and who it is. Raises SignInError if its token is one of another tenant than the file names."""
    claims = access_claims.of(partner.access_token())
    ours = str(claims.get("tid") or "")
    if ours and guid.read_guid(tenant) not in (None, ours.lower()):
        raise SignInError(f"Whoever is signed in for {tenant} is a user of the tenant {ours}.")
    return SignedIn(partner, ours, str(claims.get("upn") or claims.get("oid") or ""))


@dataclass
class _Credentials:
    """The credentials of a file; each is made once, so that what its sign-in renews is not forgotten."""

    settings: ClientSettings
    entries: dict[str, dict[str, str]] = field(repr=False)
    path: Path
    _made: dict[str, RefreshTokenCredential] = field(default_factory=dict, repr=False)
    _guard: Lock = field(default_factory=Lock, repr=False)

    @contextmanager
    def open(self, tenant: str) -> Iterator[SignedIn]:
        """See Opener."""
        with self._guard:
            credential = self._made.get(tenant) or self._made.setdefault(tenant, self._credential(tenant))
        try:
            with PartnerCenter(credential, settings=self.settings) as partner:
                yield _signed_in(partner, tenant)
        finally:
            credential.close()

    def _credential(self, tenant: str) -> RefreshTokenCredential:
        entry = self.entries.get(tenant)
        if entry is None:
            raise SignInError(f"{self.path} has no credential for {tenant}.", next_step="Add it under the same name.")
        secret = entry.get("clientSecret")
        return RefreshTokenCredential(
            entry["clientId"],
            self._secret("refresh token", entry["refreshToken"]),
            tenant_id=tenant,
            client_secret=self._secret("client secret", secret) if secret else None,
            authority=self.settings.authority_url,
            ca_bundle=self.settings.ca_bundle,
        )

    def _secret(self, name: str, written: str) -> str:
        kind, _, place = written.partition(":")
        if kind == "file":
            return secret_reference.read(name, f"file:{self.path.parent / place}")
        return secret_reference.read(name, written) if kind == "env" else written


def _read(path: Path) -> tuple[ClientSettings, dict[str, dict[str, str]]]:
    with path.open("rb") as file:
        _check_private(path, os.fstat(file.fileno()).st_mode)
        document = yaml_text.read(file.read(LONGEST_FILE + 1), str(path))
    listed = document.get("credentials") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(listed, list):
        raise click.UsageError(f"{path} has no list of credentials. Write it as in: {_EXAMPLE}")
    _check_members(document, (*_SHARED, "credentials"), str(path))
    shared: JsonObject = {name: document[name] for name in _SHARED if name in document}
    entries: dict[str, dict[str, str]] = {}
    for number, one in enumerate(listed, 1):
        entry = _entry(one, shared, f"{path}, credential {number}")
        tenant = entry["tenant"].lower()
        if tenant in entries:
            raise click.UsageError(f"{path}, credential {number}: the tenant {tenant} stands there twice.")
        entries[tenant] = entry
    return ClientSettings.from_env(caller.environment()), entries


def _entry(value: JsonValue, shared: JsonObject, where: str) -> dict[str, str]:
    """One credential. The refusals show no value: it may be a secret that stands in the wrong place."""
    if not isinstance(value, dict):
        raise click.UsageError(f"{where} is no object. Write it as in: {_EXAMPLE}")
    _check_members(value, _MEMBERS, where)
    entry: dict[str, str] = {}
    for name, one in (shared | value).items():
        if not isinstance(one, str) or not one:
            raise click.UsageError(f"{where}: {name} has to be a text, in quotes if it looks like a number.")
        entry[name] = one
    missing = [name for name in ("tenant", "clientId", "refreshToken") if name not in entry]
    if missing:
        raise click.UsageError(f"{where}: {', '.join(missing)} is missing.")
    return entry


def _check_members(value: JsonObject, known: tuple[str, ...], where: str) -> None:
    for name in value:
        if name not in known:
            close = meant(name, list(known))
            raise click.UsageError(
                f"{where} has a member that there is none of. It can have {', '.join(known)}.{close}"
            )


def _check_private(path: Path, mode: int) -> None:
    """Raise ConfigurationError if others can read the file; Windows has no such bits."""
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        raise ConfigurationError(
            f"{path} holds credentials, and others than its owner can read it.", next_step=f"chmod 600 {path}"
        )
