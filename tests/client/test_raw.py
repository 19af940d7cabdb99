"""`with_raw`: what a method gives, together with the responses that it was read from."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
from typing import assert_type

import pytest

from partnercenter import (
    AsyncPartnerCenter,
    BillingProfile,
    ConfigurationError,
    FixedToken,
    PartnerCenter,
    RawAnswer,
    RefusedError,
    Response,
)
from partnercenter.client import raw
from partnercenter.wire import json_text
from partnercenter.wire.messages import Headers, Request
from tests.client.scripted import TAX_ID, profile_body, refused


class Counting:
    """A service that numbers its answers, as both kinds of transport, and refuses what it is told to."""

    def __init__(self, *first: Response) -> None:
        self._first = list(first)
        self._number = 0
        self._guard = threading.Lock()

    def answer(self, request: Request) -> Response:
        with self._guard:
            self._number += 1
            if self._first:
                return self._first.pop(0)
            lines = Headers({"MS-CV": str(self._number)})
            return Response(200, lines, json_text.write(profile_body(purchaseOrderNumber=str(self._number))))


class Blocking(Counting):
    def send(self, request: Request, timeout: float) -> Response:
        return self.answer(request)

    def close(self) -> None: ...


class Asynchronous(Counting):
    async def send(self, request: Request, timeout: float) -> Response:  # noqa: ASYNC109 - the SDK's protocol
        await asyncio.sleep(0)
        return self.answer(request)

    async def aclose(self) -> None: ...


def partner(*first: Response) -> PartnerCenter:
    return PartnerCenter(FixedToken("t"), transport=Blocking(*first))


def pages(*bodies: bytes) -> list[Response]:
    return [Response(200, body=body) for body in bodies]


def test_it_unpacks_into_the_value_and_its_response() -> None:
    client = partner()
    profile, response = client.with_raw(client.profiles.billing_profile.get, timeout=5)
    assert_type(profile, BillingProfile)
    assert_type(response, Response)
    assert (profile.purchase_order_number, response.status, response.headers.get("ms-cv")) == ("1", 200, "1")


def test_it_has_names_too_and_the_body_as_json() -> None:
    client = partner()
    answer = client.with_raw(client.profiles.billing_profile.get)
    assert answer.value.company_name == "TEST_TEST_BugBash1"
    body = answer.response.json()
    assert isinstance(body, dict)
    assert body["companyName"] == "TEST_TEST_BugBash1"


def test_it_is_awaited_in_the_asynchronous_client() -> None:
    async def scene() -> RawAnswer[BillingProfile]:
        async with AsyncPartnerCenter(FixedToken("t"), transport=Asynchronous()) as client:
            return await client.with_raw(client.profiles.billing_profile.get, timeout=5)

    assert asyncio.run(scene()).response.status == 200


def test_every_page_has_its_response_and_the_last_one_is_the_response() -> None:
    first, last = pages(b'{"items":[],"links":{"next":{"uri":"/auditrecords?p=2"}}}', b'{"items":[{"id":"7"}]}')
    client = partner(first, last)
    answer = client.with_raw(client.audit_records.query, size=1)
    assert (answer.responses, answer.response) == ((first, last), last)
    assert [record.id for record in answer.value] == ["7"]


def test_an_attempt_that_was_repeated_is_not_among_the_responses() -> None:
    client = partner(refused(503))
    answer = client.with_raw(client.profiles.billing_profile.get)
    assert [response.status for response in answer.responses] == [200]


def test_a_request_of_ones_own_has_one_as_well() -> None:
    client = partner(Response(204))
    answer = client.with_raw(client.request, "DELETE", "/v1/customers/7")
    assert answer.value is answer.response


def test_an_error_comes_as_it_is() -> None:
    client = partner(refused(404, 1000))
    with pytest.raises(RefusedError, match="HTTP 404"):
        client.with_raw(client.profiles.billing_profile.get)


def test_what_asks_the_service_nothing_has_no_response() -> None:
    client = partner()
    with pytest.raises(ConfigurationError, match="no response"):
        client.with_raw(client.access_token)


def test_calls_before_and_after_leave_nothing_behind() -> None:
    client = partner()
    client.profiles.billing_profile.get()
    answer = client.with_raw(client.profiles.billing_profile.get)
    client.profiles.billing_profile.get()
    assert [response.headers.get("MS-CV") for response in answer.responses] == ["2"]


def test_what_is_asked_inside_of_a_raw_answer_is_part_of_it_too() -> None:
    client = partner()
    inner: list[RawAnswer[BillingProfile]] = []

    def ask_twice() -> None:
        client.profiles.billing_profile.get()
        inner.append(client.with_raw(client.profiles.billing_profile.get))

    outer = client.with_raw(ask_twice)
    assert [response.headers.get("MS-CV") for response in inner[0].responses] == ["2"]
    assert [response.headers.get("MS-CV") for response in outer.responses] == ["1", "2"]


def test_an_error_ends_the_collecting() -> None:
    client = partner(refused(404, 1000))
    with pytest.raises(RefusedError):
        client.with_raw(client.profiles.billing_profile.get)
    assert raw._KEPT.get() is None


def test_threads_that_share_a_client_get_their_own_responses() -> None:
    client = partner()
    answers: list[RawAnswer[BillingProfile]] = []

    def ask() -> None:
        answers.extend(client.with_raw(client.profiles.billing_profile.get) for _ in range(30))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 240
    assert all(answer.value.purchase_order_number == answer.response.headers.get("MS-CV") for answer in answers)
    assert all(len(answer.responses) == 1 for answer in answers)


def test_tasks_that_share_a_client_get_their_own_responses() -> None:
    async def scene() -> list[RawAnswer[BillingProfile]]:
        async with AsyncPartnerCenter(FixedToken("t"), transport=Asynchronous()) as client:
            get = client.profiles.billing_profile.get
            return await asyncio.gather(*(client.with_raw(get) for _ in range(50)))

    answers = asyncio.run(scene())
    assert all(answer.value.purchase_order_number == answer.response.headers.get("MS-CV") for answer in answers)
    assert all(len(answer.responses) == 1 for answer in answers)


def test_a_raw_answer_can_be_pickled_copied_and_compared() -> None:
    client = partner()
    answer = client.with_raw(client.profiles.billing_profile.get)
    for same in (copy.copy(answer), copy.deepcopy(answer), pickle.loads(pickle.dumps(answer))):
        assert same == answer
        assert same.responses == answer.responses
    assert answer != client.with_raw(client.profiles.billing_profile.get)


def test_a_raw_answer_shows_neither_values_nor_bodies() -> None:
    client = partner()
    answer = client.with_raw(client.profiles.billing_profile.get)
    assert repr(answer) == "RawAnswer(BillingProfile, [200])"
    assert TAX_ID not in repr(answer.response)
