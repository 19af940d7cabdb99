"""Is this billing profile acceptable?"""

from __future__ import annotations

import pytest

from partnercenter.rules import billing_rules, reasons
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import Address, BillingProfile
from partnercenter.wire.shapes import Violation

IN_US: JsonObject = {"country": "US", "city": "Redmond", "state": "WA", "postalCode": "98052"}
IN_DE: JsonObject = {"country": "DE", "city": "Berlin", "postalCode": "10115"}
IN_NOWHERE: JsonObject = {"country": "AQ", "city": "Base"}
BARELY_ENOUGH: JsonObject = {"companyName": "Somebody", "address": IN_US}


def found(changes: JsonObject) -> list[Violation]:
    """The violations of a profile which is acceptable but for `changes`."""
    return billing_rules.violations(BillingProfile.from_wire(BARELY_ENOUGH | changes))


def members(changes: JsonObject) -> list[str]:
    return [violation.member for violation in found(changes)]


@pytest.mark.parametrize("nothing", ["", None])
def test_a_company_needs_a_name(nothing: str | None) -> None:
    assert members({"companyName": nothing}) == ["companyName"]


def test_an_address_without_a_country_is_told_that_and_nothing_that_depends_on_it() -> None:
    assert members({"address": {"country": None, "state": "??", "postalCode": "?"}}) == ["address.country"]


ACCEPTABLE: dict[str, JsonObject] = {
    "nothing": {},
    "J47-hostile-text": {"companyName": "<script>'); DROP {{7*7}} =cmd()"},
    "J43-accents": {"companyName": "Straße é 中"},
    "first-day": {"billingDay": 1},
    "last-day": {"billingDay": 31},
    "day-not-given": {"billingDay": 0},
    "day-null": {"billingDay": None},
    "currency": {"billingCurrency": "EUR"},
    "state-by-name": {"address": IN_US | {"state": "Washington"}},
    "state-in-another-case": {"address": IN_US | {"state": "wa"}},
    "nine-digits": {"address": IN_US | {"postalCode": "98052-8300"}},
    "no-state-where-there-is-none": {"address": IN_DE},
    "accent-left-out": {
        "address": {"country": "BR", "city": "x", "state": "Sao Paulo", "postalCode": "01000-000"},
    },
    "middle-name": {"address": IN_US | {"firstName": "x" * 50, "middleName": "y" * 50, "lastName": "z" * 50}},
    "phone-of-the-samples": {"primaryContact": {"phoneNumber": "2066017143"}},
    "phone-of-the-address": {"address": IN_US | {"phoneNumber": "425-555-0100"}},
    "phone-empty": {"primaryContact": {"phoneNumber": ""}},
    "phone-from-abroad": {"primaryContact": {"phoneNumber": "+49 30 123456"}},
    "phone-with-extension": {"primaryContact": {"phoneNumber": "425-555-0100 x12"}},
    "phone-where-nobody-has-one": {"address": IN_NOWHERE, "primaryContact": {"phoneNumber": "123456"}},
    "email": {"primaryContact": {"email": "erika@second.partner.example"}},
    "tax-id-of-the-page": {"taxId": "12-345678"},
    "tax-id-with-blanks-inside": {"address": IN_DE, "taxId": "DE 123 456 789"},
    "tax-id-without-prefix": {"address": IN_DE, "taxId": "123456789"},
    "tax-id-empty": {"taxId": ""},
    "tax-id-of-an-unknown-format": {"address": IN_NOWHERE, "taxId": "AB-12/34"},
}


@pytest.mark.parametrize("document", ACCEPTABLE.values(), ids=ACCEPTABLE.keys())
def test_the_profile_is_acceptable(document: JsonObject) -> None:
    assert found(document) == []


