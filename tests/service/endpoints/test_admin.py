"""What whoever runs the service may ask of it."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service, open_storage
from partnercenter.service.asgi import DROP, Service
from partnercenter.service.behaviour import Behaviour, Switch
from partnercenter.service.token_authority import SigningKeys
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue
from tests.service.stage import BASE_URL, DAY, NOW, Answer, Line, ask, keys, page_body, token

TOKEN = "a-token-of-the-administration"
BILLING_ADMIN = seed.BILLING_ADMIN.id


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with open_storage(tmp_path) as storage:
        asyncio.run(storage.transact(seed.add_missing_profiles, seed.AddMissingProfiles()))
        own_keys = SigningKeys(keys()._ring.signing)
        yield make_service(BASE_URL, storage, own_keys, DAY, admin_token=TOKEN, clock=lambda: NOW)


def administer(
    service: Service,
    method: str,
    path: str,
    document: JsonValue = None,
    *,
    bearer: str | None = TOKEN,
    peer: str = "127.0.0.1",
) -> tuple[int, JsonObject]:
    """Status and body of the answer to one request from `peer`."""
    body = b"" if document is None else json_text.write(document)
    lines = [] if bearer is None else [(b"authorization", f"Bearer {bearer}".encode())]
    length = [(b"content-length", str(len(body)).encode())] if body else []
    line = Line([body])
    scope = {"type": "http", "method": method, "raw_path": path.encode(), "query_string": b"", "client": (peer, 1)}
    asyncio.run(service({**scope, "headers": [*lines, *length]}, line.receive, line.send))
    status, text = line.sent[0]["status"], line.sent[1]["body"]
    assert isinstance(status, int)
    assert isinstance(text, bytes)
    answer = json_text.read_strict(text)
    assert isinstance(answer, dict)
    return status, answer


def plan(service: Service, **fault: JsonValue) -> None:
    """Make `fault` the plan; for any operation unless it names one."""
    status, answer = administer(service, "PUT", "/admin/faults", {"faults": [{"operation": "*", **fault}]})
    assert status == 200, answer


def test_without_the_switch_it_is_not_there(tmp_path: Path) -> None:
    with open_storage(tmp_path) as storage:
        plain = make_service(BASE_URL, storage, keys(), DAY, clock=lambda: NOW)
        assert administer(plain, "GET", "/admin/faults")[0] == 404


REFUSED = {
    "no-token": ({"bearer": None}, 401),
    "other-token": ({"bearer": "x"}, 401),
    "a-users-token": ({"bearer": token()}, 401),
    "not-this-machine": ({"peer": "192.0.2.1"}, 404),
    "no-address": ({"peer": ""}, 404),
}


@pytest.mark.parametrize(("changes", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_only_this_machine_with_its_own_token_comes_in(
    service: Service, changes: dict[str, str | None], status: int
) -> None:
    assert administer(service, "GET", "/admin/faults", **changes)[0] == status  # type: ignore[arg-type]  # a table


def test_the_token_of_the_administration_opens_nothing_else(service: Service) -> None:
    assert ask(service, "GET", bearer=TOKEN).status == 401


BAD_PLANS: dict[str, JsonValue] = {
    "no-object": [],
    "no-faults": {},
    "unknown-member": {"faults": [{"operation": "*", "fault": "slow", "x": 1}]},
    "unknown-fault": {"faults": [{"operation": "*", "fault": "x"}]},
    "unknown-operation": {"faults": [{"operation": "x", "fault": "slow"}]},
    "never": {"faults": [{"operation": "*", "fault": "slow", "times": 0}]},
    "other-status": {"faults": [{"operation": "*", "fault": "status", "status": 200}]},
}


@pytest.mark.parametrize("document", BAD_PLANS.values(), ids=BAD_PLANS.keys())
def test_a_plan_that_cannot_be_is_refused(service: Service, document: JsonValue) -> None:
    assert administer(service, "PUT", "/admin/faults", document)[0] == 400


def test_a_plan_that_is_refused_leaves_the_one_in_force(service: Service) -> None:
    plan(service, fault="slow")
    administer(service, "PUT", "/admin/faults", {})
    assert administer(service, "GET", "/admin/faults")[1]["unused"] == 1


STATUSES = {
    "throttled": ({"fault": "throttled", "seconds": 7}, 429),
    "500": ({"fault": "status", "status": 500}, 500),
    "502": ({"fault": "status", "status": 502}, 502),
    "503": ({"fault": "status"}, 503),
    "504": ({"fault": "gateway-html", "status": 504}, 504),
}


@pytest.mark.parametrize(("fault", "status"), STATUSES.values(), ids=STATUSES.keys())
def test_a_planned_status_is_answered_once(service: Service, fault: dict[str, JsonValue], status: int) -> None:
    plan(service, **fault)
    assert [ask(service, "GET").status for _ in range(2)] == [status, 200]


def test_a_planned_429_says_how_long_to_wait(service: Service) -> None:
    plan(service, fault="throttled", seconds=7)
    assert ask(service, "GET").headers.get("Retry-After") == "7"


def test_a_page_of_the_gateway_is_html(service: Service) -> None:
    plan(service, fault="gateway-html", status=502)
    assert ask(service, "GET").headers.get("Content-Type") == "text/html"


def test_truncated_json_is_half_of_it_in_a_whole_message(service: Service) -> None:
    whole = ask(service, "GET").body
    plan(service, fault="truncated")
    answer = ask(service, "GET")
    assert (answer.body, answer.headers.get("Content-Length")) == (whole[: len(whole) // 2], str(len(whole) // 2))


def test_a_byte_order_mark_stands_before_the_json(service: Service) -> None:
    plan(service, fault="bom")
    assert ask(service, "GET").body.startswith(b"\xef\xbb\xbf{")


def test_a_slow_answer_is_the_right_one(service: Service) -> None:
    plan(service, fault="slow", seconds=0.01)
    assert ask(service, "GET").status == 200


@pytest.mark.parametrize("fault", ["reset", "no-answer-before-commit", "no-answer-after-commit"])
def test_a_dropped_connection_has_no_answer(service: Service, fault: str) -> None:
    plan(service, fault=fault)
    with pytest.raises(ConnectionResetError):
        ask(service, "PUT", body=page_body())


def test_the_http_server_is_told_to_end_the_connection(service: Service) -> None:
    plan(service, fault="reset")
    told: list[bool] = []
    line = Line([b""])
    scope = {"type": "http", "method": "GET", "raw_path": b"/v1/profiles/billing", "query_string": b"", "headers": []}
    extension = {DROP: {"drop": lambda *, reset: told.append(reset)}}
    asyncio.run(service({**scope, "extensions": extension}, line.receive, line.send))
    assert (told, line.sent) == ([True], [])


OUTCOMES = {"reset": "9888", "no-answer-before-commit": "9888", "no-answer-after-commit": "9999"}


@pytest.mark.parametrize(("fault", "number"), OUTCOMES.items())
def test_what_was_done_without_an_answer_is_what_the_fault_says(service: Service, fault: str, number: str) -> None:
    plan(service, fault=fault)
    with pytest.raises(ConnectionResetError):
        ask(service, "PUT", body=page_body(PurchaseOrderNumber="9999"))
    assert ask(service, "GET").json()["purchaseOrderNumber"] == number


def test_a_fault_for_one_operation_spares_the_others(service: Service) -> None:
    plan(service, operation="update_billing_profile", fault="status")
    assert ask(service, "GET").status == 200


def test_an_empty_plan_ends_the_faults(service: Service) -> None:
    plan(service, fault="status", times=9)
    administer(service, "DELETE", "/admin/faults")
    assert ask(service, "GET").status == 200


def test_a37_a_disabled_user_is_refused_at_once_with_the_token_that_it_has(service: Service) -> None:
    administer(service, "PUT", f"/admin/accounts/{BILLING_ADMIN}", {"enabled": False})
    assert ask(service, "GET").status == 401


def test_an_enabled_user_may_act_again(service: Service) -> None:
    for enabled in (False, True):
        administer(service, "PUT", f"/admin/accounts/{BILLING_ADMIN}", {"enabled": enabled})
    assert ask(service, "GET").status == 200


def test_an_account_that_is_not_there_is_not_found(service: Service) -> None:
    unknown = "c0000000-0000-4000-8000-999999999999"
    assert administer(service, "PUT", f"/admin/accounts/{unknown}", {"enabled": False})[0] == 404


def test_nobody_asks_whether_an_account_that_is_not_there_is_enabled(service: Service) -> None:
    assert administer(service, "GET", "/admin/accounts/c0000000-0000-4000-8000-999999999999")[0] == 404


def test_a_mark_is_not_put_twice(service: Service) -> None:
    recorded = dataclasses.replace(service, behaviour=Behaviour(bom=Switch.ON))
    plan(recorded, fault="bom")
    assert ask(recorded, "GET").body.count(b"\xef\xbb\xbf") == 1


ROTATIONS: dict[str, tuple[JsonObject, int]] = {"overlap": ({}, 200), "at-once": ({"overlap": False}, 401)}


@pytest.mark.parametrize(("document", "status"), ROTATIONS.values(), ids=ROTATIONS.keys())
def test_a38_a_token_of_the_old_key_is_good_in_the_overlap_alone(
    service: Service, document: JsonObject, status: int
) -> None:
    assert administer(service, "POST", "/admin/keys", document)[0] == 200
    answer: Answer = ask(service, "GET")
    assert answer.status == status
