"""Phone numbers: what no country would call one, and what one country writes."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

# The most digits of E.164 §6 are 15; an international prefix and an extension may stand around them.
_MOST_DIGITS: Final = 24
_WRITING: Final = re.compile(r"\+?[0-9 ()./\-]{1,40}(?: ?(?:x|ext\.?|#) ?[0-9]{1,7})?", re.ASCII | re.IGNORECASE)
_SEPARATORS: Final = r"[ \-\/\.\(\)]{0,2}"
# The country rules of the US as they were recorded (Partner Center, country validation rules).
_PUBLISHED: Final = {
    "US": r"^(1[ \-\/\.]?)?(\((\d{3})\)|(\d{3}))[ \-\/\.]?(\d{3})[ \-\/\.]?(\d{4})$",
}


def is_written_as_phone_number(text: str) -> bool:
    """Whether `text` could be a phone number anywhere: no letters but of an extension, and not too many digits."""
    return bool(_WRITING.fullmatch(text)) and 3 <= sum(map(str.isdigit, text)) <= _MOST_DIGITS


@cache
def regex_of(country: str) -> str | None:
    """An anchored regular expression for the national and the international writing of a country's numbers.

    country: ISO 3166-1 alpha-2 code. None if nobody has a phone there, as far as the data knows.
    """
    from phonenumbers import PhoneMetadata

    if country in _PUBLISHED:
        return _PUBLISHED[country]
    metadata = PhoneMetadata.metadata_for_region(country)
    if metadata is None or metadata.general_desc is None:
        return None
    lengths = metadata.general_desc.possible_length
    trunk = metadata.national_prefix
    trunk_group = rf"(?:\(?{re.escape(trunk)}\)?{_SEPARATORS})?" if trunk else ""
    calling_code = rf"(?:(?:\+|00)?{metadata.country_code}{_SEPARATORS})?"
    # Every turn begins with a digit and every separator is none, so there is one way to match and it is linear.
    body = rf"\(?(?:\d{_SEPARATORS}){{{min(lengths) - 1},{max(lengths) - 1}}}\d"
    return f"^{calling_code}{trunk_group}{body}$"


@cache
def calling_codes_of(country: str) -> tuple[str, ...]:
    """The calling codes of a country, without a plus; empty if it has none."""
    from phonenumbers import country_code_for_region

    code = country_code_for_region(country)
    return (str(code),) if code else ()


def is_phone_number_in(country: str, text: str) -> bool:
    """Whether `text` can be dialled from `country`: as its own people write it, or with another calling code.

    Only its length is compared with the numbering plan: published examples have numbers that nobody was given.
    """
    from phonenumbers import NumberParseException, is_possible_number, parse

    regex = regex_of(country)
    if regex is not None and re.compile(regex, re.ASCII).fullmatch(text):
        return True
    try:
        return is_possible_number(parse(text, country))
    except NumberParseException:
        # No plan to compare with: the general rule is all there is.
        return regex is None
