"""Every modelled no."""

from __future__ import annotations

import pytest

from partnercenter.service.refusals import SOURCE, Reason, Refusal, throttled
from partnercenter.wire import json_text
from partnercenter.wire.error_envelope import LONGEST_DESCRIPTION, ErrorCode, read_error

# The statuses of the published table, and those that RFC 9110 or a decision adds.
DOCUMENTED = {400, 401, 403, 404, 405, 406, 408, 409, 412, 429, 500, 501, 502, 503, 504}
DECIDED = {413, 414, 415, 417, 428, 431, 505}


@pytest.mark.parametrize("reason", Reason)
def test_the_status_is_documented_or_decided(reason: Reason) -> None:
    assert reason.value.status in DOCUMENTED | DECIDED


WITH_CODE = [reason for reason in Reason if reason is not Reason.THROTTLED]


@pytest.mark.parametrize("reason", WITH_CODE)
def test_the_code_is_one_of_the_closed_list(reason: Reason) -> None:
    assert reason.value.code in set(ErrorCode)


@pytest.mark.parametrize("reason", Reason)
def test_the_description_is_there_and_short_enough(reason: Reason) -> None:
    assert 0 < len(reason.value.description) <= LONGEST_DESCRIPTION


@pytest.mark.parametrize("reason", Reason)
def test_no_two_reasons_are_one(reason: Reason) -> None:
    # Two equal rows would make the second an alias of the first.
    assert Reason.__members__[reason.name] is reason


def test_d14_the_refusal_of_a_tenant_that_sent_too_much_has_the_form_of_the_gateway() -> None:
    response = throttled(57).to_response()
    message = "Rate limit is exceeded. Try again in 57 seconds."
    assert json_text.read_strict(response.body) == {"statusCode": 429, "message": message}


def test_d14_it_always_says_how_many_seconds_to_wait() -> None:
    assert throttled(57).to_response().headers.get("Retry-After") == "57"


@pytest.mark.parametrize("reason", WITH_CODE)
def test_the_response_has_the_row_of_the_table(reason: Reason) -> None:
    response = Refusal(reason).to_response()
    envelope = read_error(response.body)
    status, code, description = reason.value
    assert code is not None
    assert (response.status, envelope.code, envelope.description) == (status, str(int(code)), description)


CODES = [
    (Reason.PROPERTY_INVALID, 400, 3000),
    (Reason.REQUEST_ID_MALFORMED, 400, 800002),
    (Reason.REQUEST_ID_REUSED, 400, 800002),
    (Reason.BODY_TAG_STALE, 400, 2055),
    (Reason.PRECONDITION_FAILED, 412, 2055),
    (Reason.TOKEN_MISSING, 401, 800001),
    (Reason.TOKEN_NOT_ACCEPTED, 401, 400),
    (Reason.AUDIENCE_RETIRED, 401, 900420),
    (Reason.MFA_REQUIRED, 401, 900421),
    (Reason.APP_ONLY, 403, 900329),
    (Reason.ROLE_NOT_ALLOWED, 403, 900150),
    (Reason.NOT_FOUND, 404, 1000),
    (Reason.BODY_TOO_LARGE, 413, 800002),
    (Reason.UNEXPECTED, 500, 800003),
]


@pytest.mark.parametrize(("reason", "status", "code"), CODES, ids=[reason.name for reason, _, _ in CODES])
def test_the_decisions_name_this_status_and_code(reason: Reason, status: int, code: int) -> None:
    assert reason.value[:2] == (status, code)


def test_the_envelope_names_its_source_and_every_line_of_data() -> None:
    envelope = read_error(Refusal(Reason.PROPERTY_INVALID, ["one", "two"]).to_response().body)
    assert (envelope.source, envelope.data) == (SOURCE, ("one", "two"))


def test_d13_the_envelope_is_json_in_utf_8() -> None:
    response = Refusal(Reason.NOT_FOUND).to_response()
    assert response.headers.get("Content-Type") == "application/json; charset=utf-8"


def test_further_header_lines_are_in_the_response() -> None:
    response = Refusal(Reason.METHOD_NOT_ALLOWED, lines=[("Allow", "GET")]).to_response()
    assert response.headers.get("Allow") == "GET"
