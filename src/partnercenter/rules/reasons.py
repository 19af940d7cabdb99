"""Every sentence in which a rule says no: a closed table, for it is also what the message catalogues translate.

Names in braces are filled from the facts of a violation, and no fact is a value that was sent, but for a country
that was found in the list of countries.
"""

from __future__ import annotations

from typing import Final

CONTROL_CHARACTERS: Final = "must not have control characters"
TOO_LONG: Final = "must have at most {most} characters"
EMPTY: Final = "must not be empty"
COUNTRY: Final = "must be an ISO 3166-1 alpha-2 country code in upper case, as in GB"
BILLING_DAY: Final = "must be a day of the month, 1 to 31"
CURRENCY: Final = "must be an ISO 4217 currency code in upper case, as in USD"
EMAIL: Final = "must be an e-mail address, as in name@contoso.com"
WEBSITE: Final = "must be a web address, with http or https or without a scheme, as in www.contoso.com"
LANGUAGE: Final = "must be an ISO 639 language code, as in es"
CULTURE: Final = "must be a language and a country, as in es-US"
PHONE: Final = "must be a phone number: digits, blanks and + ( ) - . /"
TAX_ID: Final = "must be a tax id: 4 to 20 letters, digits, blanks and - . /"

# Of one country (error code 27002).
REQUIRED: Final = "is required in {country}"
STATE_LISTED: Final = "must be a state of {country}: {states}"
STATE: Final = "must be a state of {country}; see GET /v1/countryvalidationrules/{country}"
POSTAL_CODE: Final = "must be a postal code of {country}, as in {example}"
PHONE_OF_COUNTRY: Final = "must be a phone number of {country}, or begin with + and another country's calling code"
TAX_ID_OF_COUNTRY: Final = "must be written like a tax id of {country}"

ALL: Final = (
    CONTROL_CHARACTERS,
    TOO_LONG,
    EMPTY,
    COUNTRY,
    BILLING_DAY,
    CURRENCY,
    EMAIL,
    WEBSITE,
    LANGUAGE,
    CULTURE,
    PHONE,
    TAX_ID,
    REQUIRED,
    STATE_LISTED,
    STATE,
    POSTAL_CODE,
    PHONE_OF_COUNTRY,
    TAX_ID_OF_COUNTRY,
)
"""All of them."""
