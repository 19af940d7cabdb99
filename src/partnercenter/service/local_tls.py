"""TLS for a local service: a CA of its own, made at the first start, and a certificate for this machine's names."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
import trustme

from partnercenter.service.private_files import write_private

# Browsers and the Go and Node runtimes refuse server certificates that live longer than 825 days.
_CERTIFICATE_DAYS = 397
_NAMES = ("localhost", "127.0.0.1", "::1")


class LocalCaError(Exception):
    """The files of the local CA cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class LocalCa:
    """A certificate authority in a folder: `ca.pem`, `ca-key.pem` (0600) and `ca-bundle.pem`.

    certificate: what clients must trust. bundle: the system's authorities and this one in one file, for
    tools that take one file only.
    """

    authority: trustme.CA
    certificate: Path
    bundle: Path

    @classmethod
    def load_or_create(cls, folder: Path) -> LocalCa:
        """The CA of `folder`, made if there is none. Raises LocalCaError if its files are damaged."""
        certificate, key = folder / "ca.pem", folder / "ca-key.pem"
        if certificate.exists() and key.exists():
            authority = _load(certificate, key)
        else:
            authority = trustme.CA(
                organization_name="Local Partner Center (not Microsoft)",
                organization_unit_name="test only",
            )
            write_private(key, authority.private_key_pem.bytes())
            write_private(certificate, authority.cert_pem.bytes())
        bundle = folder / "ca-bundle.pem"
        write_private(bundle, _system_authorities() + authority.cert_pem.bytes())
        return cls(authority, certificate, bundle)

    def server_context(self, hosts: Iterable[str]) -> ssl.SSLContext:
        """What a server that is reached as `hosts` shows: a fresh certificate for them and this machine's names."""
        expires = datetime.now(UTC) + timedelta(days=_CERTIFICATE_DAYS)
        names = dict.fromkeys((*_NAMES, *hosts))
        certificate = self.authority.issue_cert(*names, not_after=expires)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        certificate.configure_cert(context)
        return context


def _load(certificate: Path, key: Path) -> trustme.CA:
    try:
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    except (ValueError, TypeError):
        raise LocalCaError(
            f"{certificate} or {key.name} is damaged. Delete both: a new local CA is made, and clients must trust that."
        ) from None


def _system_authorities() -> bytes:
    """The authorities that this machine trusts, as PEM; those of certifi if it keeps none in a file."""
    trusted = ssl.create_default_context().get_ca_certs(binary_form=True)
    if not trusted:
        return Path(certifi.where()).read_bytes()
    return "".join(map(ssl.DER_cert_to_PEM_cert, trusted)).encode()
