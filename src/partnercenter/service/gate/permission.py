"""May this caller do this? App+User, a second factor, and a role that allows it."""

from __future__ import annotations

from enum import Enum

from partnercenter.service.caller import Caller
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.roles import Role


class Access(Enum):
    """What an endpoint lets its caller do."""

    READ = "read"
    WRITE = "write"


_WRITERS = {Role.GLOBAL_ADMIN.value, Role.BILLING_ADMIN.value}
_ALLOWED = {Access.WRITE: _WRITERS, Access.READ: {*_WRITERS, Role.HELPDESK.value}}


def require(caller: Caller, access: Access) -> None:
    """Refuse an application without a user, a user without a second factor, and one without a fitting role."""
    if not caller.delegated:
        raise Refusal(Reason.APP_ONLY)
    if not caller.mfa:
        # RFC 6750 §3: a 401 names what would be accepted.
        raise Refusal(Reason.MFA_REQUIRED, lines=[(headers.WWW_AUTHENTICATE, 'Bearer error="invalid_token"')])
    if not caller.roles & _ALLOWED[access]:
        raise Refusal(Reason.ROLE_NOT_ALLOWED)
