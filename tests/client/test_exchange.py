"""One exchange: header lines, and what each response means."""

from __future__ import annotations

import pytest

from partnercenter.client import errors
from partnercenter.client.audit_query import AuditQuery, list_audit_records
from partnercenter.client.conversation import AnswerTooLongError
from partnercenter.client.operations import get_profile, get_profile_if_changed
from partnercenter.client.profile_kinds import BILLING
from partnercenter.client.settings import ClientSettings
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.messages import Headers, Response
from partnercenter.wire.profiles import BillingProfile
from tests.client.scripted import TOKEN, Scripted, header, ok, profile, profile_body, refused


def get_with(settings: ClientSettings | None = None) -> Scripted:
    house = Scripted(ok(), settings=settings)
    house.run(get_profile(house.session, BILLING))
    return house


def refusal_of(response: Response) -> errors.PartnerCenterError:
    house = Scripted(response, settings=ClientSettings(most_attempts=1))
    with pytest.raises(errors.PartnerCenterError) as caught:
        house.run(get_profile(house.session, BILLING))
    return caught.value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Authorization", f"Bearer {TOKEN}"),
        ("Accept", "application/json"),
        ("X-Locale", "en-US"),
        ("User-Agent", "partnercenter-python"),
        ("Content-Type", None),
        ("If-Match", None),
        ("MS-PartnerCenter-Application", None),
    ],
)
def test_a_get_carries_this_header(name: str, value: str | None) -> None:
    assert header(get_with().sent[0], name) == value


def test_the_application_names_itself_if_it_wants_to() -> None:
    house = get_with(ClientSettings(application_name="Quarter job", locale="de-DE"))
    assert header(house.sent[0], "MS-PartnerCenter-Application") == "Quarter job"
    assert header(house.sent[0], "X-Locale") == "de-DE"


def test_another_base_url_keeps_its_path() -> None:
    house = get_with(ClientSettings(base_url="https://localhost:8443/api/"))
    assert house.sent[0].target == "https://localhost:8443/api/v1/profiles/billing"


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (400, 3000, errors.BadRequestError),
        (400, 27002, errors.BadRequestError),
        (400, 900126, errors.BadRequestError),
        (400, 2055, errors.PreconditionFailedError),
        (400, "2055", errors.PreconditionFailedError),
        (412, 2055, errors.PreconditionFailedError),
        (412, "", errors.PreconditionFailedError),
        (428, 800002, errors.PreconditionFailedError),
        (401, 400, errors.UnauthorizedError),
        (401, 900421, errors.MfaRequiredError),
        (401, 900420, errors.AudienceRetiredError),
        (403, 2032, errors.ForbiddenError),
        (403, 900329, errors.AppOnlyNotSupportedError),
        (403, 900150, errors.RoleNotAllowedError),
        (404, 1000, errors.NotFoundError),
        (405, 900127, errors.RefusedError),
        (409, "", errors.RefusedError),
        (429, "", errors.ThrottledError),
        (500, 800003, errors.ServerError),
        (501, 0, errors.ServerError),
        (503, "", errors.ServerError),
    ],
)
def test_status_and_code_decide_the_error(status: int, code: int | str, error: type[errors.RefusedError]) -> None:
    assert type(refusal_of(refused(status, code))) is error


def test_a_refusal_says_what_the_envelope_says() -> None:
    error = refusal_of(refused(403, 900150))
    assert isinstance(error, errors.RefusedError)
    assert (error.status, error.code, error.description) == (403, "900150", "No.")
    assert (error.data, error.source) == (("why",), "PartnerFD")


def test_the_gateways_refusal_of_too_many_requests_tells_the_wait_of_its_header() -> None:
    body = b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 57 seconds."}'
    error = refusal_of(Response(429, Headers({"Retry-After": "300"}), body))
    assert isinstance(error, errors.ThrottledError)
    assert (error.retry_after, error.code) == (300, "")
    assert "(HTTP 429, request id" in str(error)
    assert error.message == "Rate limit is exceeded. Try again in 57 seconds."


def test_a_refusal_tells_the_correlation_id_of_the_service() -> None:
    assert refusal_of(refused(403, MS_CorrelationId="theirs")).correlation_id == "theirs"


@pytest.mark.parametrize(
    "body", [b"", b"<html><b>Bad</b> Gateway</html>", b'{"statusCode":502,"message":"Bad Gateway"}']
)
def test_any_dialect_of_a_refusal_is_read(body: bytes) -> None:
    error = refusal_of(Response(502, body=body))
    assert isinstance(error, errors.ServerError)
    assert error.message


