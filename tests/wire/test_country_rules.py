"""The reply with the rules of a country."""

from __future__ import annotations

from partnercenter.rules import country_rules
from partnercenter.wire.country_rules import CountryValidationRules


def test_the_names_are_those_of_the_recorded_reply() -> None:
    assert [member.wire_name for member in CountryValidationRules.members()] == [
        "iso2Code",
        "defaultCulture",
        "isStateRequired",
        "supportedStatesList",
        "supportedLanguagesList",
        "supportedCulturesList",
        "isPostalCodeRequired",
        "postalCodeRegex",
        "isCityRequired",
        "isVatIdSupported",
        "taxIdFormat",
        "taxIdSample",
        "vatIdRegex",
        "phoneNumberRegex",
        "isTaxIdSupported",
        "isTaxIdOptional",
        "countryCallingCodesList",
        "attributes",
    ]


def test_what_is_written_is_read_again() -> None:
    rules = country_rules.rules_of("US")
    assert rules is not None
    written = country_rules.published(rules).to_wire()
    assert CountryValidationRules.from_wire(written).to_wire() == written
