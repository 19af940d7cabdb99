"""The reply with the verdict on an address."""

from __future__ import annotations

import pytest

from partnercenter.wire.address_validation import AddressStatus, AddressValidation
from partnercenter.wire.profiles import Address


def test_the_suggestions_are_addresses_however_they_are_spelled() -> None:
    reply = AddressValidation.from_wire({"SuggestedAddresses": [{"City": "Redmond"}, {"city": "Bothell", "id": 1}]})
    assert [suggestion.city for suggestion in reply.suggestions] == ["Redmond", "Bothell"]


@pytest.mark.parametrize("entries", [None, [], [None, "x", 1, []]])
def test_what_is_no_address_is_no_suggestion(entries: list[object] | None) -> None:
    assert AddressValidation(suggested_addresses=entries).suggestions == ()  # type: ignore[arg-type]


def test_a_reply_without_a_message_says_nothing_of_it() -> None:
    reply = AddressValidation(original_address=Address(city="x"), suggested_addresses=[], status="None")
    assert reply.to_wire() == {"originalAddress": {"city": "x"}, "suggestedAddresses": [], "status": "None"}


def test_only_two_statuses_let_an_address_be_used_as_it_is() -> None:
    assert [status.value for status in AddressStatus if status.is_verified] == ["VerifiedShippable", "Verified"]
