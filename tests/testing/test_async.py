"""The asynchronous client of the fixture: on any event loop, and many tasks at once."""

from __future__ import annotations

import asyncio

from partnercenter import BillingProfile, PreconditionFailedError
from partnercenter.testing import PartnerCenterDouble


def test_the_same_client_serves_one_event_loop_after_another(partner_center: PartnerCenterDouble) -> None:
    async def get() -> BillingProfile:
        async with partner_center.async_client() as partner:
            return await partner.profiles.billing_profile.get()

    assert asyncio.run(get()) == asyncio.run(get())


def test_of_many_tasks_with_one_tag_one_is_accepted(partner_center: PartnerCenterDouble) -> None:
    async def race() -> int:
        billing = partner_center.async_client().profiles.billing_profile
        profile = await billing.get()
        results = await asyncio.gather(*(billing.update(profile) for _ in range(8)), return_exceptions=True)
        return sum(isinstance(result, PreconditionFailedError) for result in results)

    partner_center.manners.allow_bad()
    assert asyncio.run(race()) == 7


def test_a_pause_costs_no_time_and_does_not_block_the_loop(partner_center: PartnerCenterDouble) -> None:
    async def wait() -> None:
        partner = partner_center.async_client()
        await asyncio.wait_for(partner.profiles.billing_profile.get(), timeout=30)

    partner_center.faults.plan("get_billing_profile", "throttled", seconds=57)
    asyncio.run(wait())


def test_blocking_and_asynchronous_clients_share_one_service(partner_center: PartnerCenterDouble) -> None:
    profile = partner_center.client().profiles.billing_profile.get()
    profile.purchase_order_number = "9321"
    partner_center.client().profiles.billing_profile.update(profile)

    async def get() -> BillingProfile:
        return await partner_center.async_client().profiles.billing_profile.get()

    assert asyncio.run(get()).purchase_order_number == "9321"
