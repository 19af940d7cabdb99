"""No token and no tax id in anything that is shown, logged, chained or pickled."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator

import pytest

from partnercenter.client.conversation import AnswerLostError, GetToken, RequestNotSentError, Send
from partnercenter.client.credentials import AccessToken, FixedToken
from partnercenter.client.errors import PartnerCenterError
from partnercenter.client.exchange import Call, attempt_request
from partnercenter.client.operations import update_billing_profile
from partnercenter.client.settings import ClientSettings
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.wire.messages import Response
from tests.client.scripted import TAX_ID, TOKEN, Scripted, profile, refused

ECHO = f'{{"code":3000,"description":"{TAX_ID} {TOKEN}","data":["{TAX_ID}"],"source":"{TOKEN}"}}'.encode()
ENDS = [
    RequestNotSentError("refused"),
    AnswerLostError("reset"),
    Response(400, body=ECHO),
    Response(503, body=ECHO),
    Response(400, body=f"<html>{TOKEN} {TAX_ID}</html>".encode()),
    Response(200, body=f'{{"taxId":["{TAX_ID}"]}}'.encode()),
    Response(200, body=f"{TOKEN} {TAX_ID}".encode()),
    refused(401),
]


def error_of(end: Response | BaseException) -> PartnerCenterError:
    house = Scripted(end, settings=ClientSettings(most_attempts=2))
    with pytest.raises(PartnerCenterError) as caught:
        house.run(update_billing_profile(house.session, profile()))
    return caught.value


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("end", ENDS)
def test_no_error_shows_a_secret(end: Response | BaseException) -> None:
    error = error_of(end)
    shown = "".join(f"{one!r} {one} {one.args} {one.__dict__}" for one in chain(error))
    assert "canary" not in shown


@pytest.mark.parametrize("end", ENDS)
def test_no_traceback_shows_a_secret(end: Response | BaseException) -> None:
    assert "canary" not in "".join(traceback.format_exception(error_of(end)))


@pytest.mark.parametrize("end", ENDS)
def test_no_pickled_error_holds_a_secret(end: Response | BaseException) -> None:
    assert b"canary" not in pickle.dumps(error_of(end))


@pytest.mark.parametrize("holder", [AccessToken(TOKEN, 1), FixedToken(TOKEN)])
def test_what_holds_a_token_does_not_show_it_and_is_not_pickled(holder: object) -> None:
    assert "canary" not in f"{holder!r} {holder}"
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(holder)


def test_steps_and_sessions_show_no_secret() -> None:
    house = Scripted()
    call = Call("PUT", "/x", "r", "c", body=TAX_ID.encode(), secrets=(TAX_ID,))
    request = attempt_request(call, AccessToken(TOKEN, 1), ClientSettings(), "test")
    keeper = TokenKeeper(FixedToken(TOKEN), "scope", lambda: 0.0)
    shown = [call, request, Send(request, 1.0), GetToken(FixedToken(TOKEN), "scope"), keeper, house.session, profile()]
    assert "canary" not in repr(shown)
