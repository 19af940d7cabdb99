"""The table of profiles on the command line: what tells `partnercenter billing` from `partnercenter support`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias

import click

from partnercenter.client.profile_kinds import VettingVersion
from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    P,
    SupportProfile,
)

if TYPE_CHECKING:
    from partnercenter.client.resources import Profiles

Decorator: TypeAlias = Callable[[Callable[..., None]], Callable[..., None]]


@dataclass(frozen=True, slots=True)
class ProfileVerb(Generic[P]):
    """One row.

    word: the verb. title: how sentences call the profile.
    get: reads it; the text is what the option of this verb says, None if there is none or it is not given.
    update: replaces it; the text is a request id, None for a new one. None if nobody can.
    examples: assignments that `update --set` takes.
    option: what `get` takes beside the output, under the name `chosen`. example_of_option: how it is written.
    """

    word: str
    title: str
    get: Callable[[Profiles, str | None], P]
    update: Callable[[Profiles, P, str | None], P] | None = None
    examples: tuple[str, str] = ("", "")
    option: Decorator | None = None
    example_of_option: str = ""


_VETTING_VERSIONS = {version.name.lower().replace("_", "-"): version for version in VettingVersion}

BILLING: ProfileVerb[BillingProfile] = ProfileVerb(
    "billing",
    "billing profile",
    get=lambda profiles, _: profiles.billing_profile.get(),
    update=lambda profiles, profile, request_id: profiles.billing_profile.update(profile, request_id=request_id),
    examples=("purchaseOrderNumber=9888", "address.city=Redmond"),
)
LEGAL: ProfileVerb[LegalBusinessProfile] = ProfileVerb(
    "legal",
    "legal business profile",
    get=lambda profiles, chosen: profiles.legal_business_profile.get(_VETTING_VERSIONS[chosen] if chosen else None),
    update=lambda profiles, profile, request_id: profiles.legal_business_profile.update(profile, request_id=request_id),
    examples=("companyApproverEmail=james@contoso.com", "primaryContact.firstName=James"),
    option=click.option(
        "--vetting-version", "chosen", type=click.Choice(list(_VETTING_VERSIONS)), help="Which version of it."
    ),
    example_of_option="--vetting-version last-finalized",
)
ORGANIZATION: ProfileVerb[OrganizationProfile] = ProfileVerb(
    "organization",
    "organization profile",
    get=lambda profiles, _: profiles.organization_profile.get(),
    update=lambda profiles, profile, request_id: profiles.organization_profile.update(profile, request_id=request_id),
    examples=("culture=es-US", "defaultAddress.phoneNumber=4255550101"),
)
SUPPORT: ProfileVerb[SupportProfile] = ProfileVerb(
    "support",
    "support profile",
    get=lambda profiles, _: profiles.support_profile.get(),
    update=lambda profiles, profile, request_id: profiles.support_profile.update(profile, request_id=request_id),
    examples=("telephone=4255550101", "website=www.contoso.com"),
)
MPN: ProfileVerb[MpnProfile] = ProfileVerb(
    "mpn",
    "partner network profile",
    get=lambda profiles, chosen: profiles.mpn_profile.get(chosen),
    option=click.option("--mpn-id", "chosen", metavar="DIGITS", help="That of another partner, by its id."),
    example_of_option="--mpn-id 4391507",
)
