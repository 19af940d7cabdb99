"""The table of profiles on the command line: what tells `partnercenter billing` from `partnercenter support`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias

import click

from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    P,
    SupportProfile,
)

if TYPE_CHECKING:
    from partnercenter import VettingVersion
    from partnercenter.client.resources import Profiles

Decorator: TypeAlias = Callable[[Callable[..., None]], Callable[..., None]]


@dataclass(frozen=True, slots=True)
class ProfileVerb(Generic[P]):
    """One row.

    word: the verb. title: how sentences call the profile. shape: its class.
    get: reads it; the text is what the option of this verb says, None if there is none or it is not given.
    update: replaces it; the text is a request id, None for a new one. None if nobody can.
    resource_type: what the audit calls it. read_only: members that the service sets, beside those of every profile.
    examples: assignments that `set` takes.
    option: what `get` takes beside the output, under the name `chosen`. example_of_option: how it is written.
    """

    word: str
    title: str
    shape: type[P]
    get: Callable[[Profiles, str | None], P]
    update: Callable[[Profiles, P, str | None], P] | None = None
    resource_type: str = ""
    read_only: tuple[str, ...] = ()
    examples: tuple[str, str] = ("", "")
    option: Decorator | None = None
    example_of_option: str = ""

    def send(self, profiles: Profiles, profile: P, request_id: str | None) -> P:
        """Replace the profile, of a verb whose profile somebody can change."""
        if self.update is None:
            raise TypeError(f"nobody can change the {self.title}")
        return self.update(profiles, profile, request_id)


VETTING_VERSIONS = ("none", "current", "last-finalized")
"""What `--vetting-version` takes: the names of the members of VettingVersion, which is loaded when it is needed."""


def _vetting_version(chosen: str | None) -> VettingVersion | None:
    from partnercenter import VettingVersion

    return VettingVersion[chosen.upper().replace("-", "_")] if chosen else None


BILLING: ProfileVerb[BillingProfile] = ProfileVerb(
    "billing",
    "billing profile",
    BillingProfile,
    get=lambda profiles, _: profiles.billing_profile.get(),
    update=lambda profiles, profile, request_id: profiles.billing_profile.update(profile, request_id=request_id),
    resource_type="partner_billing_profile",
    examples=("purchaseOrderNumber=9888", "address.city=Redmond"),
)
LEGAL: ProfileVerb[LegalBusinessProfile] = ProfileVerb(
    "legal",
    "legal business profile",
    LegalBusinessProfile,
    get=lambda profiles, chosen: profiles.legal_business_profile.get(_vetting_version(chosen)),
    update=lambda profiles, profile, request_id: profiles.legal_business_profile.update(profile, request_id=request_id),
    resource_type="partner_legal_business_profile",
    read_only=("vettingStatus", "vettingSubStatus"),
    examples=("companyApproverEmail=james@contoso.com", "primaryContact.firstName=James"),
    option=click.option(
        "--vetting-version", "chosen", type=click.Choice(VETTING_VERSIONS), help="Which version of it."
    ),
    example_of_option="--vetting-version last-finalized",
)
ORGANIZATION: ProfileVerb[OrganizationProfile] = ProfileVerb(
    "organization",
    "organization profile",
    OrganizationProfile,
    get=lambda profiles, _: profiles.organization_profile.get(),
    update=lambda profiles, profile, request_id: profiles.organization_profile.update(profile, request_id=request_id),
    resource_type="partner_organization_profile",
    read_only=("id", "tenantId", "domain"),
    examples=("culture=es-US", "defaultAddress.phoneNumber=4255550101"),
)
SUPPORT: ProfileVerb[SupportProfile] = ProfileVerb(
    "support",
    "support profile",
    SupportProfile,
    get=lambda profiles, _: profiles.support_profile.get(),
    update=lambda profiles, profile, request_id: profiles.support_profile.update(profile, request_id=request_id),
    resource_type="partner_support_profile",
    examples=("telephone=4255550101", "website=www.contoso.com"),
)
MPN: ProfileVerb[MpnProfile] = ProfileVerb(
    "mpn",
    "partner network profile",
    MpnProfile,
    get=lambda profiles, chosen: profiles.mpn_profile.get(chosen),
    option=click.option("--mpn-id", "chosen", metavar="DIGITS", help="That of another partner, by its id."),
    example_of_option="--mpn-id 4391507",
)
