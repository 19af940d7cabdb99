"""Who asks: what the service knows of a caller once its token has been verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """A verified identity. Everything a request may see or change is that of `tenant_id`.

    user_id: the user's object id, or the service principal's for an application alone.
    user_name: the user principal name; "" for an application alone.
    delegated: a signed-in user stands behind the call (App+User).
    application: an application alone makes the call (App-only). A token may also be neither; it then allows nothing.
    mfa: the user gave a second factor at sign-in.
    roles: template ids of the directory roles held.
    """

    tenant_id: str
    application_id: str
    user_id: str
    user_name: str
    delegated: bool
    application: bool
    mfa: bool
    roles: frozenset[str]
