"""May this caller do this?"""

from __future__ import annotations

import dataclasses

import pytest

from partnercenter.service.gate.permission import Access, require
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.roles import Role
from tests.service.stage import caller

ALLOWED = [
    (Role.GLOBAL_ADMIN, Access.READ),
    (Role.GLOBAL_ADMIN, Access.WRITE),
    (Role.BILLING_ADMIN, Access.READ),
    (Role.BILLING_ADMIN, Access.WRITE),
    (Role.HELPDESK, Access.READ),
]


@pytest.mark.parametrize(("role", "access"), ALLOWED)
def test_d18_the_role_allows_this(role: Role, access: Access) -> None:
    require(dataclasses.replace(caller(), roles=frozenset({role.value})), access)


REFUSED = {
    "A35-helpdesk-writes": ({"roles": frozenset({Role.HELPDESK.value})}, Access.WRITE, Reason.ROLE_NOT_ALLOWED),
    "D18-no-role-reads": ({"roles": frozenset()}, Access.READ, Reason.ROLE_NOT_ALLOWED),
    "D18-no-role-writes": ({"roles": frozenset()}, Access.WRITE, Reason.ROLE_NOT_ALLOWED),
    "D18-unknown-role": ({"roles": frozenset({"x"})}, Access.READ, Reason.ROLE_NOT_ALLOWED),
    "D15-app-only": ({"delegated": False}, Access.READ, Reason.APP_ONLY),
    "D16-no-mfa": ({"mfa": False}, Access.READ, Reason.MFA_REQUIRED),
    "app-only-before-mfa": ({"delegated": False, "mfa": False}, Access.READ, Reason.APP_ONLY),
    "mfa-before-role": ({"mfa": False, "roles": frozenset()}, Access.READ, Reason.MFA_REQUIRED),
}


@pytest.mark.parametrize(("changes", "access", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_the_caller_is_refused(changes: dict[str, object], access: Access, reason: Reason) -> None:
    with pytest.raises(Refusal) as refused:
        require(dataclasses.replace(caller(), **changes), access)  # type: ignore[arg-type]  # a table of changes
    assert refused.value.reason is reason


def test_d16_the_refusal_for_want_of_mfa_has_a_challenge() -> None:
    with pytest.raises(Refusal) as refused:
        require(dataclasses.replace(caller(), mfa=False), Access.READ)
    assert refused.value.to_response().headers.get("WWW-Authenticate") is not None
