"""The profiles of a partner and the objects inside them, in the member order of the published page."""

from __future__ import annotations

from dataclasses import dataclass, field

from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.shapes import Shape


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
class BillingProfile(Shape):
    """How a partner is billed (Partner Center profile resources, "BillingProfile").

    tax_id: kept out of the repr, like every secret.
    billing_day: day of the month, 1 to 31.
    billing_currency: ISO 4217 code; fixed when the partner account is made.
    profile_type, links, attributes: set by the service and ignored in a PUT, but for `attributes.etag`,
        which is a precondition.
    """

    company_name: str | None = None
    address: Address = field(default_factory=Address)
    primary_contact: Contact = field(default_factory=Contact)
    purchase_order_number: str | None = None
    tax_id: str | None = field(default=None, repr=False)
    billing_day: int | None = None
    billing_currency: str | None = None
    profile_type: str | None = None
    links: ResourceLinks = field(default_factory=ResourceLinks, repr=False)
    attributes: ResourceAttributes = field(default_factory=ResourceAttributes)
