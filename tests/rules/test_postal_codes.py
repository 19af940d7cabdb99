"""A postal code as its country writes it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.rules import postal_codes
from partnercenter.rules.country_rules import countries, is_postal_code, rules_of

WRITTEN = {
    "as-it-is": ("US", "98052", "98052"),
    "hyphen-missing": ("US", "980528300", "98052-8300"),
    "blank-for-the-hyphen": ("US", "98052 8300", "98052-8300"),
    "lower-case": ("GB", "sw1a 1aa", "SW1A 1AA"),
    "blank-missing": ("GB", "M25BQ", "M2 5BQ"),
    "blanks-around": ("CA", "  h3z2y7 ", "H3Z 2Y7"),
    "japanese": ("JP", "1540023", "154-0023"),
    "prefix-missing": ("LV", "1073", "LV-1073"),
    "prefix-without-hyphen": ("LV", "lv1073", "LV-1073"),
    "no-postal-codes": ("AE", " x ", "X"),
    "not-of-the-country": ("US", "sw1a 1aa", "SW1A 1AA"),
}


@pytest.mark.parametrize(("country", "sent", "written"), WRITTEN.values(), ids=WRITTEN.keys())
def test_the_code_is_written_as_the_country_does(country: str, sent: str, written: str) -> None:
    rules = rules_of(country)
    assert rules is not None
    assert postal_codes.canonical(rules, sent) == written


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(countries()), st.text("aB0 9-1", max_size=12) | st.text(max_size=20))
def test_writing_it_twice_changes_nothing_more(country: str, text: str) -> None:
    rules = rules_of(country)
    assert rules is not None
    once = postal_codes.canonical(rules, text)
    assert postal_codes.canonical(rules, once) == once


@pytest.mark.parametrize("country", countries())
def test_the_examples_stay_codes_of_their_country(country: str) -> None:
    rules = rules_of(country)
    assert rules is not None
    assert all(is_postal_code(rules, postal_codes.canonical(rules, code)) for code in rules.postal_code_examples)