# Row ids are those of the catalogue of bad inputs; the code is 3000.
WRONG_ANYWHERE: dict[str, tuple[JsonObject, str]] = {
    "S12-unknown-currency": ({"billingCurrency": "ZZZ"}, "billingCurrency"),
    "S12-currency-in-lower-case": ({"billingCurrency": "usd"}, "billingCurrency"),
    "S12-currency-sign": ({"billingCurrency": "US$"}, "billingCurrency"),
    "S12-four-letters": ({"billingCurrency": "USDX"}, "billingCurrency"),
    "S12-currency-of-the-past": ({"billingCurrency": "DEM"}, "billingCurrency"),
    "S13-unknown-country": ({"address": IN_US | {"country": "XX"}}, "address.country"),
    "S13-three-letters": ({"address": IN_US | {"country": "USA"}}, "address.country"),
    "S13-country-in-lower-case": ({"address": IN_US | {"country": "us"}}, "address.country"),
    "S13-no-country-but-the-data-of-all": ({"address": IN_US | {"country": "ZZ"}}, "address.country"),
    "S13-file-name": ({"address": IN_US | {"country": "all"}}, "address.country"),
    "S13-path": ({"address": IN_US | {"country": "../us"}}, "address.country"),
    "S14-tax-id-of-200": ({"taxId": "1" * 200}, "taxId"),
    "S14-tax-id-of-signs": ({"taxId": "-- // .."}, "taxId"),
    "S14-tax-id-blank": ({"taxId": "    "}, "taxId"),
    "S14-tax-id-too-short": ({"taxId": "123"}, "taxId"),
    "S14-tax-id-with-other-digits": ({"taxId": "\uff11\uff12\uff13\uff14\uff15\uff16"}, "taxId"),
    "S15-no-at-sign": ({"primaryContact": {"email": "nobody"}}, "primaryContact.email"),
    "S15-quoted-local-part": ({"primaryContact": {"email": '"a b"@contoso.com'}}, "primaryContact.email"),
    "S15-two": ({"primaryContact": {"email": "a@contoso.com,b@contoso.com"}}, "primaryContact.email"),
    "S16-phone-with-letters": ({"primaryContact": {"phoneNumber": "1-800-FLOWERS"}}, "primaryContact.phoneNumber"),
    "S16-65-digits": ({"primaryContact": {"phoneNumber": "1" * 65}}, "primaryContact.phoneNumber"),
    "S16-phone-of-the-address": ({"address": IN_US | {"phoneNumber": "call me"}}, "address.phoneNumber"),
    "first-name-of-51": ({"address": IN_US | {"firstName": "x" * 51}}, "address.firstName"),
    "middle-name-of-51": ({"address": IN_US | {"middleName": "x" * 51}}, "address.middleName"),
    "last-name-of-51": ({"primaryContact": {"lastName": "x" * 51}}, "primaryContact.lastName"),
    "day-before-the-first": ({"billingDay": -1}, "billingDay"),
    "day-after-the-last": ({"billingDay": 32}, "billingDay"),
    "day-far-away": ({"billingDay": 10**30}, "billingDay"),
}


@pytest.mark.parametrize(("changes", "member"), WRONG_ANYWHERE.values(), ids=WRONG_ANYWHERE.keys())
def test_what_is_wrong_anywhere_is_an_invalid_property(changes: JsonObject, member: str) -> None:
    assert [(v.member, v.by_country) for v in found(changes)] == [(member, False)]


WRONG_THERE: dict[str, tuple[JsonObject, str]] = {
    "no-city": ({"address": IN_US | {"city": None}}, "address.city"),
    "blank-city": ({"address": IN_US | {"city": "  "}}, "address.city"),
    "no-state": ({"address": IN_US | {"state": ""}}, "address.state"),
    "no-postal-code": ({"address": IN_US | {"postalCode": None}}, "address.postalCode"),
    "unknown-state": ({"address": IN_US | {"state": "ZZ"}}, "address.state"),
    "territory": ({"address": IN_US | {"state": "PR"}}, "address.state"),
    "armed-forces": ({"address": IN_US | {"state": "AE"}}, "address.state"),
    "state-of-another-country": ({"address": IN_US | {"state": "Bayern"}}, "address.state"),
    "postal-code-of-another-country": ({"address": IN_US | {"postalCode": "SW1A 1AA"}}, "address.postalCode"),
    "postal-code-with-a-line-more": ({"address": IN_DE | {"postalCode": "10115x"}}, "address.postalCode"),
    "postal-code-with-other-digits": (
        {"address": IN_DE | {"postalCode": "\u0661\u0660\u0661\u0661\u0665"}},
        "address.postalCode",
    ),
    "short-phone": ({"primaryContact": {"phoneNumber": "12345"}}, "primaryContact.phoneNumber"),
    "calling-code-of-nobody": ({"primaryContact": {"phoneNumber": "+999 123 456"}}, "primaryContact.phoneNumber"),
    "long-phone": ({"address": IN_US | {"phoneNumber": "1234567890123"}}, "address.phoneNumber"),
    "S14-tax-id-of-another-country": ({"taxId": "DE123456789"}, "taxId"),
    "S14-american-tax-id-in-germany": ({"address": IN_DE, "taxId": "12-345678"}, "taxId"),
    "S14-tax-id-of-20": ({"taxId": "1" * 20}, "taxId"),
}


