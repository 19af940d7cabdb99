"""What the administration of a service for tests offers, and that of no other one."""

from __future__ import annotations

import pytest

from partnercenter.service import seed
from partnercenter.service.app import make_service
from partnercenter.service.double import Double
from partnercenter.service.endpoints.admin_test_mode import LARGEST_SEED
from partnercenter.service.gate.framing import LARGEST_BODY
from partnercenter.service.storage.memory import MemoryStorage
from partnercenter.wire.json_text import JsonObject
from tests.service.doubled import TOKEN, administer, get, number, put, send, sign_in
from tests.service.stage import keys

ONE_PARTNER: JsonObject = {"partners": [{"tenant": "one.example"}]}


def test_reset(double: Double) -> None:
    put(double, sign_in(double), "1")
    assert administer(double, "POST", "/admin/reset") == (200, {"partners": 2})
    assert number(double) == "9888"


def test_the_seed_is_shown_and_set(double: Double) -> None:
    assert administer(double, "PUT", "/admin/seed", ONE_PARTNER) == (200, {"partners": 1})
    status, document = administer(double, "GET", "/admin/seed")
    assert (status, document) == (200, double.seed_document())


def test_a_seed_with_mistakes_is_refused_with_all_of_them(double: Double) -> None:
    status, answer = administer(double, "PUT", "/admin/seed", {"partners": [{"tenant": "x"}, {"id": "1"}]})
    assert (status, answer["code"]) == (400, 3000)
    data = answer["data"]
    assert isinstance(data, list)
    assert len(data) == 3


def test_a_seed_may_be_larger_than_a_profile(double: Double) -> None:
    partners: JsonObject = {"partners": [{"tenant": f"p{n:05}.example", "name": "x" * 90} for n in range(1000)]}
    assert administer(double, "PUT", "/admin/seed", partners) == (200, {"partners": 1000})


def test_but_not_without_end(double: Double) -> None:
    lines = [("Authorization", f"Bearer {TOKEN}"), ("Content-Length", str(LARGEST_SEED + 1))]
    assert send(double, "PUT", "/admin/seed", lines).status == 413


def test_nothing_else_of_the_administration_may_be_larger(double: Double) -> None:
    lines = [("Authorization", f"Bearer {TOKEN}"), ("Content-Length", str(LARGEST_BODY + 1))]
    assert send(double, "PUT", "/admin/faults", lines).status == 413


def test_a_large_body_without_the_token_is_not_read(double: Double) -> None:
    answer = send(double, "PUT", "/admin/seed", [("Authorization", "Bearer x")], b"x" * LARGEST_BODY * 2)
    assert (answer.status, answer.headers.get("Connection")) == (401, "close")


def test_snapshots_are_taken_listed_restored_and_removed(double: Double) -> None:
    put(double, sign_in(double), "1")
    assert administer(double, "PUT", "/admin/snapshots/one")[1]["name"] == "one"
    put(double, sign_in(double), "2")
    assert administer(double, "POST", "/admin/snapshots/one/restore")[0] == 200
    assert number(double) == "1"
    listed = administer(double, "GET", "/admin/snapshots")[1]["snapshots"]
    assert isinstance(listed, list)
    assert len(listed) == 1
    assert administer(double, "DELETE", "/admin/snapshots/one") == (200, {"snapshots": []})


@pytest.mark.parametrize(
    ("method", "target"), [("POST", "/admin/snapshots/x/restore"), ("DELETE", "/admin/snapshots/x")]
)
def test_a_snapshot_that_is_not_there_is_not_found(double: Double, method: str, target: str) -> None:
    assert administer(double, method, target)[0] == 404


def test_a_name_that_cannot_be_is_refused(double: Double) -> None:
    assert administer(double, "PUT", "/admin/snapshots/a%20b")[0] == 400


def test_the_clock_is_shown_and_set_ahead(double: Double) -> None:
    before = administer(double, "GET", "/admin/clock")[1]
    after = administer(double, "POST", "/admin/clock", {"advance": 3600})[1]
    assert (before["ahead"], after["ahead"]) == (0, 3600)
    assert float(str(after["now"])) - float(str(before["now"])) >= 3600


@pytest.mark.parametrize("document", [{"advance": -1}, {"advance": "x"}, {"advance": 1e99}, {}, {"advance": 1, "x": 1}])
def test_a_clock_is_not_set_otherwise(double: Double, document: JsonObject) -> None:
    assert administer(double, "POST", "/admin/clock", document)[0] == 400


def test_the_journal_is_shown_from_where_it_was_read(double: Double) -> None:
    for _ in range(3):
        sign_in(double)
    status, answer = administer(double, "GET", "/admin/journal?after=1&most=1")
    entries = answer["entries"]
    assert isinstance(entries, list)
    assert (status, [dict(e)["sequence"] for e in entries if isinstance(e, dict)], answer["last"]) == (200, [2], 3)


