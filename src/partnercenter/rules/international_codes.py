"""Codes that the whole world shares: of currencies, languages and cultures."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from partnercenter.wire.cultures import CULTURES

_LANGUAGE: Final = re.compile("[A-Za-z]{2,3}")
_CULTURE: Final = re.compile("([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?-([A-Za-z]{2})")
_CULTURES: Final = frozenset(culture.lower() for culture in CULTURES)


def is_currency(text: str) -> bool:
    """Whether `text` is the ISO 4217 code, in upper case, of a currency that some country uses today."""
    return text in _currencies()


def is_language(text: str) -> bool:
    """Whether `text` is an ISO 639 code (`es`), in whatever case (RFC 5646 §2.1.1)."""
    return bool(_LANGUAGE.fullmatch(text)) and text.lower() in _languages()


def is_culture(text: str) -> bool:
    """Whether `text` is a language and a country (`es-US`, `sr-Latn-RS`), published or only possible."""
    if text.lower() in _CULTURES:
        return True
    parts = _CULTURE.fullmatch(text)
    if parts is None:
        return False
    language, script, territory = parts.groups()
    return (
        language.lower() in _languages()
        and (script is None or script.title() in _scripts())
        and territory.upper() in _territories()
    )


@cache
def _currencies() -> frozenset[str]:
    from babel.core import get_global

    rows = (row for rows in get_global("territory_currencies").values() for row in rows)
    return frozenset(str(code) for code, _, until, is_tender in rows if until is None and is_tender)


@cache
def _languages() -> frozenset[str]:
    from babel.core import Locale

    return frozenset(str(code).lower() for code in Locale("en").languages)


@cache
def _scripts() -> frozenset[str]:
    from babel.core import Locale

    return frozenset(map(str, Locale("en").scripts))


@cache
def _territories() -> frozenset[str]:
    from babel.core import Locale

    return frozenset(str(code) for code in Locale("en").territories if code != "ZZ")
