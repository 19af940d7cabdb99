"""Updates of many partners: announced, sent, ended; stopped at a moved tag; repeated, and never carried out twice."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from msgspec import structs

from partnercenter.fleet import carry_out
from partnercenter.fleet.look import look, named_twice
from partnercenter.fleet.report import AgreedLine, AnyLine, EndedLine, Key, Outcome, PlanLine, ReadyLine
from partnercenter.fleet.run import Conduct, errands, run
from partnercenter.fleet.wanted import WantedPartner
from partnercenter.service.gate.faults import Fault, FaultKind
from partnercenter.service.seed_defaults import id_of
from partnercenter.wire.guid import new_guid
from partnercenter.wire.profiles import Profile
from tests.fleet.stage import FIRST, SECOND, Lines, World, row, wanted, world

_T = "2026-01-31T12:00:00.000Z"
ORDERS = wanted(row(FIRST, billing_purchaseOrderNumber="1"), row(SECOND, billing_purchaseOrderNumber="2"))


@pytest.fixture(scope="module")
def _world() -> World:
    return world(FIRST, SECOND)


@pytest.fixture
def partners(_world: World) -> World:
    _world.double.reset()
    _world.is_cut, _world.strangers = False, set()
    _world.sent.clear()
    _world.slept.clear()
    return _world


def _planned(partners: World, wants: list[WantedPartner] = ORDERS) -> tuple[Lines, dict[Key, Profile]]:
    """The head of a report, and the profiles that were read for it."""
    plans = [look(partners.open, one) for one in wants]
    lines = [line for plan in plans for line in plan.lines()]
    head: AnyLine = PlanLine(_T, format=1, file="", salt="", fingerprint="")
    read = {Key(plan.wanted.tenant, one.kind.word): one.profile for plan in plans for one in plan.profiles}
    planned = Lines(lines)
    return Lines([head, *lines, ReadyLine(_T, planned=len(planned.planned)), AgreedLine(_T)]), read


def _run(
    partners: World,
    lines: Lines,
    read: dict[Key, Profile] | None = None,
    *,
    wants: list[WantedPartner] = ORDERS,
    keep_going: bool = False,
) -> list[EndedLine]:
    to_do = errands(lines.report(), wants, read or {})
    conduct = Conduct(parallel=1, keep_going=keep_going, stop=threading.Event())
    return list(run(to_do, partners.open, lines, conduct))


def _outcomes(ended: list[EndedLine]) -> list[tuple[str, Outcome]]:
    return [(one.tenant, one.outcome) for one in ended]


def test_what_is_planned_is_applied_once_to_each(partners: World) -> None:
    assert _outcomes(_run(partners, *_planned(partners))) == [(FIRST, Outcome.APPLIED), (SECOND, Outcome.APPLIED)]
    assert [partners.order(FIRST), partners.order(SECOND)] == ["1", "2"]
    assert [partners.updates(FIRST), partners.updates(SECOND)] == [1, 1]


def test_an_update_is_announced_with_its_request_id_before_it_is_sent(partners: World) -> None:
    lines, read = _planned(partners)
    announced: list[int] = []
    to_do = errands(lines.report(), ORDERS, read)[:1]
    with partners.open(FIRST) as signed_in:
        carry_out.carry_out(to_do[0], signed_in, lambda line: announced.append(len(partners.sent)))
    assert announced == [0]
    assert len(partners.sent) == 1


def test_the_report_says_who_what_old_new_tags_and_ids(partners: World) -> None:
    lines, read = _planned(partners)
    _run(partners, lines, read)
    ended, sent = lines.ended[0], partners.sent[0]
    assert (ended.user, ended.request_id) == (f"admin@{FIRST}", sent.headers.get("MS-RequestId"))
    assert ended.correlation_id == sent.headers.get("MS-CorrelationId")
    assert [(one.member, one.old, one.new) for one in ended.changes] == [("purchaseOrderNumber", "9000", "1")]
    assert ended.tag_before == lines.planned[0].tag
    with partners.client(FIRST) as partner:
        assert ended.tag_after == partner.profiles.billing_profile.get().attributes.etag


def test_a_profile_that_moved_is_not_overwritten_and_nothing_more_is_begun(partners: World) -> None:
    lines, read = _planned(partners)
    partners.change(FIRST, purchase_order_number="theirs")
    assert _outcomes(_run(partners, lines, read)) == [(FIRST, Outcome.MOVED)]
    assert [partners.order(FIRST), partners.order(SECOND)] == ["theirs", "9000"]


def test_a_kept_plan_is_applied_to_the_versions_that_it_saw_alone(partners: World) -> None:
    lines, _ = _planned(partners)
    partners.change(FIRST, purchase_order_number="theirs")
    partners.sent.clear()
    assert _outcomes(_run(partners, lines)) == [(FIRST, Outcome.MOVED)]
    assert partners.sent == []


def test_with_keep_going_the_others_are_applied(partners: World) -> None:
    lines, read = _planned(partners)
    partners.change(FIRST, purchase_order_number="theirs")
    assert _outcomes(_run(partners, lines, read, keep_going=True)) == [
        (FIRST, Outcome.MOVED),
        (SECOND, Outcome.APPLIED),
    ]


def test_a_partner_who_is_refused_does_not_stop_the_others(partners: World) -> None:
    wants = wanted(row(FIRST, organization_culture="xx-XX"), row(SECOND, billing_purchaseOrderNumber="2"))
    lines, read = _planned(
        partners, wanted(row(FIRST, organization_culture="es-US"), row(SECOND, billing_purchaseOrderNumber="2"))
    )
    read[Key(FIRST, "organization")].culture = "xx-XX"  # type: ignore[attr-defined]
    ended = _run(partners, lines, read, wants=wants)
    assert _outcomes(ended) == [(FIRST, Outcome.REFUSED), (SECOND, Outcome.APPLIED)]


def test_what_may_have_been_carried_out_is_unknown_and_stops_the_run(partners: World) -> None:
    lines, read = _planned(partners)
    partners.is_cut = True
    assert _outcomes(_run(partners, lines, read)) == [(FIRST, Outcome.UNKNOWN)]


def test_an_unknown_outcome_is_found_out_by_the_same_request(partners: World) -> None:
    lines, read = _planned(partners)
    partners.is_cut = True
    _run(partners, lines, read)
    partners.is_cut = False
    first = partners.sent[0]
    partners.sent.clear()
    assert _outcomes(_run(partners, lines)) == [(FIRST, Outcome.APPLIED), (SECOND, Outcome.APPLIED)]
    assert partners.updates(FIRST) == 1
    again = partners.sent[0]
    assert again.body == first.body
    for name in ("MS-RequestId", "MS-CorrelationId", "If-Match"):
        assert again.headers.get(name) == first.headers.get(name)


@pytest.mark.parametrize("hours", [0, 25], ids=["known", "forgotten"])
def test_what_was_begun_is_not_applied_again_whether_or_not_its_id_is_known(partners: World, hours: int) -> None:
    lines, read = _planned(partners)
    _run(partners, lines, read)
    lines.lines = [line for line in lines.lines if line not in lines.ended]
    partners.double.clock.advance(hours * 3600)
    ended = _run(partners, lines)
    assert _outcomes(ended) == [(FIRST, Outcome.APPLIED), (SECOND, Outcome.APPLIED)]
    assert [partners.updates(FIRST), partners.updates(SECOND)] == [1, 1]
    assert all(one.tag_after for one in ended)


def test_what_was_applied_and_then_changed_by_others_stays_theirs(partners: World) -> None:
    lines, read = _planned(partners)
    _run(partners, lines, read)
    lines.lines = [line for line in lines.lines if line not in lines.ended]
    partners.change(FIRST, purchase_order_number="theirs", tax_id="98-765432")
    assert _outcomes(_run(partners, lines))[0] == (FIRST, Outcome.APPLIED)
    assert partners.order(FIRST) == "theirs"


def test_where_the_audit_has_no_request_ids_a_profile_that_is_as_wanted_is_applied(partners: World) -> None:
    lines, read = _planned(partners, ORDERS[:1])
    _run(partners, lines, read, wants=ORDERS[:1])
    begun = [structs.replace(line, request_id=new_guid()) for line in lines.begun]
    unfinished = Lines([*(line for line in lines.lines if line not in [*lines.begun, *lines.ended]), *begun])
    [ended] = _run(partners, unfinished, wants=ORDERS[:1])
    assert (ended.outcome, ended.tag_after) == (Outcome.APPLIED, lines.ended[0].tag_after)
    assert partners.updates(FIRST) == 1


def test_what_was_announced_and_never_sent_is_moved_if_others_were_faster(partners: World) -> None:
    lines, read = _planned(partners)
    _run(partners, lines, read)
    begun = [line for line in lines.lines if line not in lines.ended]
    partners.double.reset()
    partners.change(FIRST, purchase_order_number="theirs")
    assert _outcomes(_run(partners, Lines(begun)))[0] == (FIRST, Outcome.MOVED)
    assert partners.order(FIRST) == "theirs"


def test_whoever_is_not_signed_in_fails_and_can_be_tried_again(partners: World) -> None:
    lines, read = _planned(partners)
    partners.strangers = {FIRST}
    assert _outcomes(_run(partners, lines, read)) == [(FIRST, Outcome.FAILED)]
    partners.strangers = set()
    assert _outcomes(_run(partners, lines)) == [(FIRST, Outcome.APPLIED), (SECOND, Outcome.APPLIED)]


def test_a_sign_in_that_fails_leaves_an_unknown_outcome_unknown(partners: World) -> None:
    lines, read = _planned(partners)
    partners.is_cut = True
    _run(partners, lines, read)
    partners.is_cut, partners.strangers = False, {FIRST}
    assert _outcomes(_run(partners, lines)) == [(FIRST, Outcome.UNKNOWN)]
    assert lines.report().to_repeat(Key(FIRST, "billing")) is not None


def test_nothing_is_sent_to_another_tenant_than_was_planned(partners: World) -> None:
    lines, read = _planned(partners, ORDERS[:1])
    partners.open = lambda tenant: World.open(partners, SECOND)  # type: ignore[method-assign]
    try:
        assert _outcomes(_run(partners, lines, read, wants=ORDERS[:1])) == [(FIRST, Outcome.FAILED)]
    finally:
        del partners.open
    assert partners.sent == []


def test_members_that_the_service_left_are_told(partners: World) -> None:
    wants = wanted(row(FIRST, billing_purchaseOrderNumber="1"))
    lines, read = _planned(partners, wants)
    read[Key(FIRST, "billing")].purchase_order_number = "another"  # type: ignore[attr-defined]
    assert _run(partners, lines, read, wants=wants)[0].kept == ["purchaseOrderNumber"]


def test_no_line_has_the_tax_id(partners: World, tmp_path: Path) -> None:
    from partnercenter.fleet.report import encode

    partners.change(FIRST, tax_id="12-345678")
    wants = wanted(row(FIRST, billing_taxId="98-765432"))
    lines, read = _planned(partners, wants)
    _run(partners, lines, read, wants=wants)
    text = b"".join(map(encode, lines.lines))
    assert b"12-345678" not in text
    assert b"98-765432" not in text


def test_one_tenant_under_two_names_is_found() -> None:
    from partnercenter.fleet.look import PartnerPlan

    plans = [PartnerPlan(one, tenant_id="A0") for one in ORDERS]
    assert named_twice(plans) == [f"{FIRST} and {SECOND} are one tenant. Say it in one place."]


def test_a_tenant_that_is_asked_to_wait_waits_and_the_others_go_on(partners: World) -> None:
    lines, read = _planned(partners)
    throttled = Fault("update_billing_profile", FaultKind.THROTTLED, seconds=1, tenant=id_of(FIRST))
    partners.double.faults.replace([throttled])
    conduct = Conduct(parallel=2, keep_going=False, stop=threading.Event())
    to_do = errands(lines.report(), ORDERS, read)
    ended = [(one.tenant, one.outcome) for one in run(to_do, partners.open, lines, conduct)]
    assert sorted(ended) == [(FIRST, Outcome.APPLIED), (SECOND, Outcome.APPLIED)]
    assert partners.slept == [1.0]
