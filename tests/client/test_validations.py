"""The rules of a country and the verdict on an address: what is asked, and what comes back."""

from __future__ import annotations

import pytest

from partnercenter.client.conversation import AnswerLostError
from partnercenter.client.errors import AnswerNotUnderstoodError, ConfigurationError, ServiceUnreachableError
from partnercenter.client.operations import get_country_rules, validate_address
from partnercenter.client.settings import ClientSettings
from partnercenter.wire import json_text
from partnercenter.wire.messages import Response
from partnercenter.wire.profiles import Address
from tests.client.scripted import Scripted, ok

HOST = "https://api.partnercenter.microsoft.com"


def test_the_rules_are_asked_for_by_the_code_in_upper_case() -> None:
    house = Scripted(ok({"iso2Code": "GB", "isCityRequired": True}))
    assert house.run(get_country_rules(house.session, "gb")).is_city_required is True
    assert house.sent[0].target == f"{HOST}/v1/countryvalidationrules/GB"


@pytest.mark.parametrize("iso2", ["", "G", "GBR", "G/", "..", "ÄÖ", "GB\n", None, 44])
def test_what_is_not_two_letters_is_not_sent(iso2: object) -> None:
    house = Scripted(ok({}))
    with pytest.raises(ConfigurationError, match="two letters"):
        house.run(get_country_rules(house.session, iso2))  # type: ignore[arg-type]
    assert house.sent == []


def test_an_address_is_posted_without_the_members_that_have_no_value() -> None:
    house = Scripted(ok({"status": "VerifiedShippable"}))
    house.run(validate_address(house.session, Address.from_wire({"country": "US", "city": None})))
    assert (house.sent[0].method, house.sent[0].target) == ("POST", f"{HOST}/v1/validations/address")
    assert json_text.read_strict(house.sent[0].body) == {"country": "US"}


def test_a_verdict_that_is_no_object_is_not_understood() -> None:
    house = Scripted(Response(200, body=b"true"))
    with pytest.raises(AnswerNotUnderstoodError, match="not a verdict on an address"):
        house.run(validate_address(house.session, Address(country="US")))


def test_a_lost_verdict_leaves_no_doubt_because_nothing_is_changed() -> None:
    house = Scripted(AnswerLostError("gone"), settings=ClientSettings(most_attempts=2))
    with pytest.raises(ServiceUnreachableError):
        house.run(validate_address(house.session, Address(country="US")))
    assert len(house.sent) == 2


@pytest.mark.parametrize("address", [None, {"country": "US"}, "1 Microsoft Way"])
def test_what_is_no_address_is_not_sent(address: object) -> None:
    house = Scripted(ok({}))
    with pytest.raises(ConfigurationError, match="class Address, not"):
        house.run(validate_address(house.session, address))  # type: ignore[arg-type]
    assert house.sent == []
