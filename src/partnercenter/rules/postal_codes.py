"""A postal code as its country writes it: capital letters, and the separators where the examples have them."""

from __future__ import annotations

import re
from typing import Final

from partnercenter.rules.country_rules import CountryRules, is_postal_code

_SEPARATORS: Final = re.compile(r"[ \-]", re.ASCII)
_DIGIT: Final = re.compile("[0-9]")
_LETTER: Final = re.compile("[A-Z]")
# Longer than any postal code of the world with its separators.
_LONGEST: Final = 16


def canonical(rules: CountryRules, text: str) -> str:
    """The postal code `text` as the country writes it, or in capital letters if it can be no code of the country.

    Doing it twice changes nothing more.
    """
    written = " ".join(text.split()).upper()
    if rules.postal_code_regex is None or len(written) > _LONGEST:
        return written
    bare = _SEPARATORS.sub("", written)
    # Where every code begins with the country's own, as in LV-1073, people leave it out.
    with_country = rules.iso2 + bare.removeprefix(rules.iso2)
    candidates = (
        *(_laid_out(bare, example) for example in rules.postal_code_examples),
        written,
        bare,
        *(_laid_out(with_country, example) for example in rules.postal_code_examples if example.startswith(rules.iso2)),
    )
    return next((code for code in candidates if code is not None and is_postal_code(rules, code)), written)


def _laid_out(bare: str, example: str) -> str | None:
    """The letters and digits of `bare` with the separators of an example of the same kind; None if it is another."""
    if _kind(bare) != _kind(_SEPARATORS.sub("", example)):
        return None
    left = iter(bare)
    return "".join(sign if _SEPARATORS.fullmatch(sign) else next(left) for sign in example)


def _kind(text: str) -> str:
    return _LETTER.sub("A", _DIGIT.sub("9", text))
