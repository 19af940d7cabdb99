"""A command of which only that matters what it touches."""

from __future__ import annotations

from dataclasses import dataclass

from partnercenter.service.storage import ProfileKey, Touches


@dataclass(frozen=True)
class Touching:
    """A command that touches these."""

    touches: Touches


def billing_of(*tenants: str) -> Touching:
    """A command that touches the billing profiles of the tenants, and so their audits."""
    return Touching(Touches(tuple(ProfileKey(tenant, "billing") for tenant in tenants)))
