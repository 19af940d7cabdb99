"""The table of profiles that a file can change: what tells `billing:` from `support:`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    OrganizationProfile,
    Profile,
    SupportProfile,
)

if TYPE_CHECKING:
    from partnercenter.client.resources import ProfileOperations, Profiles


@dataclass(frozen=True, slots=True)
class Kind:
    """One row.

    word: its name in the file, which is that of the verb. title: how sentences call it.
    attribute: under which name the SDK offers it. shape: its class.
    set_by_service: members that a PUT cannot change (decision 7). fixed: members that keep the value which they got
        first (decision 6).
    """

    word: str
    title: str
    attribute: str
    shape: type[Profile]
    set_by_service: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()

    def operations(self, profiles: Profiles) -> ProfileOperations[Profile]:
        """How the SDK reads and replaces it."""
        # Which class goes with which attribute is known to this table alone.
        return cast("ProfileOperations[Profile]", getattr(profiles, self.attribute))


_ROWS = (
    Kind("billing", "billing profile", "billing_profile", BillingProfile, fixed=("billingCurrency",)),
    Kind(
        "legal",
        "legal business profile",
        "legal_business_profile",
        LegalBusinessProfile,
        set_by_service=("vettingStatus", "vettingSubStatus"),
    ),
    Kind(
        "organization",
        "organization profile",
        "organization_profile",
        OrganizationProfile,
        set_by_service=("id", "tenantId", "domain"),
    ),
    Kind("support", "support profile", "support_profile", SupportProfile),
)

KINDS = {kind.word: kind for kind in _ROWS}
SET_BY_SERVICE = ("links", "attributes", "profileType")
"""Members of every profile that the service sets."""
