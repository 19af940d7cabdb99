"""The table of profile kinds: what tells one profile from another. The mechanism is the same for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    P,
    SupportProfile,
)


@dataclass(frozen=True, slots=True)
class ProfileKind(Generic[P]):
    """One row (Partner Center profile resources, and the pages that get and update each profile).

    name: its key in storage, and the path of its resource below `/profiles/`.
    self_uri: the profile's link to itself, as the published examples print it.
    object_type: its name in `attributes.objectType`. profile_type: its name in `profileType`.
    operation_type: the word under which an update is audited, our own: the documented list has none for it.
    required: members that a PUT cannot clear: null and absent leave the stored value, or are refused.
    kept: likewise, but never refused: null, absent and 0 mean that it is not given.
    fixed: members that keep the value which they got first; another value is a violation.
    read_only: members that the service sets; what a PUT says of them is ignored.
    tag_in_body: whether `attributes.etag` carries the entity tag; the `ETag` header always does. The published
        examples of the others have none there, and a tag in the body of a PUT is a precondition for every kind.
    """

    name: str
    shape: type[P]
    self_uri: str
    object_type: str
    profile_type: str
    operation_type: str
    required: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    tag_in_body: bool = False


BILLING = ProfileKind(
    name="billing",
    shape=BillingProfile,
    self_uri="/profiles/billing",
    object_type="BillingProfile",
    profile_type="BillingProfile",
    operation_type="update_partner_billing_profile",
    required=("company_name", "address", "primary_contact", "billing_currency"),
    kept=("billing_day",),
    fixed=("billing_currency",),
    tag_in_body=True,
)
LEGAL_BUSINESS = ProfileKind(
    name="legalbusiness",
    shape=LegalBusinessProfile,
    self_uri="/profiles/legalbusiness",
    object_type="LegalBusinessProfile",
    profile_type="LegalBusinessProfile",
    operation_type="update_partner_legal_business_profile",
    required=("company_name", "address", "primary_contact"),
    # Not every business names somebody else who answers for it.
    kept=("company_approver_address",),
    read_only=("vetting_status", "vetting_sub_status"),
)
ORGANIZATION = ProfileKind(
    name="organization",
    shape=OrganizationProfile,
    self_uri="/profiles/organization",
    object_type="OrganizationProfile",
    profile_type="OrganizationProfile",
    operation_type="update_partner_organization_profile",
    required=("company_name", "default_address"),
    read_only=("id", "tenant_id", "domain"),
    tag_in_body=True,
)
SUPPORT = ProfileKind(
    name="support",
    shape=SupportProfile,
    self_uri="/v1/profiles/support",
    object_type="PartnerSupportProfile",
    profile_type="support_profile",
    operation_type="update_partner_support_profile",
)
MPN = ProfileKind(
    name="mpn",
    shape=MpnProfile,
    self_uri="/profiles/mpn",
    object_type="MpnProfile",
    profile_type="MpnProfile",
    operation_type="",  # nobody can
)
