"""May this caller do this? App+User, a second factor, and a role that allows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from partnercenter.service.caller import Caller
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers
from partnercenter.wire.roles import Role


class Access(Enum):
    """What an endpoint lets its caller do. NONE: nothing that a role would have to allow."""

    NONE = "none"
    READ = "read"
    WRITE = "write"


class MfaMode(Enum):
    """What becomes of a user without a second factor.

    OFF: nothing. OBSERVE: it is let through, and told so if it asks with `ValidateMfa`. ENFORCE: 401/900421.
    """

    OFF = "off"
    OBSERVE = "observe"
    ENFORCE = "enforce"


_WRITERS = {Role.GLOBAL_ADMIN.value, Role.BILLING_ADMIN.value, Role.ADMIN_AGENT.value}
_ALLOWED = {Access.WRITE: _WRITERS, Access.READ: {*_WRITERS, Role.HELPDESK.value, Role.SALES_AGENT.value}}


@dataclass(frozen=True, slots=True)
class Permission:
    """What is asked of a caller. mfa: of the second factor. roles: whether roles decide at all."""

    mfa: MfaMode = MfaMode.ENFORCE
    roles: bool = True

    def require(self, caller: Caller, access: Access, *, application: bool) -> None:
        """Refuse a user without a second factor or without a fitting role, and an application without a user.

        application: the operation takes App-only tokens too; they carry no roles of people.
        """
        if application and caller.application:
            return
        if not caller.delegated:
            raise Refusal(Reason.APP_ONLY)
        if self.mfa is MfaMode.ENFORCE and not caller.mfa:
            # RFC 6750 §3: a 401 names what would be accepted.
            raise Refusal(Reason.MFA_REQUIRED, lines=[(headers.WWW_AUTHENTICATE, 'Bearer error="invalid_token"')])
        if self.roles and access is not Access.NONE and not caller.roles & _ALLOWED[access]:
            raise Refusal(Reason.ROLE_NOT_ALLOWED)

    def report_mfa(self, asked: Headers, caller: Caller) -> list[tuple[str, str]]:
        """The line that a client gets which asks with `ValidateMfa: true` (Partner Center authentication)."""
        if self.mfa is MfaMode.OFF or (asked.get(headers.VALIDATE_MFA) or "").lower() != "true":
            return []
        return [(headers.IS_MFA_COMPLIANT, "true" if caller.mfa else "false")]
