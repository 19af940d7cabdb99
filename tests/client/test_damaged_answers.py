"""A success whose JSON was cut on its way: asked for again with the same id, which the service answers once more."""

from __future__ import annotations

import pytest

from partnercenter.client import errors
from partnercenter.client.operations import get_profile
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.settings import ClientSettings
from partnercenter.client.update import update_profile
from partnercenter.wire.messages import Response
from tests.client.scripted import Scripted, header, ok, profile, refused

WHOLE = ok()
CUT = Response(200, body=WHOLE.body[:-7])
PORTAL = Response(200, body=b"<html>Please sign in</html>")


@pytest.mark.parametrize("cut", [1, len(WHOLE.body) // 2, len(WHOLE.body) - 1, len(WHOLE.body)])
def test_an_update_whose_answer_was_cut_is_repeated_to_the_letter(cut: int) -> None:
    house = Scripted(Response(200, body=WHOLE.body[:-cut]), WHOLE)
    updated = house.run(update_profile(house.session, BILLING, profile()))
    assert updated.company_name == "TEST_TEST_BugBash1"
    first, second = house.sent
    assert (first.method, first.body) == ("PUT", second.body)
    assert header(first, "MS-RequestId") == header(second, "MS-RequestId")


def test_a_question_whose_answer_was_cut_is_repeated() -> None:
    house = Scripted(CUT, WHOLE)
    assert house.run(get_profile(house.session, BILLING)) == BILLING.shape.from_wire(profile().to_wire())
    assert len(house.sent) == 2


@pytest.mark.parametrize("answer", [CUT, PORTAL, Response(200)])
def test_an_answer_that_never_is_json_is_asked_for_as_often_as_the_limits_say(answer: Response) -> None:
    house = Scripted(answer, settings=ClientSettings(most_attempts=3))
    with pytest.raises(errors.AnswerNotUnderstoodError, match="not JSON"):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 3


def test_an_update_whose_answer_never_is_json_ends_in_doubt() -> None:
    house = Scripted(CUT, settings=ClientSettings(most_attempts=3))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        house.run(update_profile(house.session, BILLING, profile()))
    assert len(house.sent) == 3
    assert type(caught.value.last) is errors.AnswerNotUnderstoodError
    assert caught.value.request_id == header(house.sent[0], "MS-RequestId")


@pytest.mark.parametrize("answer", [Response(200, body=b"[]"), Response(302)])
def test_json_of_another_shape_and_a_redirect_are_not_asked_for_again(answer: Response) -> None:
    house = Scripted(answer)
    with pytest.raises(errors.AnswerNotUnderstoodError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 1


def test_a_refusal_that_was_cut_is_a_refusal() -> None:
    house = Scripted(Response(400, body=refused(400, 3000).body[:-7]))
    with pytest.raises(errors.BadRequestError):
        house.run(update_profile(house.session, BILLING, profile()))
    assert len(house.sent) == 1
