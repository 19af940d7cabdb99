"""What a seeded partner has of whom only the domain is known: acceptable profiles, always the same."""

from __future__ import annotations

import uuid
from functools import cache

from partnercenter.rules.country_rules import CountryRules, rules_of
from partnercenter.service.operations.profile_kinds import BILLING, LEGAL_BUSINESS, ORGANIZATION, SUPPORT
from partnercenter.service.token_authority import Tenant
from partnercenter.wire.json_text import JsonObject

COUNTRY = "US"
USERS = (("admin", "global admin"), ("billing", "billing admin"), ("helpdesk", "helpdesk"))
"""Names and roles; each has a second factor."""
_ADDRESS_LINE = "1 Example Street"
_CITY, _STATE = "Exampleton", "Example State"


def id_of(name: str) -> str:
    """The GUID of a domain or a user name, always the same (RFC 9562 §5.5, version 5)."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def refresh_token_of(domain: str) -> str:
    """The published refresh token of a partner."""
    return f"local-refresh-token-of-{domain}"


def mpn_id_of(domain: str) -> int:
    """Seven digits; two domains may have the same ones."""
    return 1_000_000 + uuid.uuid5(uuid.NAMESPACE_DNS, domain).int % 9_000_000


def profiles(tenant: Tenant, country: str) -> dict[str, JsonObject]:
    """The four profiles that somebody can change, by kind. country: one that has rules."""
    address = address_in(country)
    contact: JsonObject = {"firstName": "Alex", "lastName": "Example", "email": f"alex@{tenant.domain}"}
    rules = rules_of(country)
    language, culture = (rules.supported_languages[0], rules.default_culture) if rules else ("en", "en-US")
    return {
        BILLING.name: {
            "companyName": tenant.name,
            "address": address,
            "primaryContact": contact,
            "purchaseOrderNumber": "9000",
            "billingCurrency": currency_of(country),
        },
        LEGAL_BUSINESS.name: {
            "companyName": tenant.name,
            "address": address,
            "primaryContact": contact,
            "companyApproverAddress": address,
            "companyApproverEmail": f"approver@{tenant.domain}",
            "vettingStatus": "authorized",
            "vettingSubStatus": "none",
        },
        ORGANIZATION.name: {
            "companyName": tenant.name,
            "defaultAddress": address,
            "email": f"office@{tenant.domain}",
            "language": language,
            "culture": culture,
        },
        SUPPORT.name: {
            "email": f"support@{tenant.domain}",
            "telephone": "4255550100",
            "website": f"www.{tenant.domain}",
        },
    }


@cache
def address_in(country: str) -> JsonObject:
    """An address that the rules of the country take. country: one that has rules; another gets its code alone."""
    rules = rules_of(country)
    address: JsonObject = {"country": country, "city": _CITY}
    if rules is None:
        return address
    state, code = _state_and_code(rules)
    if rules.is_state_required:
        address["state"] = state
    address["addressLine1"] = _ADDRESS_LINE
    if code:
        address["postalCode"] = code
    return address


def _state_and_code(rules: CountryRules) -> tuple[str, str]:
    """A state, and a postal code that it has; "" where the country has none."""
    codes = rules.postal_code_examples or ("",)
    if not rules.states:
        return _STATE, codes[0]
    pairs = (
        (s.written, code) for code in codes for s in rules.states if not s.postal_codes or s.postal_codes.match(code)
    )
    return next(pairs, (rules.states[0].written, codes[0]))


@cache
def currency_of(country: str) -> str:
    """The ISO 4217 code of the money that the country uses; USD if the data does not know."""
    from babel.core import get_global

    rows = get_global("territory_currencies").get(country, ())
    return next((str(code) for code, _, until, is_tender in rows if until is None and is_tender), "USD")
