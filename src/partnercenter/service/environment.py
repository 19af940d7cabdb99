"""What clients need to know of a running service, as environment variables and as a file beside its data."""

from __future__ import annotations

import json
from pathlib import Path

from partnercenter.service import seed
from partnercenter.service.local_tls import LocalCa
from partnercenter.service.private_files import write_private
from partnercenter.wire.clouds import Cloud

FILE_NAME = "environment.json"


def variables(base_url: str, ca: LocalCa | None, cloud: Cloud, admin_token: str | None) -> dict[str, str]:
    """The variables, published values included.

    ca: None if the service speaks plain HTTP. cloud: decides the audience that clients ask tokens for.
    admin_token: None unless the administration is switched on.
    """
    found = {
        "PARTNERCENTER_CLOUD": cloud.value,
        "PARTNERCENTER_BASE_URL": base_url,
        "PARTNERCENTER_AUTHORITY": base_url,
        "PARTNERCENTER_TENANT_ID": seed.FIRST_TENANT.id,
        "PARTNERCENTER_CLIENT_ID": seed.APP_USER.id,
        "PARTNERCENTER_CLIENT_SECRET": seed.APP_USER.secret or "",
        "PARTNERCENTER_REFRESH_TOKEN": seed.FIRST_REFRESH_TOKEN.token,
        "PARTNERCENTER_APP_ONLY_CLIENT_ID": seed.APP_ONLY.id,
        "PARTNERCENTER_APP_ONLY_CLIENT_SECRET": seed.APP_ONLY.secret or "",
        "PARTNERCENTER_SECOND_TENANT_ID": seed.SECOND_TENANT.id,
        "PARTNERCENTER_SECOND_REFRESH_TOKEN": seed.SECOND_REFRESH_TOKEN.token,
    }
    if admin_token is not None:
        found["PARTNERCENTER_ADMIN_TOKEN"] = admin_token
    if ca is None:
        return found
    certificate, bundle = str(ca.certificate.resolve()), str(ca.bundle.resolve())
    return found | {
        "PARTNERCENTER_CA_BUNDLE": certificate,
        "SSL_CERT_FILE": bundle,
        "REQUESTS_CA_BUNDLE": bundle,
        "NODE_EXTRA_CA_CERTS": certificate,
    }


def publish(folder: Path, found: dict[str, str]) -> None:
    """Write the variables where `partnercenter env --data` finds them while the service runs."""
    write_private(folder / FILE_NAME, json.dumps(found, indent=2).encode())


def withdraw(folder: Path) -> None:
    """Take the file away: the service no longer runs."""
    (folder / FILE_NAME).unlink(missing_ok=True)
