"""What an address and a contact must hold, by the rules of the address's country."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from partnercenter.rules import phone_numbers, reasons
from partnercenter.rules.country_rules import CountryRules, is_postal_code, rules_of, state_of
from partnercenter.rules.internet_addresses import is_email
from partnercenter.wire.profiles import Address, Contact
from partnercenter.wire.shapes import Violation

# A list that is longer than this does not help anybody who reads an error.
_LONGEST_LIST: Final = 80


def country_of(address: Address) -> CountryRules | None:
    """The rules of the country of an address; None if it names none that is known."""
    return rules_of(address.country) if isinstance(address.country, str) else None


def address_violations(path: str, address: Address) -> Iterator[Violation]:
    """What is wrong with an address that must be there. path: where it stands, as in `address`."""
    rules = country_of(address)
    if rules is None:
        yield Violation(f"{path}.country", reasons.COUNTRY if address.country else reasons.EMPTY)
    else:
        yield from _place_violations(path, address, rules)
    yield from phone_violations(f"{path}.phoneNumber", address.phone_number, rules)


def contact_violations(path: str, contact: Contact, rules: CountryRules | None) -> Iterator[Violation]:
    """What is wrong with a contact. rules: of the country of the profile's address, None if it is not known."""
    yield from email_violations(f"{path}.email", contact.email)
    yield from phone_violations(f"{path}.phoneNumber", contact.phone_number, rules)


def email_violations(member: str, email: str | None) -> Iterator[Violation]:
    """What is wrong with an e-mail address, which may be empty."""
    if email and not is_email(email):
        yield Violation(member, reasons.EMAIL)


def phone_violations(member: str, number: str | None, rules: CountryRules | None) -> Iterator[Violation]:
    """What is wrong with a phone number, which may be empty. rules: of the country from which it is dialled."""
    if not number:
        return
    if not phone_numbers.is_written_as_phone_number(number):
        yield Violation(member, reasons.PHONE)
    elif rules is not None and not phone_numbers.is_phone_number_in(rules.iso2, number):
        yield Violation(member, reasons.PHONE_OF_COUNTRY, {"country": rules.iso2}, by_country=True)


def _place_violations(path: str, address: Address, rules: CountryRules) -> Iterator[Violation]:
    country = {"country": rules.iso2}
    required = (
        ("city", address.city, rules.is_city_required),
        ("state", address.state, rules.is_state_required),
        ("postalCode", address.postal_code, rules.is_postal_code_required),
    )
    for name, value, is_required in required:
        if is_required and not (value and value.strip()):
            yield Violation(f"{path}.{name}", reasons.REQUIRED, country, by_country=True)
    if address.state and address.state.strip() and rules.states and state_of(rules, address.state) is None:
        yield _not_a_state(f"{path}.state", rules)
    if address.postal_code and address.postal_code.strip() and not is_postal_code(rules, address.postal_code):
        facts = country | {"example": rules.postal_code_examples[0]}
        yield Violation(f"{path}.postalCode", reasons.POSTAL_CODE, facts, by_country=True)


def _not_a_state(member: str, rules: CountryRules) -> Violation:
    states = ", ".join(state.written for state in rules.states)
    if len(states) > _LONGEST_LIST:
        return Violation(member, reasons.STATE, {"country": rules.iso2}, by_country=True)
    return Violation(member, reasons.STATE_LISTED, {"country": rules.iso2, "states": states}, by_country=True)
