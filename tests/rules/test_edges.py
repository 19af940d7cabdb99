"""The edges of the rules: the last text that is taken, and the first that is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from partnercenter.rules.billing_rules import violations
from partnercenter.rules.country_data import data_of
from partnercenter.rules.international_codes import is_culture
from partnercenter.rules.member_texts import text_violations
from partnercenter.rules.phone_numbers import is_written_as_phone_number
from partnercenter.rules.tax_ids import is_written_as_tax_id
from partnercenter.wire import cultures
from partnercenter.wire.profiles import Address, BillingProfile

MOST = {"firstName": 50, "middleName": 50, "lastName": 50, "city": 200, "addressLine1": 200, "state": 200}


@pytest.mark.parametrize(("member", "most"), MOST.items())
@pytest.mark.parametrize("more", [0, 1])
def test_a_member_of_an_address_has_at_most_its_documented_length(member: str, most: int, more: int) -> None:
    address = Address.from_wire({member: "x" * (most + more)})
    assert [violation.member for violation in text_violations(address)] == [member] * more


EDGES: dict[str, tuple[Callable[[str], bool], str, str]] = {
    "tax-id-longest": (is_written_as_tax_id, "1" * 20, "1" * 21),
    "tax-id-shortest": (is_written_as_tax_id, "1234", "123"),
    "tax-id-of-signs": (is_written_as_tax_id, "1-2-3-4", "1-2-3--"),
    "S16-phone-longest": (is_written_as_phone_number, "1" * 24, "1" * 25),
    "phone-shortest": (is_written_as_phone_number, "112", "11"),
}


@pytest.mark.parametrize(("takes", "good", "bad"), EDGES.values(), ids=EDGES.keys())
def test_a_text_at_the_edge_is_taken_and_one_beyond_it_is_not(
    takes: Callable[[str], bool], good: str, bad: str
) -> None:
    assert (takes(good), takes(bad)) == (True, False)


def test_an_empty_currency_is_a_violation_where_an_absent_one_is_none() -> None:
    found = [{v.member for v in violations(BillingProfile(billing_currency=given))} for given in ("", None)]
    assert [("billingCurrency" in members) for members in found] == [True, False]


@pytest.mark.parametrize("code", ["AC", "TA", "ZZ"])
def test_a_code_that_iso_only_reserves_is_no_country(code: str) -> None:
    assert data_of(code) is None


def test_the_country_of_a_published_culture_exists() -> None:
    assert all(data_of(culture.rpartition("-")[2]) is not None for culture in cultures.CULTURES)


def test_a_culture_of_a_country_that_does_not_exist_is_none() -> None:
    assert not is_culture("rw-RX")
