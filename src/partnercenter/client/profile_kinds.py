"""The table of profiles: what tells one from another for somebody who asks for it. The conversation is one for all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Generic

from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    P,
    SupportProfile,
)


class VettingVersion(Enum):
    """Which version of the legal business profile is wanted ("Get the legal business profile").

    NONE: the service's own choice. CURRENT: with the vetting that goes on. LAST_FINALIZED: whose vetting has ended.
    """

    NONE = "None"
    CURRENT = "Current"
    LAST_FINALIZED = "LastFinalized"


@dataclass(frozen=True, slots=True)
class ProfileKind(Generic[P]):
    """One row (Partner Center profile resources).

    name: what messages call it. path: of the resource; GET and PUT have the same one.
    """

    name: str
    shape: type[P]
    path: str


BILLING = ProfileKind("billing profile", BillingProfile, "/v1/profiles/billing")
LEGAL_BUSINESS = ProfileKind("legal business profile", LegalBusinessProfile, "/v1/profiles/legalbusiness")
ORGANIZATION = ProfileKind("organization profile", OrganizationProfile, "/v1/profiles/organization")
# The page "Update the support profile" names /v1/profiles/supportprofile for the PUT; the .NET, Java and Python
# clients all send it to the path of the GET, so that is the one known to work.
SUPPORT = ProfileKind("support profile", SupportProfile, "/v1/profiles/support")
MPN = ProfileKind("partner network profile", MpnProfile, "/v1/profiles/mpn")
