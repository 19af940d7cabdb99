"""Arguments of a class that they cannot have: nothing is sent, and the error names the right one and no value."""

from __future__ import annotations

import pytest

from partnercenter.client.errors import ConfigurationError
from partnercenter.client.operations import get_profile, mpn_query, vetting_query
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.update import update_profile
from partnercenter.wire.profiles import SupportProfile
from tests.client.scripted import TAX_ID, Scripted, ok, profile, profile_body


@pytest.mark.parametrize("other", [SupportProfile.from_wire(profile_body()), None, profile_body()])
def test_an_update_with_another_thing_than_its_profile_is_not_sent(other: object) -> None:
    house = Scripted(ok())
    with pytest.raises(ConfigurationError, match="billing profile has to be of the class BillingProfile") as caught:
        house.run(update_profile(house.session, BILLING, other))
    assert house.sent == []
    assert TAX_ID not in str(caught.value)


@pytest.mark.parametrize("request_id", [5, b"x", ["x"]])
def test_a_request_id_that_is_no_text_is_not_sent(request_id: object) -> None:
    house = Scripted(ok())
    for flow in (
        get_profile(house.session, BILLING, options={"request_id": request_id}),  # type: ignore[arg-type]
        update_profile(house.session, BILLING, profile(), options={"request_id": request_id}),  # type: ignore[arg-type]
    ):
        with pytest.raises(ConfigurationError, match="not a GUID"):
            house.run(flow)
    assert house.sent == []


def test_an_mpn_id_that_is_a_number_is_none() -> None:
    with pytest.raises(ConfigurationError, match="digits as text"):
        mpn_query(5)  # type: ignore[arg-type]


def test_a_vetting_version_is_no_text() -> None:
    with pytest.raises(ConfigurationError, match="VettingVersion, not str"):
        vetting_query("Current")  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "value"), [("attributes", {"etag": "x"}), ("attributes", None), ("tax_id", object())])
def test_a_profile_that_no_json_can_be_made_of_is_not_sent(name: str, value: object) -> None:
    house, broken = Scripted(ok()), profile()
    setattr(broken, name, value)
    with pytest.raises(ConfigurationError):
        house.run(update_profile(house.session, BILLING, broken))
    assert house.sent == []
