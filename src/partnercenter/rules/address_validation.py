"""What an address is worth, decided without asking a map: by the postal and the telephone data of its country.

The verdict is one of the statuses that the API documents. It is None when a member that the country needs is missing
or cannot be one of that country, and Multiple when the postal code lies in several states and the one that was given
is not among them. No street name is looked up, so a partial address has no suggestions. What is suggested is verified
when it is validated again, and the rules of a profile have nothing against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, replace
from typing import Final

from partnercenter.rules import postal_codes
from partnercenter.rules.address_rules import address_violations
from partnercenter.rules.country_data import State
from partnercenter.rules.country_rules import CountryRules, rules_in_any_case, state_of
from partnercenter.rules.member_texts import in_order, text_violations
from partnercenter.wire.address_validation import AddressStatus, AddressValidation
from partnercenter.wire.casing import pascal
from partnercenter.wire.profiles import Address, BillingProfile

# Partner Center, "Validate an address": up to three.
_MOST_SUGGESTIONS: Final = 3
_NUMBER: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W\d_]{2}")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
# A letter can be delivered there, a parcel cannot.
_POST_BOX: Final = re.compile(
    r"\b(?:p\.? ?o\.? ?box|post ?box|postfach|bo[iî]te postale|b\.?p\.?|apartado|casilla|casella postale) ?[0-9]",
    re.IGNORECASE,
)
# What changes them changes where the address is; a blank more in a street does not.
_SIGNIFICANT: Final = ("country", "city", "state", "postal_code")


@dataclass(frozen=True, slots=True)
class AddressVerdict:
    """What an address is worth.

    suggestions: the best first, each fit for a profile as it is; for a verified address the address itself.
    message: what is wrong, naming members and never values; None if nothing is.
    """

    status: AddressStatus
    suggestions: tuple[Address, ...] = ()
    message: str | None = None


def validate_address(address: Address) -> AddressVerdict:
    """The verdict on `address`, which stays as it is. Never raises, whatever the values."""
    rules = rules_in_any_case(address.country or "")
    if rules is None:
        return AddressVerdict(AddressStatus.NOT_VALIDATED, message=_complaint(["country"]))
    written = _as_written(address, rules)
    states = _states_of(written, rules)
    if states is None:
        return AddressVerdict(AddressStatus.NONE, message=_complaint(["state", "postalCode"]))
    if len(states) > 1:
        candidates = [replace(written, state=state.written) for state in states[:_MOST_SUGGESTIONS]]
        good = tuple(candidate for candidate in candidates if not _wrong_members(candidate))
        if good:
            return AddressVerdict(AddressStatus.MULTIPLE, good, _complaint(["state"]))
    elif states:
        written = replace(written, state=states[0].written)
    wrong = _wrong_members(written)
    if wrong:
        return AddressVerdict(AddressStatus.NONE, message=_complaint(wrong))
    return _verdict_on_street(address, written, rules)


def published(address: Address, verdict: AddressVerdict) -> AddressValidation:
    """The verdict on `address` as the API answers it."""
    return AddressValidation(
        original_address=address,
        suggested_addresses=[suggestion.to_wire() for suggestion in verdict.suggestions],
        status=verdict.status.value,
        validation_message=verdict.message,
    )


def _verdict_on_street(address: Address, written: Address, rules: CountryRules) -> AddressVerdict:
    street = f"{written.address_line1} {written.address_line2 or ''}"
    if not _NUMBER.search(street):
        return AddressVerdict(AddressStatus.PREMISES_PARTIAL, message=_complaint(["addressLine1"]))
    if not _WORD.search(street):
        return AddressVerdict(AddressStatus.STREET_PARTIAL, message=_complaint(["addressLine1"]))
    changed = [name for name in _SIGNIFICANT if getattr(written, name) != getattr(address, name)]
    if changed:
        names = [member.wire_name for member in Address.members() if member.python_name in changed]
        return AddressVerdict(AddressStatus.INTERACTION_REQUIRED, (written,), _change(names))
    # Where a country has no postal codes, or the address has none, nothing says that it can be found.
    can_ship = rules.postal_code_regex is not None and bool(written.postal_code) and not _POST_BOX.search(street)
    return AddressVerdict(AddressStatus.VERIFIED_SHIPPABLE if can_ship else AddressStatus.VERIFIED, (written,))


def _as_written(address: Address, rules: CountryRules) -> Address:
    """The address as people of its country write it."""
    written = copy(address)
    for member in Address.members():
        value = getattr(address, member.python_name)
        if isinstance(value, str):
            setattr(written, member.python_name, " ".join(value.split()))
    written.country = rules.iso2
    if written.city and (written.city.islower() or written.city.isupper()):
        written.city = _LETTERS.sub(lambda word: word[0].capitalize(), written.city)
    if written.postal_code:
        written.postal_code = postal_codes.canonical(rules, written.postal_code)
    return written


def _states_of(written: Address, rules: CountryRules) -> tuple[State, ...] | None:
    """The states that it can be in: the one that is given, if the postal code lies there, or those where it lies.

    Empty if the country does without, or another rule says that it is wrong; None if the two contradict each other.
    """
    given = state_of(rules, written.state) if written.state else None
    if given is not None and _lies_in(written, given):
        return (given,)
    if given is None and not rules.is_state_required:
        return ()
    known = tuple(
        s for s in rules.states if s.postal_codes is not None and written.postal_code and _lies_in(written, s)
    )
    return None if given is not None and not known else known


def _lies_in(written: Address, state: State) -> bool:
    return state.postal_codes is None or not written.postal_code or bool(state.postal_codes.match(written.postal_code))


def _wrong_members(written: Address) -> list[str]:
    """The members for which the address could not be put into a profile, or not be found."""
    profile = BillingProfile(address=written)
    found = in_order(profile, [*text_violations(written, "address"), *address_violations("address", written)])
    wrong = dict.fromkeys(violation.member.removeprefix("address.") for violation in found)
    return [*wrong] if written.address_line1 else [*wrong, "addressLine1"]


def _complaint(members: Iterable[str]) -> str:
    # The wording of the published example.
    return "Address field invalid for property: " + ", ".join(f"'{pascal(member)}'" for member in members)


def _change(members: Iterable[str]) -> str:
    return "Address field changed for property: " + ", ".join(f"'{pascal(member)}'" for member in members)
