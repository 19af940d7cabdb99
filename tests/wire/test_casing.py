"""The two spellings of member names."""

from __future__ import annotations

import pytest

from partnercenter.wire.casing import Casing, camel, casing_of, fold, pascal


@pytest.mark.parametrize(
    ("python_name", "wire_name"),
    [("tax_id", "taxId"), ("address_line1", "addressLine1"), ("self_", "self"), ("country", "country")],
)
def test_a_python_name_has_one_camel_case_name(python_name: str, wire_name: str) -> None:
    assert camel(python_name) == wire_name


@pytest.mark.parametrize(("name", "expected"), [("taxId", "TaxId"), ("self", "Self"), ("", "")])
def test_pascal_case_differs_in_the_first_letter_only(name: str, expected: str) -> None:
    assert pascal(name) == expected


def test_folding_makes_one_key_of_every_ascii_spelling() -> None:
    assert {fold("TaxId"), fold("taxId"), fold("TAXID"), fold("taxid")} == {"taxid"}


@pytest.mark.parametrize("name", ["Lin\u212as", "TaxI\u0130d", "\uff34axId"], ids=["kelvin", "dotted-i", "full-width"])
def test_j23_folding_leaves_look_alikes_outside_ascii_apart(name: str) -> None:
    assert not fold(name).isascii()


CASINGS = {
    "all-pascal": (["CompanyName", "Address"], Casing.PASCAL),
    "all-camel": (["companyName", "address"], Casing.CAMEL),
    "mixed": (["CompanyName", "address"], Casing.CAMEL),
    "no-members": ([], Casing.CAMEL),
    "empty-name": ([""], Casing.CAMEL),
    "no-letter-first": (["@odata.type", "CompanyName"], Casing.CAMEL),
}


@pytest.mark.parametrize(("names", "expected"), CASINGS.values(), ids=CASINGS.keys())
def test_a_body_is_pascal_case_only_if_every_outermost_name_is(names: list[str], expected: Casing) -> None:
    assert casing_of(names) is expected
