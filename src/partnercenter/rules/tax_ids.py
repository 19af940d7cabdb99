"""Tax ids: what no country would call one, and how the ids of one country are written.

Check digits never decide: the published profiles have `12-345678` in the US, which is a digit short, and examples
everywhere are made up. What is refused are characters and lengths that no id of the country has.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

_WRITING: Final = re.compile(r"[A-Za-z0-9./\- ]{4,20}", re.ASCII)
_FEWEST_LETTERS_OR_DIGITS: Final = 4
# Numbers that are no tax ids of anybody who does business: of accounts, securities, drugs, patients, pupils, places
# and electronic mail, and of people where companies have another one.
_OTHER_NUMBERS: Final = frozenset(
    {"aic", "bankaccount", "bc_phn", "brin", "cae", "cbu", "ccc", "cnic", "cups", "cusip", "eid", "epic", "esr", "iban"}
    | {"identiteitskaartnummer", "kontonr", "leitweg", "nhs", "ni", "nid", "nric", "ogm_vcs", "onderwijsnummer"}
    | {"postal_code", "postcode", "postleitzahl", "postnummer", "referenciacatastral", "rtn", "sedol", "upn", "vid"}
    | {"wkn"}
)
# The id of the published billing profile (Partner Center, "Get a partner billing profile").
_PUBLISHED: Final = {"US": re.compile(r"[0-9]{2}-[0-9]{6}", re.ASCII)}


def is_written_as_tax_id(text: str) -> bool:
    """Whether `text` could be a tax id anywhere: 4 to 20 letters, digits, blanks and - . /, 4 of them no sign."""
    return bool(_WRITING.fullmatch(text)) and sum(map(str.isalnum, text)) >= _FEWEST_LETTERS_OR_DIGITS


def is_written_as_tax_id_in(country: str, text: str) -> bool:
    """Whether `text` has the characters and the length of any tax id of `country`, an ISO 3166-1 alpha-2 code.

    True for a country whose ids are not known; the prefix of a European VAT id may be there or not.
    """
    from stdnum.exceptions import InvalidFormat, InvalidLength, ValidationError

    def accepts(validate: Callable[[str], str]) -> bool:
        try:
            validate(text)
        except (InvalidLength, InvalidFormat):
            return False
        except ValidationError:  # a check digit or a part
            return True
        return True

    published = _PUBLISHED.get(country)
    if published is not None and published.fullmatch(text):
        return True
    known = _formats_of(country)
    return not known or any(map(accepts, known))


def has_vat_ids(country: str) -> bool:
    """Whether companies of `country` have a number for the value added tax."""
    from stdnum import get_cc_module

    return get_cc_module(country, "vat") is not None


def has_tax_ids(country: str) -> bool:
    """Whether the format of any tax id of `country` is known."""
    return bool(_formats_of(country))


@cache
def _formats_of(country: str) -> tuple[Callable[[str], str], ...]:
    for package_name in (f"stdnum.{country.lower()}", f"stdnum.{country.lower()}_"):
        try:
            package = import_module(package_name)
        except ModuleNotFoundError:
            continue
        if not hasattr(package, "__path__"):
            continue
        names = (m.name for m in iter_modules(package.__path__) if m.name not in _OTHER_NUMBERS)
        modules = (import_module(f"{package_name}.{name}") for name in names)
        return tuple(module.validate for module in modules if hasattr(module, "validate"))
    return ()
