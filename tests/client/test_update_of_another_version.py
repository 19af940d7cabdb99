"""What an update does when the version that it may replace is not the current one: its further requests, by script."""

from __future__ import annotations

import pytest

from partnercenter.client.errors import AnswerNotUnderstoodError, PreconditionFailedError
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.update import update_profile
from partnercenter.wire.messages import Response
from tests.client.scripted import Scripted, ok, profile, refused


def refusal(house: Scripted) -> PreconditionFailedError:
    with pytest.raises(PreconditionFailedError) as caught:
        house.run(update_profile(house.session, BILLING, profile()))
    return caught.value


def test_the_version_that_stands_is_read_after_412() -> None:
    house = Scripted(refused(412, 2055), ok())
    assert refusal(house).theirs == profile()
    assert [request.method for request in house.sent] == ["PUT", "GET"]


def test_after_428_nothing_is_read_because_no_version_was_named() -> None:
    house = Scripted(refused(428))
    assert refusal(house).theirs is None
    assert [request.method for request in house.sent] == ["PUT"]


def test_the_refusal_is_told_even_if_the_version_that_stands_cannot_be_read() -> None:
    house = Scripted(refused(412, 2055), refused(403))
    error = refusal(house)
    assert (error.status, error.theirs) == (412, None)


def test_a_304_that_nobody_asked_for_is_not_understood() -> None:
    house = Scripted(Response(304))
    with pytest.raises(AnswerNotUnderstoodError, match="HTTP 304"):
        house.run(get_profile(house.session, BILLING))
