"""The published table of cultures."""

from __future__ import annotations

import pytest

from partnercenter.rules.international_codes import is_culture, is_language
from partnercenter.wire import cultures

ROWS = {
    "US": ("en-US", "es-US"),
    "GB": ("en-GB", "en-US"),
    "ES": ("es-ES", "ca-ES", "eu-ES", "gl-ES", "en-US"),
    "BA": ("bs-Latn-BA", "en-US"),
    "MZ": ("pt-PT",),
    "SR": ("nl-NL",),
    "AS": ("en-US",),
    "VU": ("en-US",),
    "ZZ": ("en-US",),
}


@pytest.mark.parametrize(("country", "row"), ROWS.items())
def test_the_cultures_of_a_country_are_those_of_its_row(country: str, row: tuple[str, ...]) -> None:
    assert cultures.cultures_of(country) == row


def test_the_table_is_as_large_as_the_published_one() -> None:
    assert (len(cultures.COUNTRIES), len(cultures.CULTURES)) == (248, 135)
    assert len({culture.partition("-")[0] for culture in cultures.CULTURES}) == 69


def test_a_language_stands_once() -> None:
    assert cultures.languages_of("RS") == ("sr", "en")


def test_every_published_culture_and_language_is_accepted_in_a_profile() -> None:
    assert all(is_culture(culture) and is_language(culture.partition("-")[0]) for culture in cultures.CULTURES)
