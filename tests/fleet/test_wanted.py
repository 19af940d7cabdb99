"""What a file wants is checked against the shapes of the profiles before anybody is asked."""

from __future__ import annotations

import pytest

from partnercenter.fleet.rows import Cell, FileRefusedError, Row, Written
from partnercenter.fleet.wanted import WantedPartner, path_problem, read_rows
from tests.fleet.stage import row, wanted


def _cell(path: str, text: str, written: Written = Written.TEXT) -> WantedPartner:
    [partner] = read_rows([Row("contoso.com", 1, (Cell(path, text, written, 7),))])
    return partner


def _problems(*rows: Row) -> list[str]:
    with pytest.raises(FileRefusedError) as refused:
        read_rows(rows)
    return refused.value.problems


def _problem(path: str, text: str = "x", written: Written = Written.TEXT) -> str:
    [problem] = _problems(Row("contoso.com", 1, (Cell(path, text, written, 7),)))
    return problem


def test_members_are_found_in_any_casing_and_told_as_the_wire_spells_them() -> None:
    [profile] = _cell("billing.Address.CITY", "Redmond").profiles
    assert [(member.path, member.value) for member in profile.members] == [("address.city", "Redmond")]


def test_a_partner_can_have_several_profiles() -> None:
    [partner] = wanted(row("contoso.com", support_email="a@contoso.com", billing_purchaseOrderNumber="7"))
    assert [profile.kind.word for profile in partner.profiles] == ["billing", "support"]


def test_null_clears_a_member() -> None:
    assert _cell("billing.purchaseOrderNumber", "~", Written.NULL).profiles[0].members[0].value is None


def test_a_whole_number_is_one() -> None:
    assert _cell("billing.billingDay", "15", Written.PLAIN).profiles[0].members[0].value == 15


@pytest.mark.parametrize("text", ["0123", "9_321", "1e3", "NO", "2026-01-01", "12:30:00"])
def test_a_text_that_yaml_takes_for_something_else_has_to_be_quoted(text: str) -> None:
    assert f'Put it in quotes: "{text}"' in _problem("billing.purchaseOrderNumber", text, Written.PLAIN)


@pytest.mark.parametrize(("text", "written"), [("15", Written.TEXT), ("015", Written.PLAIN), ("1.0", Written.PLAIN)])
def test_a_day_is_a_whole_number_without_quotes_and_zeros_before_it(text: str, written: Written) -> None:
    assert "whole number" in _problem("billing.billingDay", text, written)


def test_a_cell_of_csv_is_whatever_its_member_is() -> None:
    assert _cell("billing.billingDay", "15", Written.CELL).profiles[0].members[0].value == 15
    assert _cell("billing.purchaseOrderNumber", "0123", Written.CELL).profiles[0].members[0].value == "0123"


def test_a_refusal_shows_no_tax_id() -> None:
    assert "12345678" not in _problem("billing.taxId", "12345678", Written.PLAIN)


def test_a_refusal_names_the_line() -> None:
    assert _problem("billing.cty").startswith("line 7: billing.cty: ")


MISTAKES = {
    "biling.purchaseOrderNumber": "Did you mean billing?",
    "billing.purchaseOrderNumbr": "Did you mean purchaseOrderNumber?",
    "billing.address.citi": "Did you mean city?",
    "billing.address": "It is an object. Name its members: country,",
    "billing.taxId.x": "taxId has no members",
    "billing.attributes.etag": "set by the service",
    "legal.vettingStatus": "set by the service",
    "organization.tenantId": "set by the service",
    "mpn.mpnId": "Nobody can change it",
    "billing": "Name its members",
}


@pytest.mark.parametrize(("path", "said"), MISTAKES.items())
def test_a_path_that_leads_to_nothing_that_can_be_changed_is_refused(path: str, said: str) -> None:
    assert said in (path_problem(path) or "")


def test_a_tenant_is_named_once_whatever_its_casing() -> None:
    twice = _problems(row("contoso.com", billing_taxId="1"), row("Contoso.COM", billing_taxId="1"))
    assert twice == ["line 1: contoso.com stands in line 1 already. Say it in one place."]


def test_a_member_is_named_once_whatever_its_casing() -> None:
    assert "named twice" in _problems(row("contoso.com", billing_taxId="1", billing_TAXID="1"))[0]


@pytest.mark.parametrize("tenant", ["", "contoso/common", "-", "conto so", "x" * 254, "contoso.com\n"])
def test_a_tenant_is_an_id_or_a_domain(tenant: str) -> None:
    assert "id or its domain" in _problems(row(tenant, billing_taxId="1"))[0]


def test_a_partner_of_whom_nothing_is_wanted_is_a_mistake() -> None:
    assert "nothing is wanted" in _problems(Row("contoso.com", 1, ()))[0]


def test_a_file_without_partners_is_a_mistake() -> None:
    assert _problems() == ["There is no partner in it."]


def test_every_mistake_is_told_at_once() -> None:
    assert len(_problems(row("contoso.com", billing_x="1", support_x="1"), row("", support_email="1"))) == 3
