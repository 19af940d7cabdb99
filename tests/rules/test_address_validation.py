"""What an address is worth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.rules import address_validation, profile_rules
from partnercenter.rules.address_validation import validate_address
from partnercenter.rules.country_rules import countries, rules_of
from partnercenter.wire.address_validation import AddressStatus
from partnercenter.wire.profiles import Address, BillingProfile

PUBLISHED = Address(
    address_line1="1 Microsoft Way", city="Redmond", state="WA", postal_code="98052", country="US", address_line2=""
)
BERLIN = Address(address_line1="Beispielstraße 1", city="Berlin", postal_code="10115", country="DE")
DUBAI = Address(address_line1="Sheikh Zayed Road 1", city="Dubai", state="Dubai", country="AE")

STATUSES = {
    "published-example": (PUBLISHED, AddressStatus.VERIFIED_SHIPPABLE),
    "without-a-state": (BERLIN, AddressStatus.VERIFIED_SHIPPABLE),
    "blank-more-in-a-street": (replace(PUBLISHED, address_line1=" 1  Microsoft Way"), AddressStatus.VERIFIED_SHIPPABLE),
    "post-box": (replace(PUBLISHED, address_line1="P.O. Box 97017"), AddressStatus.VERIFIED),
    "german-post-box": (replace(BERLIN, address_line1="Postfach 1234"), AddressStatus.VERIFIED),
    "no-postal-codes": (DUBAI, AddressStatus.VERIFIED),
    "state-by-name": (replace(PUBLISHED, state="Washington"), AddressStatus.INTERACTION_REQUIRED),
    "state-missing": (replace(PUBLISHED, state=None), AddressStatus.INTERACTION_REQUIRED),
    "state-unknown": (replace(PUBLISHED, state="Bayern"), AddressStatus.INTERACTION_REQUIRED),
    "state-of-another-postal-code": (replace(PUBLISHED, state="NY"), AddressStatus.INTERACTION_REQUIRED),
    "country-in-lower-case": (replace(PUBLISHED, country="us"), AddressStatus.INTERACTION_REQUIRED),
    "city-in-lower-case": (replace(PUBLISHED, city="redmond"), AddressStatus.INTERACTION_REQUIRED),
    "city-in-upper-case": (replace(PUBLISHED, city="REDMOND"), AddressStatus.INTERACTION_REQUIRED),
    "postal-code-without-hyphen": (replace(PUBLISHED, postal_code="980528300"), AddressStatus.INTERACTION_REQUIRED),
    "postal-code-of-several-states": (
        Address(country="IT", city="San Marino", address_line1="Via 1", postal_code="98052", state="MI"),
        AddressStatus.INTERACTION_REQUIRED,
    ),
    "no-number": (replace(PUBLISHED, address_line1="Microsoft Way"), AddressStatus.PREMISES_PARTIAL),
    "no-street": (replace(PUBLISHED, address_line1="1"), AddressStatus.STREET_PARTIAL),
    "no-line": (replace(PUBLISHED, address_line1=""), AddressStatus.NONE),
    "no-city": (replace(PUBLISHED, city=None), AddressStatus.NONE),
    "no-postal-code": (replace(PUBLISHED, postal_code=None), AddressStatus.NONE),
    "postal-code-of-nowhere": (replace(PUBLISHED, postal_code="00000"), AddressStatus.NONE),
    "postal-code-of-another-country": (replace(PUBLISHED, postal_code="SW1A 1AA"), AddressStatus.NONE),
    "phone-number-that-is-none": (replace(PUBLISHED, phone_number="call me"), AddressStatus.NONE),
    "bell-in-the-street": (replace(PUBLISHED, address_line1="1 Way\x07"), AddressStatus.NONE),
    "no-country": (replace(PUBLISHED, country=None), AddressStatus.NOT_VALIDATED),
    "country-in-letters-that-become-one": (replace(PUBLISHED, country="\xdf"), AddressStatus.NOT_VALIDATED),
    "unknown-country": (replace(PUBLISHED, country="XX"), AddressStatus.NOT_VALIDATED),
}


@pytest.mark.parametrize(("address", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_the_status_says_what_the_data_says(address: Address, status: AddressStatus) -> None:
    assert validate_address(address).status is status


def test_a_verified_address_is_its_own_suggestion() -> None:
    assert validate_address(PUBLISHED).suggestions == (PUBLISHED,)


def test_a_change_that_a_person_must_confirm_is_suggested_whole() -> None:
    sent = replace(PUBLISHED, country="us", city="REDMOND", state="washington", postal_code="98052 8300")
    assert validate_address(sent).suggestions == (replace(PUBLISHED, postal_code="98052-8300"),)


def test_a_postal_code_of_several_states_suggests_each_of_them() -> None:
    verdict = validate_address(
        Address(country="JP", city="x", address_line1="1 Street", postal_code="520-0465", state="Tokyo")
    )
    assert verdict.status is AddressStatus.MULTIPLE
    assert [suggestion.state for suggestion in verdict.suggestions] == ["Shiga", "Kyoto"]


def test_the_message_names_members_as_the_published_one_does() -> None:
    verdict = validate_address(replace(PUBLISHED, city=None, postal_code="x"))
    assert verdict.message == "Address field invalid for property: 'State', 'PostalCode'"


def test_the_message_repeats_no_value() -> None:
    assert "Bayern" not in (validate_address(replace(PUBLISHED, state="Bayern")).message or "")


def test_the_verdict_changes_nothing_in_the_address() -> None:
    sent = replace(PUBLISHED, country=" us ", city="  REDMOND")
    before = sent.to_wire()
    validate_address(sent)
    assert sent.to_wire() == before


def test_the_reply_has_the_address_as_it_came_and_the_suggestions() -> None:
    sent = replace(PUBLISHED, state="Washington")
    reply = address_validation.published(sent, validate_address(sent))
    assert reply.to_wire(keep_nulls=False) == {
        "originalAddress": sent.to_wire(keep_nulls=False),
        "suggestedAddresses": [PUBLISHED.to_wire(keep_nulls=False)],
        "status": "InteractionRequired",
        "validationMessage": "Address field changed for property: 'State'",
    }


def _examples() -> list[Address]:
    found = []
    for country in countries():
        rules = rules_of(country)
        assert rules is not None
        for state in [*rules.states, None]:
            for code in [*rules.postal_code_examples, None]:
                anywhere = "Somewhere" if rules.is_state_required and not rules.states else None
                name = state.names[-1] if state is not None else anywhere
                found.append(
                    Address(country=country, city="somewhere", state=name, address_line1="1 Main", postal_code=code)
                )
    return found


EXAMPLES = _examples()
TEXTS = st.none() | st.text(max_size=12) | st.sampled_from(["REDMOND", "o'neill-ville", "ŉ ß", "ǆ", "İ", "y", "W A"])
ADDRESSES = st.builds(
    Address,
    country=st.sampled_from(countries()) | TEXTS,
    city=TEXTS,
    state=TEXTS | st.sampled_from(["wa", "washington", "NY", "Tokyo"]),
    address_line1=TEXTS | st.just("1 Main Street"),
    postal_code=TEXTS | st.sampled_from(["98052", "980528300", "sw1a1aa", "520-0465", "10115", "88510"]),
    phone_number=st.none() | TEXTS,
)


def _require_fit_for_a_profile(address: Address) -> None:
    verdict = validate_address(address)
    assert len(verdict.suggestions) <= 3
    for suggestion in verdict.suggestions:
        again = validate_address(suggestion)
        assert (again.status.is_verified, again.suggestions) == (True, (suggestion,))
        assert profile_rules.violations(BillingProfile(company_name="x", address=suggestion)) == []


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(EXAMPLES) | ADDRESSES)
def test_a_suggestion_can_be_accepted_in_one_call(address: Address) -> None:
    _require_fit_for_a_profile(address)


def test_the_examples_of_every_country_get_a_verdict_with_suggestions_that_are_verified() -> None:
    verified = {address.country for address in EXAMPLES if validate_address(address).suggestions}
    assert sorted(set(countries()) - verified) == []
