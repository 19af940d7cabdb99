"""Fifty writers with one entity tag, over real TLS: exactly one is answered 200."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

from tests import raw_http
from tests.raw_http import Line
from tests.running_service import RunningService

RACERS = 50


def test_c31_of_fifty_racers_with_one_tag_exactly_one_wins(local_service: RunningService) -> None:
    token = raw_http.access_token(local_service)
    profile = raw_http.current_profile(local_service, token)
    tag = raw_http.current_tag(local_service, token)
    start = threading.Barrier(RACERS)

    def race(number: int) -> int:
        body = json.dumps(profile | {"purchaseOrderNumber": str(9000 + number)}).encode()
        line = Line(local_service)
        start.wait(timeout=30)
        line.send(raw_http.request("PUT", "/v1/profiles/billing", token, f'If-Match: "{tag}"', body=body))
        status, _, _ = raw_http.parse(line.read_until_quiet(most_seconds=30))
        line.close()
        return status

    with ThreadPoolExecutor(RACERS) as racers:
        statuses = list(racers.map(race, range(RACERS)))
    assert sorted(statuses) == [200] + [412] * (RACERS - 1)


def test_i09_of_twenty_simultaneous_retries_one_is_applied_and_all_get_its_answer(
    local_service: RunningService,
) -> None:
    token = raw_http.access_token(local_service)
    body = json.dumps(raw_http.current_profile(local_service, token)).encode()
    request_id = "MS-RequestId: 7b0f1c9e-5d0a-4c80-9a52-6f2d7c1e8a11"
    start = threading.Barrier(20)

    def retry(attempt: int) -> tuple[int, bytes]:
        line = Line(local_service)
        start.wait(timeout=30)
        line.send(
            raw_http.request("PUT", "/v1/profiles/billing", token, request_id, f"X-Attempt: {attempt}", body=body)
        )
        status, _, answer_body = raw_http.parse(line.read_until_quiet(most_seconds=30))
        line.close()
        return status, answer_body

    with ThreadPoolExecutor(20) as retries:
        answers = set(retries.map(retry, range(20)))
    assert [status for status, _ in answers] == [200]
