"""The rules of each country, against the published ones and against the examples of the data itself."""

from __future__ import annotations

import re

import phonenumbers
import pytest

from partnercenter.rules import country_rules, phone_numbers
from partnercenter.rules.country_data import fold
from partnercenter.rules.country_rules import CountryRules, countries, is_postal_code, rules_of, state_of
from partnercenter.wire.cultures import COUNTRIES

STATES_OF_THE_US = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY"
)


def rules(country: str) -> CountryRules:
    found = rules_of(country)
    assert found is not None
    return found


def test_the_rules_of_the_us_are_the_recorded_ones() -> None:
    assert country_rules.published(rules("US")).to_wire(keep_nulls=False) == {
        "iso2Code": "US",
        "defaultCulture": "en-US",
        "isStateRequired": True,
        "supportedStatesList": STATES_OF_THE_US.split(),
        "supportedLanguagesList": ["en", "es"],
        "supportedCulturesList": ["en-US", "es-US"],
        "isPostalCodeRequired": True,
        "postalCodeRegex": r"^\d{5}(-\d{4})?$",
        "isCityRequired": True,
        "isVatIdSupported": False,
        "phoneNumberRegex": r"^(1[ \-\/\.]?)?(\((\d{3})\)|(\d{3}))[ \-\/\.]?(\d{3})[ \-\/\.]?(\d{4})$",
        "isTaxIdSupported": True,
        "isTaxIdOptional": True,
        "countryCallingCodesList": ["1"],
        "attributes": {"objectType": "CountryValidationRules"},
    }


def test_a_country_that_needs_no_state_has_an_empty_list() -> None:
    assert country_rules.published(rules("PT")).supported_states_list == []


def test_every_country_of_the_published_list_has_rules_but_those_that_iso_does_not_know() -> None:
    assert COUNTRIES - set(countries()) == {"AN", "XE", "XJ", "XS"}


@pytest.mark.parametrize(
    "text", ["", "us", "USA", "UK", "XX", "ZZ", "AC", "all", "ALL", "..", "U\n", "\uff35\uff33"], ids=ascii
)
def test_another_text_is_no_country(text: str) -> None:
    assert rules_of(text) is None


@pytest.mark.parametrize("country", countries())
def test_the_regular_expressions_compile_and_are_anchored(country: str) -> None:
    own = rules(country)
    for regex in filter(None, (own.postal_code_regex, own.phone_number_regex)):
        assert re.compile(regex, re.ASCII).groups >= 0
        assert (regex[0], regex[-1]) == ("^", "$")


@pytest.mark.parametrize("country", countries())
def test_a_country_with_postal_codes_has_examples_of_them_and_they_match(country: str) -> None:
    own = rules(country)
    if own.postal_code_regex is not None:
        assert own.postal_code_examples
    assert all(is_postal_code(own, example) for example in own.postal_code_examples)


@pytest.mark.parametrize("country", countries())
def test_a_state_is_found_under_each_of_its_names(country: str) -> None:
    own = rules(country)
    # Two provinces of a country may share a name in some language; the code is always one's own.
    assert [state_of(own, state.written) for state in own.states] == list(own.states)
    assert all(state_of(own, name) is not None for state in own.states for name in state.names)


@pytest.mark.parametrize("country", countries())
def test_no_two_states_share_a_name(country: str) -> None:
    owners: dict[str, set[str]] = {}
    for state in rules(country).states:
        for name in (state.written, *state.names):
            owners.setdefault(fold(name), set()).add(state.written)
    assert {name: states for name, states in owners.items() if len(states) > 1} == SHARED.get(country, {})


SHARED: dict[str, dict[str, set[str]]] = {}


@pytest.mark.parametrize("text", ["10115\n", "10115x", " 10115", "1011"])
def test_a_postal_code_is_matched_as_a_whole(text: str) -> None:
    assert not is_postal_code(rules("DE"), text)


STATES = {
    "code": ("US", "WA", "WA"),
    "name": ("US", "Washington", "WA"),
    "another-case": ("US", "wAsHiNgToN", "WA"),
    "blanks": ("US", "  new   york ", "NY"),
    "accents": ("BR", "Sao Paulo", "SP"),
    "own-script": ("JP", "東京都", "Tokyo"),
    "latin-letters": ("JP", "Tokyo", "Tokyo"),
    "other-language": ("CA", "Québec", "QC"),
    "other-language-other-order": ("CA", "Colombie-Britannique", "BC"),
    "iso-code": ("IE", "D", "Co. Dublin"),
}


@pytest.mark.parametrize(("country", "text", "written"), STATES.values(), ids=STATES.keys())
def test_a_state_may_be_written_in_many_ways(country: str, text: str, written: str) -> None:
    state = state_of(rules(country), text)
    assert state is not None
    assert state.written == written


NUMBERS = [
    (country, phonenumbers.format_number(number, style))
    for country in countries()
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
    if (number := phonenumbers.example_number_for_type(country, kind)) is not None
    for style in (
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.NATIONAL,
    )
]


def test_the_example_numbers_of_every_country_are_accepted_however_they_are_written() -> None:
    refused = [
        (country, number)
        for country, number in NUMBERS
        if not (phone_numbers.is_written_as_phone_number(number) and phone_numbers.is_phone_number_in(country, number))
    ]
    assert (refused, len(NUMBERS) > 1000) == ([], True)


def test_the_published_regular_expression_takes_the_national_writing() -> None:
    # The Argentine mobile prefix stands in the middle of the number; it is accepted by the numbering plan instead.
    refused = [
        (country, number)
        for country, number in NUMBERS
        if "+" not in number and not re.fullmatch(rules(country).phone_number_regex or "", number)
    ]
    assert {country for country, _ in refused} <= {"AR"}


@pytest.mark.parametrize("number", ["2066017143", "425-555-0100", "1 (425) 555-0100"])
def test_the_published_regular_expression_of_the_us_takes_the_numbers_of_the_samples(number: str) -> None:
    assert re.fullmatch(rules("US").phone_number_regex or "", number)


@pytest.mark.parametrize("country", ["AU", "AD", "AX"])
def test_what_the_published_regular_expression_takes_is_accepted(country: str) -> None:
    # Longer than the numbering plan has it: a client that checks with the published expression must not be refused.
    digits = {"AU": "99999999999", "AD": "9999999", "AX": "99999"}[country]
    assert re.fullmatch(rules(country).phone_number_regex or "", digits)
    assert phone_numbers.is_phone_number_in(country, digits)
