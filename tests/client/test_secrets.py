"""No token and no tax id in anything that is shown, logged, chained or pickled."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Iterator

import pytest

from partnercenter.client.call import Call
from partnercenter.client.conversation import AnswerLostError, GetToken, RequestNotSentError, Send
from partnercenter.client.credentials import AccessToken, FixedToken
from partnercenter.client.errors import BadRequestError, ConfigurationError, PartnerCenterError
from partnercenter.client.exchange import attempt_request
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.settings import ClientSettings
from partnercenter.client.token_keeper import TokenKeeper
from partnercenter.client.update import update_profile
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Response
from partnercenter.wire.profiles import BillingProfile
from tests.client.scripted import TAX_ID, TOKEN, Scripted, profile, profile_body, refused

ECHO = f'{{"code":3000,"description":"{TAX_ID} {TOKEN}","data":["{TAX_ID}"],"source":"{TOKEN}"}}'.encode()
ESCAPED = b'{"code":3000,"description":"\\u0063anary-tax-12-345678","data":["\\u0063anary-token-eyJhbGciOi"]}'
ENDS = [
    RequestNotSentError("refused"),
    AnswerLostError("reset"),
    Response(400, body=ECHO),
    Response(503, body=ECHO),
    Response(400, body=f"<html>{TOKEN} {TAX_ID}</html>".encode()),
    Response(200, body=f'["{TAX_ID}"]'.encode()),
    Response(400, body=ESCAPED),
    Response(400, body=f'{{"code":"{TOKEN}","description":{{"a":["{TAX_ID}"],"{TAX_ID}":1}}}}'.encode()),
    Response(400, body=f'{{"description":"{"x" * 1014}{TOKEN}"}}'.encode()),
    Response(200, body=f"{TOKEN} {TAX_ID}".encode()),
    refused(401),
]


def error_of(end: Response | BaseException) -> PartnerCenterError:
    house = Scripted(end, settings=ClientSettings(most_attempts=2))
    with pytest.raises(PartnerCenterError) as caught:
        house.run(update_profile(house.session, BILLING, profile()))
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


def refusal_of_tax_id(tax_id: JsonValue, body: bytes) -> BadRequestError:
    house = Scripted(Response(400, body=body))
    with pytest.raises(BadRequestError) as caught:
        house.run(
            update_profile(house.session, BILLING, BillingProfile.from_wire(profile_body(taxId=tax_id), strict=False))
        )
    return caught.value


@pytest.mark.parametrize(
    ("tax_id", "told"),
    [
        ("1", "Part 1 of 123 is not valid."),
        ("123", "Part 1 of *** is not valid."),
        ("not", "Part 1 of 123 is *** valid."),
        ("ali", "Part 1 of 123 is not valid."),
        ("vali", "Part 1 of 123 is not ***d."),
    ],
)
def test_a_short_secret_is_hidden_as_a_whole_word_or_not_at_all(tax_id: str, told: str) -> None:
    error = refusal_of_tax_id(tax_id, b'{"code":3000,"description":"Part 1 of 123 is not valid."}')
    assert error.description == told


@pytest.mark.parametrize("tax_id", ["3000", "code", "data", "description"])
def test_a_tax_id_like_a_code_or_a_name_leaves_the_envelope_readable(tax_id: str) -> None:
    error = refusal_of_tax_id(tax_id, b'{"code":3000,"description":"No.","data":["a"],"source":"s"}')
    assert (error.code, error.description, error.data, error.source) == ("3000", "No.", ("a",), "s")


def test_a_tax_id_that_is_a_number_is_hidden_too() -> None:
    error = refusal_of_tax_id(12345678, b'{"code":3000,"description":"No.","data":["US12345678",12345678]}')
    assert error.data == ("US***", "***")


def test_a_very_deep_refusal_is_still_an_error() -> None:
    body = b'{"code":3000,"description":' + b"[" * 600 + b"]" * 600 + b"}"
    assert refusal_of_tax_id(TAX_ID, body).code == "3000"


def test_half_a_character_in_a_profile_is_a_configuration_error_without_the_value() -> None:
    house = Scripted()
    with pytest.raises(ConfigurationError, match="surrogate") as caught:
        house.run(update_profile(house.session, BILLING, profile(taxId=f"{TAX_ID}\ud83d")))
    assert "canary" not in "".join(f"{one!r} {one.args}" for one in chain(caught.value))
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