@pytest.mark.parametrize(("changes", "member"), WRONG_THERE.values(), ids=WRONG_THERE.keys())
def test_what_only_the_country_forbids_is_told_as_that(changes: JsonObject, member: str) -> None:
    assert [(v.member, v.by_country) for v in found(changes)] == [(member, True)]


CONTROL = ["\x00", "\t", "\r", "\n", "\x1b", "\x1f", "\x7f", "\x80", "\x9f", "\u202a", "\u202e", "\u2066", "\u2069"]


@pytest.mark.parametrize("character", CONTROL, ids=ascii)
def test_j29_a_control_character_is_a_violation(character: str) -> None:
    assert members({"companyName": f"a{character}b"}) == ["companyName"]


@pytest.mark.parametrize("character", [" ", "\xa0", "\u2029", "\u200d", "\u2065", "\u206a"], ids=ascii)
def test_the_neighbours_of_the_control_characters_are_none(character: str) -> None:
    assert found({"companyName": f"a{character}b"}) == []


def test_s15_a_line_break_in_an_address_is_told_once() -> None:
    violations = found({"primaryContact": {"email": "a@contoso.com\r\nBcc: b@contoso.com"}})
    assert [(v.member, v.reason) for v in violations] == [("primaryContact.email", reasons.CONTROL_CHARACTERS)]


def test_s15_an_email_address_has_at_most_320_characters() -> None:
    violations = found({"primaryContact": {"email": "x" * 309 + "@contoso.com"}})
    assert [(v.reason, dict(v.facts)) for v in violations] == [(reasons.TOO_LONG, {"most": 320})]


def test_j29_a_control_character_is_found_inside_at_its_path() -> None:
    assert members({"address": IN_US | {"city": "a\nb"}}) == ["address.city"]


def test_all_violations_are_told_at_once_in_the_order_of_the_members() -> None:
    document: JsonObject = {
        "companyName": "\n",
        "address": IN_US | {"city": "", "state": "ZZ", "addressLine1": "\r"},
        "primaryContact": {"email": "\r"},
        "taxId": "DE123456789",
        "billingDay": 99,
    }
    expected = ["companyName", "address.city", "address.state", "address.addressLine1", "primaryContact.email"]
    assert members(document) == [*expected, "taxId", "billingDay"]


@pytest.mark.parametrize("tax_id", ["98-7654321\n", "98 7654321 is mine!", "98-7654321-98-76"])
def test_a_violation_repeats_no_value(tax_id: str) -> None:
    told = found({"taxId": tax_id})
    assert told
    assert "7654321" not in repr(told) + " ".join(map(str, told))


def test_an_unknown_state_is_told_the_states_if_they_are_few() -> None:
    told = found({"address": {"country": "HK", "state": "WA"}})
    assert str(told[0]) == "address.state: must be a state of HK: Kowloon, Hong Kong Island, New Territories"


def test_an_unknown_state_is_told_where_the_states_are_if_they_are_many() -> None:
    told = found({"address": IN_US | {"state": "ZZ"}})
    assert str(told[0]) == "address.state: must be a state of US; see GET /v1/countryvalidationrules/US"


def test_the_verdict_changes_nothing_in_the_profile() -> None:
    profile = BillingProfile(company_name="a\n", address=Address(city="b"))
    before = profile.to_wire()
    billing_rules.violations(profile)
    assert profile.to_wire() == before


def test_what_the_service_sets_is_not_judged() -> None:
    assert found({"profileType": "\n", "attributes": {"etag": "x" * 300}, "links": {"self": {"uri": "\n"}}}) == []


@pytest.mark.parametrize(("length", "violated"), [(200, []), (201, ["address.addressLine1"])])
def test_a_text_has_at_most_200_characters(length: int, violated: list[str]) -> None:
    assert members({"address": IN_US | {"addressLine1": "x" * length}}) == violated
