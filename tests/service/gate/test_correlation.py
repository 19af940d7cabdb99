"""The two ids of every exchange."""

from __future__ import annotations

import pytest

from partnercenter.service.gate.correlation import identify
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire.guid import read_guid
from partnercenter.wire.messages import Headers, Response
from tests.service.stage import CORRELATION, GUID


def test_ids_that_were_sent_are_kept() -> None:
    ids = identify(Headers({"MS-RequestId": GUID, "MS-CorrelationId": CORRELATION}))
    assert (ids.request_id, ids.correlation_id) == (GUID, CORRELATION)


def test_h15_an_upper_case_id_is_the_same_as_the_lower_case_one() -> None:
    assert identify(Headers({"MS-RequestId": GUID.upper()})).replayable == GUID


def test_h13_an_id_that_was_not_sent_is_made() -> None:
    assert read_guid(identify(Headers()).request_id) is not None


def test_h13_an_id_that_was_made_promises_no_replay() -> None:
    assert identify(Headers()).replayable is None


@pytest.mark.parametrize("raw", ["", "x", f"{{{GUID}}}", "00000000-0000-0000-0000-000000000000"])
def test_h14_a_request_id_that_is_no_guid_is_refused_when_it_is_needed(raw: str) -> None:
    with pytest.raises(Refusal) as refused:
        _ = identify(Headers({"MS-RequestId": raw})).replayable
    assert refused.value.reason is Reason.REQUEST_ID_MALFORMED


def test_h14_a_request_id_that_is_no_guid_is_not_echoed() -> None:
    assert read_guid(identify(Headers({"MS-RequestId": "evil"})).request_id) is not None


def test_h17_a_correlation_id_that_is_no_guid_is_replaced() -> None:
    assert read_guid(identify(Headers({"MS-CorrelationId": "evil"})).correlation_id) is not None


def test_h17_a_correlation_id_never_refuses_anything() -> None:
    assert identify(Headers({"MS-CorrelationId": "evil", "MS-RequestId": GUID})).replayable == GUID


def test_both_ids_are_stamped_on_the_response() -> None:
    ids = identify(Headers({"MS-RequestId": GUID, "MS-CorrelationId": CORRELATION}))
    stamped = ids.stamp(Response(200, Headers({"ETag": "x"}), b"y"))
    assert list(stamped.headers) == [("ETag", "x"), ("MS-CorrelationId", CORRELATION), ("MS-RequestId", GUID)]
