"""The table of profile kinds: what tells one profile from another. The mechanism is the same for all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from partnercenter.rules import billing_rules
from partnercenter.wire.profiles import BillingProfile
from partnercenter.wire.shapes import Violation

P = TypeVar("P", bound=BillingProfile)


@dataclass(frozen=True, slots=True)
class ProfileKind(Generic[P]):
    """One row.

    name: its key in storage. path: below the versioned base; also the profile's link to itself.
    object_type: its name in `attributes.objectType` and `profileType`.
    operation_type: the word under which an update is audited.
    kept: members that a PUT cannot clear: null and absent leave the stored value.
    fixed: members that keep the value which they got first; another value is a violation.
    violations: the rules beyond the shape.
    """

    name: str
    path: str
    shape: type[P]
    object_type: str
    operation_type: str
    kept: tuple[str, ...]
    fixed: tuple[str, ...]
    violations: Callable[[P], list[Violation]]


BILLING = ProfileKind(
    name="billing",
    path="/profiles/billing",
    shape=BillingProfile,
    object_type="BillingProfile",
    operation_type="update_partner_billing_profile",
    kept=("company_name", "address", "primary_contact", "billing_day", "billing_currency"),
    fixed=("billing_currency",),
    violations=billing_rules.violations,
)