@pytest.mark.parametrize("query", ["after=x", "most=-1", "most=1001", "after=" + "9" * 20])
def test_a_page_of_the_journal_is_asked_for_in_numbers(double: Double, query: str) -> None:
    assert administer(double, "GET", f"/admin/journal?{query}")[0] == 400


def test_the_journal_can_be_forgotten(double: Double) -> None:
    sign_in(double)
    assert administer(double, "DELETE", "/admin/journal") == (200, {"entries": [], "last": 1})


def test_findings_are_told(double: Double) -> None:
    put(double, sign_in(double), tag="", MS_CorrelationId=seed.FIRST_TENANT.id)
    found = administer(double, "GET", "/admin/findings")[1]["findings"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    assert (found[0]["kind"], found[0]["entries"]) == ("no-entity-tag", [2])


def test_with_its_token_it_may_be_asked_from_anywhere(double: Double) -> None:
    # `send` has no address at all, as in another process' proxy.
    assert administer(double, "GET", "/admin/faults")[0] == 200


def test_without_its_token_nobody_gets_in(double: Double) -> None:
    assert send(double, "POST", "/admin/reset").status == 401


ONLY_FOR_TESTS = [
    ("POST", "/admin/reset"),
    ("GET", "/admin/seed"),
    ("PUT", "/admin/snapshots/a"),
    ("GET", "/admin/clock"),
]


@pytest.mark.parametrize(("method", "target"), ONLY_FOR_TESTS)
def test_a_service_that_is_not_for_tests_offers_nothing_of_it(method: str, target: str) -> None:
    from tests.service.endpoints.test_admin import administer as administer_here

    service = make_service("https://localhost", MemoryStorage(), keys(), 60, admin_token=TOKEN)
    assert administer_here(service, method, target)[0] == 404


@pytest.mark.parametrize("target", ["/admin/journal", "/admin/findings"])
def test_its_journal_is_offered_by_every_administration(target: str) -> None:
    from tests.service.endpoints.test_admin import administer as administer_here

    service = make_service("https://localhost", MemoryStorage(), keys(), 60, admin_token=TOKEN)
    assert administer_here(service, "GET", target)[0] == 200


# Faults of one tenant


def test_a_fault_of_one_tenant_spares_the_others(double: Double) -> None:
    line: JsonObject = {"operation": "*", "fault": "status", "tenant": "second.partner.example"}
    assert administer(double, "PUT", "/admin/faults", {"faults": [line]})[0] == 200
    first, second = sign_in(double), sign_in(double, seed.SECOND_REFRESH_TOKEN.token)
    assert [get(double, bearer).status for bearer in (first, second, second)] == [200, 503, 200]


def test_a_request_without_a_good_token_is_of_no_tenant(double: Double) -> None:
    line: JsonObject = {"operation": "*", "fault": "status", "tenant": seed.FIRST_TENANT.id}
    administer(double, "PUT", "/admin/faults", {"faults": [line]})
    assert get(double, "x").status == 401


def test_a_tenant_that_nobody_knows_is_refused(double: Double) -> None:
    line: JsonObject = {"operation": "*", "fault": "status", "tenant": "nobody.example"}
    assert administer(double, "PUT", "/admin/faults", {"faults": [line]})[0] == 400


@pytest.mark.parametrize(
    ("method", "target"), [("POST", "/admin/snapshots/x/restore"), ("DELETE", "/admin/snapshots/x")]
)
def test_who_names_no_snapshot_is_told_which_there_are(double: Double, method: str, target: str) -> None:
    double.take_snapshot("one")
    double.take_snapshot("two")
    status, answer = administer(double, method, target)
    assert (status, answer["data"]) == (404, ["There is no snapshot 'x'. There are: one, two."])


PLANS = {
    "fault": ({"operation": "*", "fault": "throtled"}, "at `$.faults[0].fault`; it can be throttled, status,"),
    "status": ({"operation": "*", "fault": "status", "status": 501}, "it can be 500, 502, 503, 504"),
    "operation": ({"operation": "get_billing", "fault": "bom"}, "There is no operation 'get_billing'. It can be *, "),
    "near": ({"operation": "get_biling_profile", "fault": "bom"}, "Did you mean get_billing_profile?"),
    "tenant": ({"operation": "*", "fault": "bom", "tenant": "x.example"}, "'x.example'. Its tenants: first.partner"),
}


@pytest.mark.parametrize(("line", "said"), PLANS.values(), ids=PLANS.keys())
def test_a_word_that_no_plan_can_have_is_named_with_those_that_it_can(
    double: Double, line: JsonObject, said: str
) -> None:
    status, answer = administer(double, "PUT", "/admin/faults", {"faults": [line]})
    assert status == 400
    assert said in str(answer["data"])