def test_what_a_gateway_echoes_of_the_token_is_hidden() -> None:
    assert TOKEN not in str(refusal_of(Response(400, body=f"bad header: Bearer {TOKEN}".encode())))


def test_a_byte_order_mark_is_tolerated() -> None:
    house = Scripted(Response(200, body=b"\xef\xbb\xbf" + ok().body))
    assert house.run(get_profile(house.session, BILLING)).company_name == "TEST_TEST_BugBash1"


@pytest.mark.parametrize(
    ("header_value", "in_body", "expected"),
    [('"h"', "b", "b"), ('"h"', None, "h"), ('W/"h"', None, None), ("", None, None)],
)
def test_the_entity_tag_is_that_of_the_body_or_else_of_the_header(
    header_value: str, in_body: str | None, expected: str | None
) -> None:
    house = Scripted(ok(profile_body(attributes={"etag": in_body}), ETag=header_value))
    assert house.run(get_profile(house.session, BILLING)).attributes.etag == expected


@pytest.mark.parametrize(
    "answer",
    [
        Response(200, body=b"<html>Please sign in</html>"),
        Response(200, body=b""),
        Response(204),
        Response(200, body=b"[]"),
        Response(200, body=b'{"taxId": "1", "TaxId": "2"}'),
        Response(302, Headers({"Location": "https://elsewhere.example"})),
        Response(304),
    ],
)
def test_an_answer_that_is_no_profile_is_not_understood(answer: Response) -> None:
    assert type(refusal_of(answer)) is errors.AnswerNotUnderstoodError


def test_an_answer_that_is_not_understood_is_not_quoted() -> None:
    assert "canary" not in repr(refusal_of(Response(200, body=b'["canary"]')))


@pytest.mark.parametrize("odd", [12, True, ["x"], {"x": 1}])
def test_a_member_of_an_odd_type_does_not_hide_the_profile(odd: JsonValue) -> None:
    house = Scripted(ok(profile_body(purchaseOrderNumber=odd, address="unknown")))
    profile = house.run(get_profile(house.session, BILLING))
    assert (profile.company_name, profile.purchase_order_number) == ("TEST_TEST_BugBash1", None)
    assert profile.to_wire() | {} == profile_body(purchaseOrderNumber=odd, address="unknown")


def test_an_audit_record_with_a_member_of_an_odd_type_is_read() -> None:
    house = Scripted(ok({"items": [{"id": 1, "operationType": "x"}]}))
    (record,) = house.run(list_audit_records(house.session, AuditQuery()))
    assert (record.id, record.operation_type) == (None, "x")


def test_an_answer_that_is_too_large_is_not_asked_for_again() -> None:
    house = Scripted(AnswerTooLongError("more than 8 bytes"))
    with pytest.raises(errors.AnswerNotUnderstoodError, match=r"too large: more than 8 bytes") as caught:
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 1
    assert "ca_bundle" not in str(caught.value)


def test_a_redirect_is_not_followed() -> None:
    house = Scripted(Response(307, Headers({"Location": "https://elsewhere.example"})))
    with pytest.raises(errors.AnswerNotUnderstoodError):
        house.run(get_profile(house.session, BILLING))
    assert len(house.sent) == 1


def test_audit_records_are_the_items_of_the_collection() -> None:
    house = Scripted(ok({"totalCount": 1, "items": [{"id": "1", "operationType": "update_partner_billing_profile"}]}))
    (record,) = house.run(list_audit_records(house.session, AuditQuery()))
    assert record.operation_type == "update_partner_billing_profile"


@pytest.mark.parametrize("value", [{}, [], {"items": 3}, {"items": [3]}])
def test_a_collection_without_records_is_not_understood(value: dict[str, object]) -> None:
    house = Scripted(ok(value))  # type: ignore[arg-type]
    with pytest.raises(errors.AnswerNotUnderstoodError):
        house.run(list_audit_records(house.session, AuditQuery()))


def test_a_whole_answer_with_the_known_tag_is_the_version_that_still_stands() -> None:
    house = Scripted(ok())  # from a service that does not evaluate If-None-Match
    assert house.run(get_profile_if_changed(house.session, BILLING, profile())) is None


def test_a_whole_answer_with_another_tag_is_another_version() -> None:
    changed = profile_body(attributes={"etag": "b3RoZXI="})
    house = Scripted(ok(changed))
    assert house.run(get_profile_if_changed(house.session, BILLING, profile())) == BillingProfile.from_wire(changed)
