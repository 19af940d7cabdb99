"""The reply of `POST /v1/validations/address`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.profiles import Address
from partnercenter.wire.shapes import Shape


class AddressStatus(Enum):
    """What became of an address (Partner Center, "Validate an address"). Only the first two can be used as they are."""

    VERIFIED_SHIPPABLE = "VerifiedShippable"
    VERIFIED = "Verified"
    INTERACTION_REQUIRED = "InteractionRequired"
    STREET_PARTIAL = "StreetPartial"
    PREMISES_PARTIAL = "PremisesPartial"
    MULTIPLE = "Multiple"
    NONE = "None"
    NOT_VALIDATED = "NotValidated"

    @property
    def is_verified(self) -> bool:
        """Whether the address can be put into a profile without anybody confirming it."""
        return self in (AddressStatus.VERIFIED_SHIPPABLE, AddressStatus.VERIFIED)


@dataclass(kw_only=True, eq=False, repr=False, slots=True)
class AddressValidation(Shape):
    """The verdict on an address. As a bool: whether the address can be used as it is, `AddressStatus.is_verified`.

    status: a value of AddressStatus. suggested_addresses: at most three objects; `suggestions` has them typed.
    validation_message: what is wrong, for a person; absent if nothing is.
    """

    original_address: Address = field(default_factory=Address)
    suggested_addresses: list[JsonValue] | None = None
    status: str | None = None
    validation_message: str | None = None

    def __bool__(self) -> bool:
        return any(self.status == status.value for status in AddressStatus if status.is_verified)

    @property
    def suggestions(self) -> tuple[Address, ...]:
        """The suggested addresses, the best first; an entry that is no object is left out."""
        entries = self.suggested_addresses or []
        return tuple(Address.from_wire(entry, strict=False) for entry in entries if isinstance(entry, dict))
