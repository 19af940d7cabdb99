"""Everything else that the fixture offers: other partners, seeds, snapshots, journal, and other clients."""

from __future__ import annotations

import asyncio
import pickle
import uuid
from datetime import timedelta
from typing import get_args

import httpx2
import pytest

from partnercenter import (
    ClientSettings,
    Cloud,
    Concurrency,
    PartnerCenter,
    PreconditionFailedError,
    SignInError,
)
from partnercenter.service.gate.faults import FaultKind
from partnercenter.testing import PartnerCenterDouble
from partnercenter.testing.fault_lines import FaultName

_BILLING = "/v1/profiles/billing"


def _authorized(partner_center: PartnerCenterDouble) -> dict[str, str]:
    return {"Authorization": f"Bearer {partner_center.token()}", "MS-CorrelationId": str(uuid.uuid4())}


def test_any_seeded_partner_can_be_signed_in(partner_center: PartnerCenterDouble) -> None:
    client = partner_center.client(tenant="second.partner.example")
    assert client.profiles.billing_profile.get().company_name == "Zweiter Partner GmbH"


def test_a_whole_user_name_names_its_partner(partner_center: PartnerCenterDouble) -> None:
    client = partner_center.client(user="billing@second.partner.example")
    assert client.profiles.billing_profile.get().company_name == "Zweiter Partner GmbH"


