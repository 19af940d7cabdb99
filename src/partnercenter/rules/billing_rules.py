"""What a billing profile must hold beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from partnercenter.rules import reasons, tax_ids
from partnercenter.rules.address_rules import address_violations, contact_violations, country_of
from partnercenter.rules.country_rules import CountryRules
from partnercenter.rules.international_codes import is_currency
from partnercenter.rules.member_texts import in_order, text_violations
from partnercenter.wire.profiles import BillingProfile
from partnercenter.wire.shapes import Violation

_LAST_DAY: Final = 31


def violations(profile: BillingProfile) -> list[Violation]:
    """Every reason why `profile` is not acceptable, in the order of its members; none if it is. Never raises."""
    return in_order(profile, [*text_violations(profile), *_violations(profile)])


def _violations(profile: BillingProfile) -> Iterator[Violation]:
    rules = country_of(profile.address)
    if not profile.company_name:
        yield Violation("companyName", reasons.EMPTY)
    yield from address_violations("address", profile.address)
    yield from contact_violations("primaryContact", profile.primary_contact, rules)
    yield from _tax_id_violations(profile.tax_id, rules)
    # 0 is what the Java client sends for "not given".
    if profile.billing_day is not None and not 0 <= profile.billing_day <= _LAST_DAY:
        yield Violation("billingDay", reasons.BILLING_DAY)
    if profile.billing_currency is not None and not is_currency(profile.billing_currency):
        yield Violation("billingCurrency", reasons.CURRENCY)


def _tax_id_violations(tax_id: str | None, rules: CountryRules | None) -> Iterator[Violation]:
    if not tax_id:
        return
    if not tax_ids.is_written_as_tax_id(tax_id):
        yield Violation("taxId", reasons.TAX_ID)
    elif rules is not None and not tax_ids.is_written_as_tax_id_in(rules.iso2, tax_id):
        yield Violation("taxId", reasons.TAX_ID_OF_COUNTRY, {"country": rules.iso2}, by_country=True)
