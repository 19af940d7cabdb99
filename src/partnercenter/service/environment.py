"""What clients need to know of a running service, as environment variables and as a file beside its data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from partnercenter.service import seed
from partnercenter.service.seed import Seed
from partnercenter.service.token_authority import PublishedRefreshToken
from partnercenter.wire.clouds import Cloud

if TYPE_CHECKING:
    from partnercenter.service.local_tls import LocalCa  # who speaks without TLS does not load it

FILE_NAME = "environment.json"


def variables(
    base_url: str, ca: LocalCa | None, cloud: Cloud, admin_token: str | None, seeded: Seed = seed.PUBLISHED
) -> dict[str, str]:
    """The variables, published values included.

    ca: None if the service speaks plain HTTP. cloud: decides the audience that clients ask tokens for.
    admin_token: None unless the administration is switched on. seeded: who there is.
    """
    first, *others = seeded.directory.refresh_tokens
    found = {
        "PARTNERCENTER_CLOUD": cloud.value,
        "PARTNERCENTER_BASE_URL": base_url,
        "PARTNERCENTER_AUTHORITY": base_url,
        "PARTNERCENTER_TENANT_ID": _tenant_of(first, seeded),
        "PARTNERCENTER_CLIENT_ID": seed.APP_USER.id,
        "PARTNERCENTER_CLIENT_SECRET": seed.APP_USER.secret or "",
        "PARTNERCENTER_REFRESH_TOKEN": first.token,
        "PARTNERCENTER_APP_ONLY_CLIENT_ID": seed.APP_ONLY.id,
        "PARTNERCENTER_APP_ONLY_CLIENT_SECRET": seed.APP_ONLY.secret or "",
    }
    if others:
        found["PARTNERCENTER_SECOND_TENANT_ID"] = _tenant_of(others[0], seeded)
        found["PARTNERCENTER_SECOND_REFRESH_TOKEN"] = others[0].token
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


def _tenant_of(token: PublishedRefreshToken, seeded: Seed) -> str:
    user = seeded.directory.find_user(token.user_id)
    return user.tenant_id if user else ""


def publish(folder: Path, found: dict[str, str]) -> None:
    """Write the variables where `partnercenter env --data` finds them while the service runs."""
    from partnercenter.service.private_files import write_private  # whoever runs in one process publishes nothing

    write_private(folder / FILE_NAME, json.dumps(found, indent=2).encode())


def withdraw(folder: Path) -> None:
    """Take the file away: the service no longer runs."""
    (folder / FILE_NAME).unlink(missing_ok=True)
