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


@pytest.mark.parametrize("status", [*AddressStatus, None, "verified"])
def test_a_verdict_is_true_if_the_address_can_be_used_as_it_is(status: AddressStatus | str | None) -> None:
    word = status.value if isinstance(status, AddressStatus) else status
    assert bool(AddressValidation(status=word)) is (isinstance(status, AddressStatus) and status.is_verified)


def test_two_verdicts_that_say_no_are_told_apart() -> None:
    assert AddressValidation(status="None") != AddressValidation(status="Multiple")
