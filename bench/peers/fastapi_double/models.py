"""What is sent and answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, EmailStr, Field
from pydantic.alias_generators import to_camel

Text = Annotated[str, Field(max_length=256)]


class Shape(BaseModel):
    """camelCase outside, snake_case inside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Address(Shape):
    """Where the partner is."""

    country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    region: Text | None = None
    city: Text
    state: Text | None = None
    address_line1: Annotated[Text, Field(alias="addressLine1")]
    address_line2: Annotated[Text | None, Field(alias="addressLine2")] = None
    postal_code: Text | None = None
    first_name: Text | None = None
    last_name: Text | None = None
    phone_number: Text | None = None


class Contact(Shape):
    """Whom to ask."""

    first_name: Text
    last_name: Text
    email: EmailStr | None = None
    phone_number: Text | None = None


class Attributes(Shape):
    """What the server says of the profile."""

    etag: str | None = None
    object_type: Literal["BillingProfile"] = "BillingProfile"


class BillingProfile(Shape):
    """The whole."""

    company_name: Annotated[Text, Field(min_length=1)]
    address: Address
    primary_contact: Contact
    purchase_order_number: Text | None = None
    tax_id: Text | None = None
    billing_day: Annotated[int, Field(ge=1, le=31)] | None = None
    billing_currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    profile_type: Literal["billing_profile"] = "billing_profile"
    attributes: Attributes = Attributes()
