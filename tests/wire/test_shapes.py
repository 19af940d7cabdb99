"""JSON object ⇄ typed object, losing nothing."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable

import pytest

from partnercenter.wire.casing import Casing
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.profiles import Address, BillingProfile, Contact, Link, ResourceLinks
from partnercenter.wire.shapes import Shape, ShapeError, Violation


@dataclasses.dataclass(kw_only=True, eq=False, repr=False, slots=True)
class OneMember(Shape):
    """The smallest shape."""

    inner: Contact = dataclasses.field(default_factory=Contact)


def violations_of(value: JsonValue) -> list[tuple[str, str]]:
    with pytest.raises(ShapeError) as refused:
        BillingProfile.from_wire(value)
    return [(violation.member, violation.reason) for violation in refused.value.violations]


@pytest.mark.parametrize("name", ["taxId", "TaxId", "TAXID", "taxid"])
def test_s20_a_member_is_read_in_any_casing(name: str) -> None:
    assert BillingProfile.from_wire({name: "1"}).tax_id == "1"


def test_a_member_of_an_inner_object_is_read_in_any_casing() -> None:
    assert BillingProfile.from_wire({"ADDRESS": {"addressLINE1": "x"}}).address.address_line1 == "x"


ROUND_TRIPS: dict[str, JsonObject] = {
    "nothing": {},
    "null": {"companyName": None},
    "empty-text": {"companyName": ""},
    "null-object": {"address": None},
    "empty-object": {"address": {}},
    "object-of-nulls": {"address": {"city": None}},
    "inner-null-beside-a-value": {"address": {"city": "x", "region": None}},
    "unknown-member": {"companyName": "x", "loyalty": {"Level": [1, None, {"deep": True}]}},
    "unknown-null": {"loyalty": None},
    "unknown-inside": {"address": {"city": "x", "doorCode": 7}},
    "unknown-alone-inside": {"address": {"doorCode": 7}},
    "zero": {"billingDay": 0},
    "empty-array": {"links": {"self": {"headers": []}}},
}


@pytest.mark.parametrize("document", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_what_was_read_is_written_again_with_nothing_lost(document: JsonObject) -> None:
    assert BillingProfile.from_wire(document).to_wire() == document


@pytest.mark.parametrize("document", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
def test_without_nulls_no_known_member_is_written_as_null(document: JsonObject) -> None:
    written = BillingProfile.from_wire(document).to_wire(keep_nulls=False)
    assert [name for name, value in written.items() if value is None and name != "loyalty"] == []


def test_a_shape_may_have_one_member_alone() -> None:
    document: JsonObject = {"inner": {"email": "x"}}
    assert OneMember.from_wire(document).to_wire() == document


def test_without_nulls_an_empty_text_stays() -> None:
    assert Address.from_wire({"city": "", "state": None}).to_wire(keep_nulls=False) == {"city": ""}


def test_members_are_written_in_the_order_of_the_class_and_unknown_ones_last() -> None:
    read = BillingProfile.from_wire({"zzz": 1, "taxId": "2", "companyName": "3"})
    assert list(read.to_wire()) == ["companyName", "taxId", "zzz"]


def test_pascal_case_is_written_at_every_depth() -> None:
    profile = BillingProfile(address=Address(address_line1="x"), links=ResourceLinks(self_=Link(uri="/u")))
    assert profile.to_wire(Casing.PASCAL) == {"Address": {"AddressLine1": "x"}, "Links": {"Self": {"Uri": "/u"}}}


def test_unknown_members_keep_their_own_spelling_in_either_casing() -> None:
    assert BillingProfile.from_wire({"loyaltyLevel": 1}).to_wire(Casing.PASCAL) == {"loyaltyLevel": 1}


def test_unknown_members_can_be_left_out_at_every_depth() -> None:
    document: JsonObject = {"taxId": "1", "x": 1, "address": {"city": "c", "y": 2}}
    read = BillingProfile.from_wire(document, keep_unknown=False)
    assert read.to_wire() == {"taxId": "1", "address": {"city": "c"}}


@pytest.mark.parametrize(
    "document",
    [{"TaxId": "1", "taxId": "1"}, {"links": None, "LINKS": None}, {"address": {"City": "a", "city": "b"}}],
    ids=["J21-text", "J21-null", "J21-inside"],
)
def test_j21_two_spellings_of_one_member_are_a_violation(document: JsonObject) -> None:
    assert [reason for _, reason in violations_of(document)] == [
        "has two names for one member, which differ only in their casing"
    ]


def test_j21_two_spellings_of_one_unknown_member_are_a_violation() -> None:
    assert len(violations_of({"extra": 1, "Extra": 2})) == 1


WRONG_TYPES: dict[str, tuple[JsonObject, tuple[str, str]]] = {
    "J16-number-for-text": ({"taxId": 1}, ("taxId", "must be text")),
    "J16-float-for-text": ({"taxId": 1.0}, ("taxId", "must be text")),
    "J17-bool-for-text": ({"taxId": True}, ("taxId", "must be text")),
    "J18-array-for-object": ({"address": []}, ("address", "must be an object")),
    "J19-object-for-text": ({"taxId": {}}, ("taxId", "must be text")),
    "J19-text-for-object": ({"address": "x"}, ("address", "must be an object")),
    "bool-for-number": ({"billingDay": True}, ("billingDay", "must be a whole number")),
    "float-for-number": ({"billingDay": 1.0}, ("billingDay", "must be a whole number")),
    "text-for-number": ({"billingDay": "1"}, ("billingDay", "must be a whole number")),
    "text-for-array": ({"links": {"self": {"headers": "x"}}}, ("links.self.headers", "must be an array")),
    "S04-etag": ({"Attributes": {"Etag": 1}}, ("attributes.etag", "must be text")),
    "inside": ({"Address": {"AddressLine1": 1}}, ("address.addressLine1", "must be text")),
}


@pytest.mark.parametrize(("document", "expected"), WRONG_TYPES.values(), ids=WRONG_TYPES.keys())
def test_a_value_of_the_wrong_type_is_a_violation_at_its_path(document: JsonObject, expected: tuple[str, str]) -> None:
    assert violations_of(document) == [expected]


@pytest.mark.parametrize("value", [[], "x", 1, None], ids=["array", "text", "number", "null"])
def test_j38_a_body_that_is_no_object_is_one_violation_of_the_body_itself(value: JsonValue) -> None:
    assert violations_of(value) == [("", "must be an object")]


def test_all_violations_are_told_at_once_in_the_order_of_the_text() -> None:
    found = violations_of({"taxId": 1, "address": {"city": 2, "state": []}, "billingDay": "x"})
    assert [member for member, _ in found] == ["taxId", "address.city", "address.state", "billingDay"]


def test_a_violation_reads_as_path_and_reason() -> None:
    assert str(Violation("address.city", "must be text")) == "address.city: must be text"


def test_a_violation_of_the_body_reads_as_its_reason_alone() -> None:
    assert str(Violation("", "must be an object")) == "must be an object"


def test_a_shape_error_quotes_no_value() -> None:
    with pytest.raises(ShapeError) as refused:
        BillingProfile.from_wire({"taxId": 987654321})
    assert "987654321" not in str(refused.value)


def test_null_and_absent_are_equal() -> None:
    assert Contact.from_wire({"email": None}) == Contact()


def test_an_empty_text_is_not_equal_to_null() -> None:
    assert Contact(email="") != Contact()


def test_an_unknown_member_makes_a_difference() -> None:
    assert Contact.from_wire({"x": 1}) != Contact()


def test_shapes_of_two_classes_are_never_equal() -> None:
    assert Contact(first_name="a") != Address(first_name="a")


def test_a_shape_cannot_be_a_key() -> None:
    with pytest.raises(TypeError):
        hash(Contact())


def test_the_repr_shows_what_has_a_value() -> None:
    assert repr(BillingProfile(address=Address(city="Redmond"))) == "BillingProfile(address=Address(city='Redmond'))"


def test_the_repr_shows_no_tax_id() -> None:
    assert "98-7654321" not in repr(BillingProfile(tax_id="98-7654321"))


def test_the_repr_shows_no_unknown_member() -> None:
    assert "98-7654321" not in repr(BillingProfile.from_wire({"secondTaxId": "98-7654321"}))


COPIES: dict[str, Callable[[BillingProfile], BillingProfile]] = {
    "replace": dataclasses.replace,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda read: pickle.loads(pickle.dumps(read)),
}


@pytest.mark.parametrize("document", ROUND_TRIPS.values(), ids=ROUND_TRIPS.keys())
@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES.keys())
def test_a_copy_loses_nothing(copied: Callable[[BillingProfile], BillingProfile], document: JsonObject) -> None:
    assert copied(BillingProfile.from_wire(document)).to_wire() == document


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES.keys())
@pytest.mark.parametrize("document", [{"taxId": "1"}, {"taxId": "1", "x": {"y": 1}}])
def test_a_copy_has_unknown_members_of_its_own(
    copied: Callable[[BillingProfile], BillingProfile], document: JsonObject
) -> None:
    before = copy.deepcopy(document)
    read = BillingProfile.from_wire(document)
    other = copied(read)
    other._unknown["z"] = 1
    for inner in other._unknown.values():
        if isinstance(inner, dict):
            inner["y"] = 2
    assert read.to_wire() == before


def test_replacing_a_member_keeps_the_others_and_the_unknown_ones() -> None:
    read = BillingProfile.from_wire({"taxId": "1", "companyName": None, "x": 1})
    assert dataclasses.replace(read, tax_id="2").to_wire() == {"companyName": None, "taxId": "2", "x": 1}


def test_a_shape_is_made_with_its_members() -> None:
    names = [name for name in inspect.signature(Link).parameters if not name.startswith("_")]
    assert names == [member.python_name for member in Link.members()]


@pytest.mark.parametrize(
    "document",
    [
        {"taxId": 12},
        {"TaxId": True},
        {"billingDay": "1"},
        {"Address": "x"},
        {"address": [], "taxId": None},
        {"address": {"City": 1, "region": None, "state": "x"}},
        {"attributes": {"etag": 1.5}},
    ],
)
def test_a_lenient_reading_keeps_a_value_of_the_wrong_type_as_it_stood(document: JsonObject) -> None:
    read = BillingProfile.from_wire(document, strict=False)
    assert read.to_wire() == document
    assert (read.tax_id, read.billing_day, read.address.city) == (None, None, None)


def test_a_member_that_is_given_a_value_takes_the_place_of_the_wrong_one() -> None:
    read = BillingProfile.from_wire({"TaxId": 12, "Address": "x"}, strict=False)
    read.tax_id, read.address.city = "13", "c"
    assert read.to_wire() == {"taxId": "13", "address": {"city": "c"}}


@pytest.mark.parametrize("value", [[], "x", {"taxId": 1, "TaxId": "x"}])
def test_a_lenient_reading_still_wants_an_object_of_one_meaning(value: JsonValue) -> None:
    with pytest.raises(ShapeError):
        BillingProfile.from_wire(value, strict=False)
