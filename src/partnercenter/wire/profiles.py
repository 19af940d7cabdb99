"""The profiles of a partner and the objects inside them, in the member order of the published page."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Self, TypeVar

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.shapes import Shape, Violation


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class Address(Shape):
    """A postal address (Partner Center utility resources, "Address").

    country: ISO 3166-1 alpha-2 code. state and postal_code: as the country writes them.
    """

    country: str | None = None
    region: str | None = None
    city: str | None = None
    state: str | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    postal_code: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    phone_number: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class Contact(Shape):
    """A person to turn to (Partner Center utility resources, "Contact")."""

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    phone_number: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class Link(Shape):
    """Where a resource is and how to ask for it; `uri` is relative to the versioned base (`/profiles/billing`)."""

    uri: str | None = None
    method: str | None = None
    headers: list[JsonValue] | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class ResourceLinks(Shape):
    """The links of a resource; `self_` is `self` on the wire."""

    self_: Link = field(default_factory=Link)
    next: Link = field(default_factory=Link)
    previous: Link = field(default_factory=Link)


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class ResourceAttributes(Shape):
    """What the service says of a resource: its entity tag (opaque; bare here, quoted in headers) and its type."""

    etag: str | None = None
    object_type: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class Profile(Shape):
    """What every profile has.

    profile_type, links, attributes: set by the service and ignored in a PUT, but for `attributes.etag`,
        which is a precondition.
    """

    profile_type: str | None = None
    links: ResourceLinks = field(default_factory=ResourceLinks, repr=False)
    attributes: ResourceAttributes = field(default_factory=ResourceAttributes)

    # The text that this was read from, so that what was changed since can be told, whatever is done to the members.
    _text: bytes = field(default=b"", repr=False)

    def as_read(self) -> Self | None:
        """The profile as the service gave it, without what was changed since; None if it was never read.

        It is what a merge begins with (`wire.merge`). Changing it changes nothing here.
        """
        if not self._text:
            return None
        read = type(self).from_wire(json_text.read_lenient(self._text), strict=False)
        read.attributes.etag = read.attributes.etag or self.attributes.etag
        return read.remember(self._text)

    def remember(self, text: bytes) -> Self:
        """Take `text`, the JSON that this was read from, for what `as_read` gives; gives the profile itself."""
        self._text = text
        return self

    def become(self, other: Self) -> None:
        """Take over everything that `other` is; the two share their parts from then on."""
        for each in fields(self):
            setattr(self, each.name, getattr(other, each.name))

    def validate(self) -> list[Violation]:
        """Every reason why the service would not accept this profile, in the order of its members; none if it would.

        It judges the profile as a whole: a member that is required and missing is a violation, though an update would
        leave the stored one in its place. Nothing is sent, and what only the service knows, a stale entity tag for
        one, is not found out.
        """
        # The one import that goes upwards: a profile is asked, and whoever only reads and writes loads no rules.
        from partnercenter.rules.profile_rules import violations

        return violations(self)


P = TypeVar("P", bound=Profile)


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class BillingProfile(Profile):
    """How a partner is billed (Partner Center profile resources, "BillingProfile").

    tax_id: kept out of the repr, like every secret.
    billing_day: day of the month, 1 to 31.
    billing_currency: ISO 4217 code; fixed when the partner account is made.
    """

    company_name: str | None = None
    address: Address = field(default_factory=Address)
    primary_contact: Contact = field(default_factory=Contact)
    purchase_order_number: str | None = None
    tax_id: str | None = field(default=None, repr=False)
    billing_day: int | None = None
    billing_currency: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class LegalBusinessProfile(Profile):
    """Who the partner is as a legal business (Partner Center profile resources, "LegalBusinessProfile").

    company_approver_address, company_approver_email: of the person who answers for the company.
    vetting_status: `none`, `pending`, `authorized` or `rejected`; vetting_sub_status: the step that it is at. Nobody
        vets himself: both are set by the service and ignored in a PUT.
    """

    company_name: str | None = None
    address: Address = field(default_factory=Address)
    primary_contact: Contact = field(default_factory=Contact)
    company_approver_address: Address = field(default_factory=Address)
    company_approver_email: str | None = None
    vetting_status: str | None = None
    vetting_sub_status: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class OrganizationProfile(Profile):
    """The partner as an organization (Partner Center profile resources, "OrganizationProfile").

    id, tenant_id, domain: set by the service and ignored in a PUT.
    language: ISO 639 code (`es`). culture: language and country (`es-US`).
    """

    id: str | None = None
    company_name: str | None = None
    default_address: Address = field(default_factory=Address)
    tenant_id: str | None = None
    domain: str | None = None
    email: str | None = None
    language: str | None = None
    culture: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class SupportProfile(Profile):
    """Where customers of the partner find help (Partner Center profile resources, "SupportProfile").

    telephone: any text; the documented samples write numbers that exist nowhere. website: with or without a scheme.
    """

    email: str | None = None
    telephone: str | None = None
    website: str | None = None


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class MpnProfile(Profile):
    """The partner in the partner network (Partner Center profile resources, "MpnProfile"); nobody can change it.

    mpn_id: the partner id, digits as text.
    """

    partner_name: str | None = None
    mpn_id: str | None = None
