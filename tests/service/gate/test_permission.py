"""May this caller do this?"""

from __future__ import annotations

import dataclasses

import pytest

from partnercenter.service.gate.permission import Access, MfaMode, Permission
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.messages import Headers
from partnercenter.wire.roles import Role
from tests.service.stage import caller

ALLOWED = [
    (Role.GLOBAL_ADMIN, Access.READ),
    (Role.GLOBAL_ADMIN, Access.WRITE),
    (Role.BILLING_ADMIN, Access.READ),
    (Role.BILLING_ADMIN, Access.WRITE),
    (Role.ADMIN_AGENT, Access.READ),
    (Role.ADMIN_AGENT, Access.WRITE),
    (Role.HELPDESK, Access.READ),
    (Role.SALES_AGENT, Access.READ),
]


@pytest.mark.parametrize(("role", "access"), ALLOWED)
def test_d18_the_role_allows_this(role: Role, access: Access) -> None:
    Permission().require(dataclasses.replace(caller(), roles=frozenset({role.value})), access, application=False)


REFUSED = {
    "A35-helpdesk-writes": ({"roles": frozenset({Role.HELPDESK.value})}, Access.WRITE, Reason.ROLE_NOT_ALLOWED),
    "D18-no-role-reads": ({"roles": frozenset()}, Access.READ, Reason.ROLE_NOT_ALLOWED),
    "D18-no-role-writes": ({"roles": frozenset()}, Access.WRITE, Reason.ROLE_NOT_ALLOWED),
    "D18-unknown-role": ({"roles": frozenset({"x"})}, Access.READ, Reason.ROLE_NOT_ALLOWED),
    "D18-sales-agent-writes": ({"roles": frozenset({Role.SALES_AGENT.value})}, Access.WRITE, Reason.ROLE_NOT_ALLOWED),
    "D15-app-only": ({"delegated": False, "application": True}, Access.READ, Reason.APP_ONLY),
    "A33-neither": ({"delegated": False}, Access.READ, Reason.APP_ONLY),
    "D16-no-mfa": ({"mfa": False}, Access.READ, Reason.MFA_REQUIRED),
    "app-only-before-mfa": ({"delegated": False, "mfa": False}, Access.READ, Reason.APP_ONLY),
    "mfa-before-role": ({"mfa": False, "roles": frozenset()}, Access.READ, Reason.MFA_REQUIRED),
}


@pytest.mark.parametrize(("changes", "access", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_the_caller_is_refused(changes: dict[str, object], access: Access, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        Permission().require(dataclasses.replace(caller(), **changes), access, application=False)  # type: ignore[arg-type]  # a table of changes
    assert refused.value.reason is reason


def test_d16_the_refusal_for_want_of_mfa_has_a_challenge() -> None:
    with pytest.raises(Refusal) as refused:
        Permission().require(dataclasses.replace(caller(), mfa=False), Access.READ, application=False)
    assert refused.value.to_response().headers.get("WWW-Authenticate") is not None


@pytest.mark.parametrize("mode", [MfaMode.OFF, MfaMode.OBSERVE])
def test_d16_a_user_without_a_second_factor_passes_unless_mfa_is_enforced(mode: MfaMode) -> None:
    Permission(mfa=mode).require(dataclasses.replace(caller(), mfa=False), Access.WRITE, application=False)


def test_an_application_alone_may_do_what_is_open_to_it() -> None:
    alone = dataclasses.replace(caller(), delegated=False, application=True, mfa=False, roles=frozenset())
    Permission().require(alone, Access.READ, application=True)


def test_a33_a_token_that_is_neither_may_not_do_what_is_open_to_applications() -> None:
    neither = dataclasses.replace(caller(), delegated=False)
    with pytest.raises(Refusal) as refused:
        Permission().require(neither, Access.READ, application=True)
    assert refused.value.reason is Reason.APP_ONLY


def test_d18_roles_can_be_switched_off() -> None:
    Permission(roles=False).require(dataclasses.replace(caller(), roles=frozenset()), Access.WRITE, application=False)


REPORTS = {
    "asked-with-mfa": (MfaMode.ENFORCE, "true", True, [("isMfaCompliant", "true")]),
    "asked-without-mfa": (MfaMode.OBSERVE, "true", False, [("isMfaCompliant", "false")]),
    "any-casing": (MfaMode.OBSERVE, "True", True, [("isMfaCompliant", "true")]),
    "not-asked": (MfaMode.ENFORCE, "false", True, []),
    "off": (MfaMode.OFF, "true", True, []),
}


@pytest.mark.parametrize(("mode", "asked", "mfa", "told"), REPORTS.values(), ids=REPORTS.keys())
def test_d16_who_asks_is_told_whether_the_token_has_the_second_factor(
    mode: MfaMode, asked: str, mfa: bool, told: list[tuple[str, str]]
) -> None:
    lines = Headers({"ValidateMfa": asked})
    assert Permission(mfa=mode).report_mfa(lines, dataclasses.replace(caller(), mfa=mfa)) == told
