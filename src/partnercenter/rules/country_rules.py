"""The rules of each country, made of what the postal, the telephone and the tax data of the world say of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from partnercenter.rules import country_data, phone_numbers, tax_ids
from partnercenter.rules.country_data import State, fold
from partnercenter.wire import cultures
from partnercenter.wire.country_rules import CountryValidationRules
from partnercenter.wire.profiles import ResourceAttributes

# As it was recorded (Partner Center, country validation rules); the data would also take a blank for the hyphen.
_PUBLISHED_POSTAL_CODES: Final = {"US": r"^\d{5}(-\d{4})?$"}


@dataclass(frozen=True, slots=True)
class CountryRules:
    """What an address and a tax id of one country must look like.

    iso2: ISO 3166-1 alpha-2 code.
    states: empty if any text is taken. postal_code_regex, phone_number_regex: anchored; None where any text is taken.
    postal_code_examples: of the data; each matches.
    calling_codes: without a plus. supported_cultures: the default first.
    """

    iso2: str
    is_city_required: bool
    is_state_required: bool
    is_postal_code_required: bool
    states: tuple[State, ...]
    postal_code_regex: str | None
    postal_code_examples: tuple[str, ...]
    phone_number_regex: str | None
    calling_codes: tuple[str, ...]
    supported_cultures: tuple[str, ...]
    supported_languages: tuple[str, ...]
    is_vat_id_supported: bool
    is_tax_id_supported: bool

    @property
    def default_culture(self) -> str:
        """The culture of somebody of whom no more is known."""
        return self.supported_cultures[0]


def countries() -> tuple[str, ...]:
    """The code of every country that has rules, in alphabetical order."""
    return country_data.countries()


@cache
def rules_of(iso2: str) -> CountryRules | None:
    """The rules of a country. iso2: its ISO 3166-1 alpha-2 code in upper case; None for any other text."""
    data = country_data.data_of(iso2)
    if data is None:
        return None
    regex = _PUBLISHED_POSTAL_CODES.get(iso2) or (f"^(?:{data.postal_code})$" if data.postal_code else None)
    return CountryRules(
        iso2=iso2,
        is_city_required="C" in data.required,
        is_state_required="S" in data.required,
        is_postal_code_required="Z" in data.required and regex is not None,
        states=data.states,
        postal_code_regex=regex,
        postal_code_examples=data.postal_code_examples,
        phone_number_regex=phone_numbers.regex_of(iso2),
        calling_codes=phone_numbers.calling_codes_of(iso2),
        supported_cultures=cultures.cultures_of(iso2),
        supported_languages=cultures.languages_of(iso2),
        is_vat_id_supported=tax_ids.has_vat_ids(iso2),
        is_tax_id_supported=tax_ids.has_tax_ids(iso2),
    )


def rules_in_any_case(text: str) -> CountryRules | None:
    """The rules of the country whose code is `text` in whatever case, with blanks around it or without."""
    code = text.strip()
    # ASCII only: the upper case of a dotless i or of a sharp s would make a country of what is none.
    return rules_of(code.upper()) if code.isascii() else None


def state_of(rules: CountryRules, text: str) -> State | None:
    """The state that is called `text`, by its code or any of its names, in whatever case."""
    return _states_by_name(rules.iso2).get(fold(text))


def is_postal_code(rules: CountryRules, text: str) -> bool:
    """Whether `text` is what the published regular expression says, which is what a client can check itself."""
    regex = rules.postal_code_regex
    return regex is None or re.compile(regex, re.ASCII).fullmatch(text) is not None


def published(rules: CountryRules) -> CountryValidationRules:
    """The rules as the API answers them. A tax id is never required, so it is optional wherever it is known."""
    return CountryValidationRules(
        iso2_code=rules.iso2,
        default_culture=rules.default_culture,
        is_state_required=rules.is_state_required,
        supported_states_list=[state.written for state in rules.states],
        supported_languages_list=[*rules.supported_languages],
        supported_cultures_list=[*rules.supported_cultures],
        is_postal_code_required=rules.is_postal_code_required,
        postal_code_regex=rules.postal_code_regex,
        is_city_required=rules.is_city_required,
        is_vat_id_supported=rules.is_vat_id_supported,
        phone_number_regex=rules.phone_number_regex,
        is_tax_id_supported=rules.is_tax_id_supported,
        is_tax_id_optional=rules.is_tax_id_supported,
        country_calling_codes_list=[*rules.calling_codes],
        attributes=ResourceAttributes(object_type="CountryValidationRules"),
    )


@cache
def _states_by_name(iso2: str) -> dict[str, State]:
    rules = rules_of(iso2)
    states = rules.states if rules is not None else ()
    found: dict[str, State] = {}
    # A code before any name: it is what the list prints.
    for state in states:
        found.setdefault(fold(state.written), state)
    for state in states:
        for name in state.names:
            found.setdefault(fold(name), state)
    return found