def test_a_user_who_is_not_there_is_refused_with_the_names_that_are(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(LookupError, match=r"billing@first\.partner\.example"):
        partner_center.client(user="nobody")


def test_a_partner_that_is_not_there_is_refused_with_the_domains_that_are(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(LookupError, match=r"second\.partner\.example"):
        partner_center.client(tenant="third.partner.example")


def test_the_tenants_tell_their_users(partner_center: PartnerCenterDouble) -> None:
    first = partner_center.tenants[0]
    assert first.domain == "first.partner.example"
    assert [user.name for user in first.users if not user.has_mfa] == ["nomfa@first.partner.example"]
    assert first.users[0].role == "global admin"


def test_no_representation_shows_a_secret(partner_center: PartnerCenterDouble) -> None:
    shown = repr([partner_center, partner_center.tenants, partner_center.credential(), partner_center.faults])
    assert partner_center.tenants[0].refresh_token not in shown
    assert "local-" not in shown


def test_a_credential_does_not_leave_the_process(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(partner_center.credential())


def test_a_disabled_user_cannot_sign_in(partner_center: PartnerCenterDouble) -> None:
    partner_center.disable(partner_center.tenants[0].users[0].id)
    with pytest.raises(SignInError, match="AADSTS50057"):
        partner_center.client().profiles.billing_profile.get()


def test_a_snapshot_brings_the_data_back(partner_center: PartnerCenterDouble) -> None:
    billing = partner_center.client().profiles.billing_profile
    partner_center.snapshot()
    with_number = billing.get()
    with_number.purchase_order_number = "9321"
    billing.update(with_number)
    partner_center.restore()
    assert billing.get().purchase_order_number == "9888"


def test_another_seed_has_its_own_partners(partner_center: PartnerCenterDouble) -> None:
    partner_center.seed({"partners": [{"tenant": "contoso.example", "name": "Contoso"}]})
    assert [tenant.domain for tenant in partner_center.tenants] == ["contoso.example"]
    assert partner_center.client().profiles.billing_profile.get().company_name == "Contoso"


def test_the_journal_tells_what_was_asked_and_shows_no_token(partner_center: PartnerCenterDouble) -> None:
    client = partner_center.client()
    client.profiles.billing_profile.get()
    assert [entry.operation for entry in partner_center.journal][-1] == "get_billing_profile"
    assert client.access_token() not in repr(partner_center.journal)


def test_a_fault_is_that_of_a_tenant_that_there_is(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(ValueError, match=r"no tenant 'nobody\.example'\. Its tenants: first\.partner\.example,"):
        partner_center.faults.plan("*", "reset", tenant="nobody.example")


def test_an_operation_that_is_not_there_cannot_fail(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(ValueError, match="update_billing_profile"):
        partner_center.faults.plan("update_biling_profile", "reset")


def test_lines_that_are_added_do_not_begin_the_others_anew(partner_center: PartnerCenterDouble) -> None:
    client = partner_center.client()
    partner_center.faults.plan("get_billing_profile", "status", after=1)
    client.profiles.billing_profile.get()
    partner_center.faults.plan("get_support_profile", "status")
    client.profiles.billing_profile.get()
    client.profiles.support_profile.get()
    failed = [entry.operation for entry in partner_center.journal if entry.fault]
    assert failed == ["get_billing_profile", "get_support_profile"]


def test_the_clock_takes_a_timedelta(partner_center: PartnerCenterDouble) -> None:
    before = partner_center.clock.now()
    partner_center.clock.advance(timedelta(days=30))
    assert partner_center.clock.now() - before >= timedelta(days=30)


def test_the_application_can_be_called_on_any_event_loop(partner_center: PartnerCenterDouble) -> None:
    async def ask() -> httpx2.Response:
        transport = httpx2.ASGITransport(partner_center.app)  # type: ignore[arg-type]
        async with httpx2.AsyncClient(transport=transport, base_url=partner_center.base_url) as client:
            return await client.get(_BILLING, headers=_authorized(partner_center))

    assert asyncio.run(ask()).json()["companyName"] == "TEST_TEST_BugBash1"


def test_code_that_makes_its_own_client_reaches_the_same_data(partner_center: PartnerCenterDouble) -> None:
    inside = partner_center.client().profiles.billing_profile
    profile = inside.get()
    profile.purchase_order_number = "9321"
    inside.update(profile)
    with partner_center.serve() as variables, PartnerCenter.from_env(variables) as outside:
        assert outside.profiles.billing_profile.get().purchase_order_number == "9321"


def test_a_fault_of_one_partner_does_not_meet_another(partner_center: PartnerCenterDouble) -> None:
    partner_center.faults.plan("get_billing_profile", "status", tenant="second.partner.example")
    partner_center.client().profiles.billing_profile.get()
    assert "second.partner.example" in partner_center.faults.tell_unused()
    partner_center.client(tenant="second.partner.example").profiles.billing_profile.get()


def test_a_test_can_begin_anew(partner_center: PartnerCenterDouble) -> None:
    billing = partner_center.client().profiles.billing_profile
    billing.update(billing.get())
    partner_center.reset()
    assert (len(partner_center.audit()), billing.get().purchase_order_number) == (0, "9888")


@pytest.mark.partner_center(throttle="1/s")
def test_a_marker_sets_the_service(partner_center: PartnerCenterDouble) -> None:
    billing = partner_center.client().profiles.billing_profile
    before = partner_center.clock.now()
    for _ in range(3):
        billing.get()
    assert partner_center.clock.now() - before >= timedelta(seconds=2)


@pytest.mark.partner_center(preset="strict")
@pytest.mark.parametrize("_turn", [1, 2])
def test_a_service_that_is_set_otherwise_is_as_new_for_every_test(
    partner_center: PartnerCenterDouble, _turn: int
) -> None:
    billing = partner_center.client(settings=ClientSettings(concurrency=Concurrency.NONE)).profiles.billing_profile
    profile = billing.get()
    with pytest.raises(PreconditionFailedError):
        billing.update(profile)
    partner_center.manners.allow_bad()
    partner_center.client().profiles.billing_profile.update(profile)
    assert len(partner_center.audit()) == 1


@pytest.mark.partner_center(cloud="china")
def test_a_client_is_one_of_the_cloud_that_is_set(partner_center: PartnerCenterDouble) -> None:
    client = partner_center.client()
    client.profiles.billing_profile.get()
    assert client.settings.cloud is Cloud.CHINA


@pytest.mark.parametrize(
    ("switches", "words"),
    [
        ({"port": 8443}, "port cannot be set"),
        ({"preset": "lenient"}, "documented, recorded"),
        ({"throttle": "many"}, "^throttle must be off"),
        ({"replay_hours": 0}, "^replay_hours must be more"),
        ({"replay_hours": "24"}, "^replay_hours must be a number"),
    ],
)
def test_a_switch_that_is_none_is_refused(switches: dict[str, object], words: str) -> None:
    from partnercenter.testing.switches import read_switches

    with pytest.raises(ValueError, match=words):
        read_switches(switches)


@pytest.mark.parametrize("_turn", [1, 2])
def test_nothing_of_another_test_is_left(partner_center: PartnerCenterDouble, _turn: int) -> None:
    billing = partner_center.client().profiles.billing_profile
    profile = billing.get()
    assert (profile.purchase_order_number, len(partner_center.audit())) == ("9888", 0)
    profile.purchase_order_number = "9321"
    billing.update(profile)


@pytest.mark.parametrize("_turn", [1, 2])
def test_no_snapshot_of_another_test_is_left(partner_center: PartnerCenterDouble, _turn: int) -> None:
    with pytest.raises(LookupError, match=r"There is no snapshot 'kept'\. There is none\."):
        partner_center.restore("kept")
    partner_center.snapshot("kept")


@pytest.mark.parametrize("turn", [1, 2])
def test_no_seed_of_another_test_is_left(partner_center: PartnerCenterDouble, turn: int) -> None:
    assert partner_center.tenants[0].domain == "first.partner.example"
    partner_center.seed({"partners": [{"tenant": f"contoso{turn}.example"}]})


def test_an_entity_tag_is_never_given_twice(partner_center: PartnerCenterDouble, seen_tags: set[str | None]) -> None:
    tag = partner_center.client().profiles.billing_profile.get().attributes.etag
    assert tag not in seen_tags
    seen_tags.add(tag)


test_an_entity_tag_is_not_given_again_after_a_reset = test_an_entity_tag_is_never_given_twice


@pytest.fixture(scope="module")
def seen_tags() -> set[str | None]:
    return set()


def test_an_editor_completes_every_fault_that_there_is() -> None:
    assert list(get_args(FaultName)) == [kind.value for kind in FaultKind]


def test_a_fault_that_there_is_none_of_is_told_with_those_that_there_are(partner_center: PartnerCenterDouble) -> None:
    with pytest.raises(ValueError, match="it can be throttled, status"):
        partner_center.faults.plan_lines([{"operation": "*", "fault": "throtled"}])
