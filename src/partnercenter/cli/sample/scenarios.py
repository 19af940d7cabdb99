"""The table of the sample's scenarios: the profile group of the console test app, in its order.

Sources: Partner Center documentation, "Console test app"; Partner Center SDK Samples, profile scenarios. An update
changes the same member as the original does: a purchase order number from 9000 to 9999 (published page, "Update the
partner billing profile"), a phone number of ten digits, an email address that the user is asked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from partnercenter.cli.sample.printing import print_profile
from partnercenter.cli.sample.stage import Stage
from partnercenter.wire.profiles import (
    BillingProfile,
    LegalBusinessProfile,
    OrganizationProfile,
    P,
    Profile,
    SupportProfile,
)

if TYPE_CHECKING:
    from partnercenter.client.resources import Profiles


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row. name: what `--run` takes. title: what the menu says. play: the scenario itself."""

    name: str
    title: str
    play: Callable[[Stage], None]


def _reads(what: str, get: Callable[[Profiles], Profile]) -> Callable[[Stage], None]:
    """A scenario that reads a profile and prints it. what: how sentences call the profile."""

    def play(stage: Stage) -> None:
        profiles = stage.profiles
        with stage.step(f"Retrieving the partner's {what}"):
            profile = get(profiles)
        print_profile(profile, f"Partner's {what}")

    return play


def _updates(
    what: str,
    get: Callable[[Profiles], P],
    change: Callable[[P, Stage], None],
    update: Callable[[Profiles, P], P],
) -> Callable[[Stage], None]:
    """A scenario that reads a profile, prints it, changes one member, sends it back and prints the answer."""

    def play(stage: Stage) -> None:
        profiles = stage.profiles
        with stage.step(f"Retrieving the partner's {what}"):
            profile = get(profiles)
        print_profile(profile)
        change(profile, stage)
        stage.consent_to(f"update the {what}")
        with stage.step(f"Updating the partner's {what}"):
            updated = update(profiles, profile)
        print_profile(updated, f"Updated partner {what}")

    return play


def _new_purchase_order(profile: BillingProfile, stage: Stage) -> None:
    profile.purchase_order_number = _another(9000, 10_000, profile.purchase_order_number)


def _new_approver_phone(profile: LegalBusinessProfile, stage: Stage) -> None:
    address = profile.company_approver_address
    address.phone_number = _another(10**9, 10**10, address.phone_number)


def _new_phone(profile: OrganizationProfile, stage: Stage) -> None:
    address = profile.default_address
    address.phone_number = _another(10**9, 10**10, address.phone_number)


def _new_email(profile: SupportProfile, stage: Stage) -> None:
    _, _, domain = (profile.email or "").rpartition("@")
    made_up = f"support-{_another(1000, 10_000, None)}@{domain or 'partner.example'}"
    profile.email = stage.ask("New email address of the support profile", otherwise=made_up)


def _another(least: int, end: int, present: str | None) -> str:
    """A random whole number from `least` to below `end`, as text, and not the one that is there."""
    drawn = random.randrange(least, end)  # noqa: S311 - nothing secret
    return str(drawn if str(drawn) != present else least + (drawn + 1 - least) % (end - least))


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        "get-billing-profile",
        "Get the partner's billing profile",
        _reads("billing profile", lambda profiles: profiles.billing_profile.get()),
    ),
    Scenario(
        "get-legal-business-profile",
        "Get the partner's legal business profile",
        _reads("legal business profile", lambda profiles: profiles.legal_business_profile.get()),
    ),
    Scenario(
        "get-organization-profile",
        "Get the partner's organization profile",
        _reads("organization profile", lambda profiles: profiles.organization_profile.get()),
    ),
    Scenario(
        "get-mpn-profile",
        "Get the partner's MPN profile",
        _reads("MPN profile", lambda profiles: profiles.mpn_profile.get()),
    ),
    Scenario(
        "get-support-profile",
        "Get the partner's support profile",
        _reads("support profile", lambda profiles: profiles.support_profile.get()),
    ),
    Scenario(
        "update-billing-profile",
        "Update the partner's billing profile",
        _updates(
            "billing profile",
            lambda profiles: profiles.billing_profile.get(),
            _new_purchase_order,
            lambda profiles, profile: profiles.billing_profile.update(profile),
        ),
    ),
    Scenario(
        "update-legal-business-profile",
        "Update the partner's legal business profile",
        _updates(
            "legal business profile",
            lambda profiles: profiles.legal_business_profile.get(),
            _new_approver_phone,
            lambda profiles, profile: profiles.legal_business_profile.update(profile),
        ),
    ),
    Scenario(
        "update-organization-profile",
        "Update the partner's organization profile",
        _updates(
            "organization profile",
            lambda profiles: profiles.organization_profile.get(),
            _new_phone,
            lambda profiles, profile: profiles.organization_profile.update(profile),
        ),
    ),
    Scenario(
        "update-support-profile",
        "Update the partner's support profile",
        _updates(
            "support profile",
            lambda profiles: profiles.support_profile.get(),
            _new_email,
            lambda profiles, profile: profiles.support_profile.update(profile),
        ),
    ),
)


def named(text: str) -> Scenario | None:
    """The scenario with the number or the name that `text` is; None if there is none."""
    if text.isascii() and text.isdigit():
        return SCENARIOS[int(text) - 1] if 1 <= int(text) <= len(SCENARIOS) else None
    return next((scenario for scenario in SCENARIOS if scenario.name == text.lower()), None)
