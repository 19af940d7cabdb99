"""What an error tells to do next depends on what was asked, and where."""

from __future__ import annotations

import pytest

from partnercenter.client.conversation import Flow, RequestNotSentError
from partnercenter.client.errors import PartnerCenterError, documented_next_step
from partnercenter.client.operations import get_country_rules, get_profile, mpn_query
from partnercenter.client.profile_kinds import BILLING, MPN
from partnercenter.client.settings import ClientSettings
from partnercenter.client.update import update_profile
from partnercenter.wire.messages import Response
from tests.client.scripted import Scripted, profile, refused


def end(house: Scripted, flow: Flow[object]) -> PartnerCenterError:
    with pytest.raises(PartnerCenterError) as caught:
        house.run(flow)
    return caught.value


def asked(answer: Response) -> PartnerCenterError:
    house = Scripted(answer)
    return end(house, get_profile(house.session, BILLING))


def test_a_question_that_is_not_acceptable_is_corrected_and_asked_again() -> None:
    assert asked(refused(400, 900126)).next_step == "Correct what is named and ask again."


def test_an_update_that_is_not_acceptable_is_sent_as_a_new_call() -> None:
    house = Scripted(refused(400, 3000))
    assert "send the update as a new call" in end(house, update_profile(house.session, BILLING, profile())).next_step


def test_a_country_without_rules_is_a_matter_of_its_code() -> None:
    house = Scripted(refused(404, 1000))
    assert "Check the country code" in end(house, get_country_rules(house.session, "ZZ")).next_step


def test_a_partner_who_is_not_there_is_a_matter_of_the_id() -> None:
    house = Scripted(refused(404, 3000))
    assert "Check the id" in end(house, get_profile(house.session, MPN, mpn_query("7"))).next_step


def test_a_resource_that_is_not_there_is_a_matter_of_the_address() -> None:
    error = asked(refused(404, 1000))
    assert error.next_step == documented_next_step(type(error))


@pytest.mark.parametrize(
    ("base_url", "asks"), [("https://127.0.0.1:8443", True), ("https://localhost", True), ("https://a.example", False)]
)
def test_whoever_reaches_nobody_on_this_machine_is_asked_whether_the_service_runs(base_url: str, asks: bool) -> None:
    settings = ClientSettings(base_url=base_url, most_attempts=1)
    house = Scripted(RequestNotSentError("connection refused"), settings=settings)
    told = end(house, get_profile(house.session, BILLING)).next_step
    assert ("Is `partnercenter serve` running?" in told) is asks
    assert "ca_bundle" in told
