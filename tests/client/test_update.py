"""Update the partner billing profile: what is sent, and what comes back."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from partnercenter.client.errors import ConfigurationError
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.settings import ClientSettings, Concurrency
from partnercenter.client.update import update_profile
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Request
from partnercenter.wire.profiles import BillingProfile
from tests.client.scripted import Scripted, header, ok, profile, profile_body

GUID = "9231559e-ed95-41e4-810b-e754ae32dc2f"


def body_of(request: Request) -> JsonObject:
    value = json_text.read_strict(request.body)
    assert isinstance(value, dict)
    return value


def update_with(concurrency: Concurrency) -> Request:
    house = Scripted(ok(), settings=ClientSettings(concurrency=concurrency))
    house.run(update_profile(house.session, BILLING, profile()))
    return house.sent[0]


def test_it_is_a_put_of_the_billing_profile() -> None:
    request = update_with(Concurrency.BOTH)
    assert (request.method, request.target) == ("PUT", "https://api.partnercenter.microsoft.com/v1/profiles/billing")


def test_the_body_is_the_profile_in_camel_case() -> None:
    assert body_of(update_with(Concurrency.BOTH)) == profile_body()


@pytest.mark.parametrize(
    ("concurrency", "if_match"),
    [(Concurrency.BOTH, '"dGFn"'), (Concurrency.HEADER, '"dGFn"'), (Concurrency.BODY, None), (Concurrency.NONE, None)],
)
def test_if_match_carries_the_quoted_entity_tag(concurrency: Concurrency, if_match: str | None) -> None:
    assert header(update_with(concurrency), "If-Match") == if_match


@pytest.mark.parametrize(
    ("concurrency", "in_body"),
    [(Concurrency.BOTH, True), (Concurrency.HEADER, False), (Concurrency.BODY, True), (Concurrency.NONE, False)],
)
def test_the_body_carries_the_entity_tag_where_it_is_asked_to(concurrency: Concurrency, in_body: bool) -> None:
    attributes = body_of(update_with(concurrency))["attributes"]
    assert isinstance(attributes, dict)
    assert ("etag" in attributes) is in_body


@pytest.mark.parametrize("concurrency", [Concurrency.BOTH, Concurrency.HEADER, Concurrency.BODY])
def test_a_profile_without_an_entity_tag_is_not_sent(concurrency: Concurrency) -> None:
    house = Scripted(ok(), settings=ClientSettings(concurrency=concurrency))
    with pytest.raises(ConfigurationError, match=r"get\(\)"):
        house.run(update_profile(house.session, BILLING, profile(attributes=None)))
    assert house.sent == []


def test_without_concurrency_control_no_entity_tag_is_needed() -> None:
    house = Scripted(ok(), settings=ClientSettings(concurrency=Concurrency.NONE))
    house.run(update_profile(house.session, BILLING, profile(attributes=None)))
    assert body_of(house.sent[0])["attributes"] is None


def test_a_quoted_entity_tag_is_not_quoted_twice() -> None:
    house = Scripted(ok())
    house.run(update_profile(house.session, BILLING, profile(attributes={"etag": '"dGFn"'})))
    assert header(house.sent[0], "If-Match") == '"dGFn"'
    assert body_of(house.sent[0])["attributes"] == {"etag": "dGFn"}


@pytest.mark.parametrize("tag", ['a"b', "a b", "a\r\nX: y", "é"])
def test_a_tag_that_no_header_can_carry_is_not_sent(tag: str) -> None:
    house = Scripted(ok())
    with pytest.raises(ConfigurationError, match=r"attributes\.etag"):
        house.run(update_profile(house.session, BILLING, profile(attributes={"etag": tag})))


@pytest.mark.parametrize("concurrency", list(Concurrency))
def test_the_callers_profile_is_not_changed(concurrency: Concurrency) -> None:
    mine = profile()
    before = copy.deepcopy(mine)
    house = Scripted(ok(profile_body(attributes={"etag": "new"})), settings=ClientSettings(concurrency=concurrency))
    house.run(update_profile(house.session, BILLING, mine))
    assert mine.to_wire() == before.to_wire()


def test_the_reply_is_the_services_profile_with_its_new_tag() -> None:
    house = Scripted(ok(profile_body(attributes={"etag": "new"})))
    assert house.run(update_profile(house.session, BILLING, profile())).attributes.etag == "new"


def test_unknown_members_and_nulls_survive_get_and_update() -> None:
    read = profile_body(colour="green", purchaseOrderNumber=None)
    house = Scripted(ok(read))
    house.run(update_profile(house.session, BILLING, house.run(get_profile(house.session, BILLING))))
    assert body_of(house.sent[1]) == read


def test_the_request_id_of_an_earlier_call_can_be_given() -> None:
    house = Scripted(ok())
    house.run(update_profile(house.session, BILLING, profile(), options={"request_id": GUID.upper()}))
    assert header(house.sent[0], "MS-RequestId") == GUID


def test_a_request_id_that_is_no_guid_is_not_sent() -> None:
    house = Scripted(ok())
    with pytest.raises(ConfigurationError, match="GUID"):
        house.run(update_profile(house.session, BILLING, profile(), options={"request_id": "42"}))
    assert house.sent == []


def test_every_call_has_ids_of_its_own() -> None:
    house = Scripted(ok())
    for _ in range(2):
        house.run(update_profile(house.session, BILLING, profile()))
    names = ("MS-RequestId", "MS-CorrelationId")
    assert len({header(request, name) for request in house.sent for name in names}) == 4


def test_a_tag_of_an_odd_type_is_not_sent_where_no_tag_is_wanted() -> None:
    house = Scripted(ok(), settings=ClientSettings(concurrency=Concurrency.NONE))
    odd = BillingProfile.from_wire({"attributes": {"ETag": 5, "objectType": "x"}}, strict=False)
    house.run(update_profile(house.session, BILLING, odd))
    assert body_of(house.sent[0]) == {"attributes": {"objectType": "x"}}


def test_a_copy_with_another_value_is_sent_with_all_that_was_read() -> None:
    read = profile_body(colour="green", purchaseOrderNumber=None)
    house = Scripted(ok(read))
    got = house.run(get_profile(house.session, BILLING))
    house.run(update_profile(house.session, BILLING, dataclasses.replace(got, company_name="New")))
    assert body_of(house.sent[1]) == read | {"companyName": "New"}
