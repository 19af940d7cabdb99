"""The billing profile of the published page, member for member."""

from __future__ import annotations

from partnercenter.wire import json_text
from partnercenter.wire.casing import Casing
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.profiles import BillingProfile

# The request example of "Update the partner billing profile"; <TaxId> and <etag> are filled in.
PUBLISHED = b"""{
    "CompanyName":"TEST_TEST_BugBash1",
    "Address":{
        "Country":"US", "Region":null, "City":"Redmond", "State":"WA", "AddressLine1":"1 Microsoft Way",
        "AddressLine2":"","PostalCode":"98052", "FirstName":null, "LastName":null, "PhoneNumber":null
    },
    "PrimaryContact":{"FirstName":"Test", "LastName":"Customer", "Email":null, "PhoneNumber":""},
    "PurchaseOrderNumber":"9888",
    "TaxId":"12-345678",
    "BillingCurrency":"USD",
    "Links":{"Self":{"Uri":"/profiles/billing", "Method":"GET","Headers":[]}},
    "Attributes":{"Etag":"the-tag", "ObjectType":"BillingProfile"}
}"""


def published() -> JsonObject:
    document = json_text.read_strict(PUBLISHED)
    assert isinstance(document, dict)
    return document


def names(value: JsonValue) -> list[JsonValue]:
    return [[name, names(inner)] for name, inner in value.items()] if isinstance(value, dict) else []


def test_the_published_body_survives_the_round_trip_byte_for_byte() -> None:
    document = published()
    assert json_text.write(BillingProfile.from_wire(document).to_wire(Casing.PASCAL)) == json_text.write(document)


def test_the_published_body_has_no_unknown_member() -> None:
    read = BillingProfile.from_wire(published(), keep_unknown=False)
    assert read.to_wire(Casing.PASCAL) == published()


def test_the_published_body_in_camel_case_has_the_same_members_in_the_same_order() -> None:
    camel = BillingProfile.from_wire(published()).to_wire()
    assert str(names(camel)).lower() == str(names(published())).lower()


def test_the_tag_of_the_published_body_is_read() -> None:
    assert BillingProfile.from_wire(published()).attributes.etag == "the-tag"


def test_the_billing_day_stands_before_the_currency() -> None:
    read = BillingProfile.from_wire({"billingCurrency": "USD", "billingDay": 1, "taxId": "x"})
    assert list(read.to_wire()) == ["taxId", "billingDay", "billingCurrency"]


def test_self_is_the_wire_name_of_the_link_to_itself() -> None:
    assert BillingProfile.from_wire(published()).links.self_.uri == "/profiles/billing"
