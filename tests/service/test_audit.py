"""What an accepted change leaves behind."""

from __future__ import annotations

import pytest

from partnercenter.service.audit import entry_of_update
from partnercenter.wire import json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import Address, BillingProfile
from tests.service.stage import CORRELATION, NOW, caller


def entry(old: BillingProfile | None = None, new: BillingProfile | None = None) -> AuditRecord:
    return entry_of_update(
        "update_partner_billing_profile",
        old or BillingProfile(),
        new or BillingProfile(),
        caller=caller(),
        now=NOW,
        facts={"correlationId": CORRELATION, "precondition": "unconditional"},
    )


def value(text: str | None) -> JsonObject:
    document = json_text.read_strict((text or "").encode())
    assert isinstance(document, dict)
    return document


MASKED = {
    "long": ("12-345678", "*******78"),
    "five-characters": ("12345", "***45"),
    "four-characters": ("1234", "****"),
    "one-character": ("1", "*"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("tax_id", "shown"), MASKED.values(), ids=MASKED.keys())
def test_t17_the_tax_id_is_masked_but_for_its_end(tax_id: str, shown: str) -> None:
    assert value(entry(new=BillingProfile(tax_id=tax_id)).resource_new_value)["TaxId"] == shown


def test_t17_the_old_tax_id_is_masked_too() -> None:
    assert "98-7654321" not in (entry(old=BillingProfile(tax_id="98-7654321")).resource_old_value or "")


def test_values_are_printed_with_pascal_case_names() -> None:
    printed = value(entry(new=BillingProfile(address=Address(address_line1="x"))).resource_new_value)
    assert printed == {"Address": {"AddressLine1": "x"}}


def test_old_and_new_value_are_told_apart() -> None:
    told = entry(BillingProfile(company_name="old"), BillingProfile(company_name="new"))
    assert (value(told.resource_old_value), value(told.resource_new_value)) == (
        {"CompanyName": "old"},
        {"CompanyName": "new"},
    )


def test_k04_the_time_is_utc_with_a_z() -> None:
    assert entry().operation_date == "2027-01-15T08:00:00.000Z"


def test_facts_are_kept_as_keys_and_values() -> None:
    assert {"key": "precondition", "value": "unconditional"} in (entry().customized_data or [])


def test_the_correlation_id_stands_in_its_own_member() -> None:
    assert entry().original_correlation_id == CORRELATION


def test_the_resource_type_follows_from_the_operation() -> None:
    assert entry().resource_type == "partner_billing_profile"


def test_no_two_entries_share_an_id() -> None:
    assert entry().id != entry().id


def test_the_repr_shows_no_values() -> None:
    assert "Contoso" not in repr(entry(new=BillingProfile(company_name="Contoso")))
