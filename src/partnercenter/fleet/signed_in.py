"""A client of one tenant, and who speaks through it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

from partnercenter import PartnerCenter


@dataclass(frozen=True, slots=True)
class SignedIn:
    """partner: the client. tenant_id, user: as the access token says; "" if it does not."""

    partner: PartnerCenter
    tenant_id: str
    user: str


Opener: TypeAlias = Callable[[str], AbstractContextManager[SignedIn]]
"""From a tenant's id or domain to a client that is signed in. Raises SignInError and whatever else the SDK raises."""
