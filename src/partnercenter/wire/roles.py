"""The roles that decide who may read and who may change a profile: of the directory, and of Partner Center itself."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """A role by the id that the `wids` claim of a token carries.

    Those of the directory by their template ids (Microsoft Entra built-in roles). Agents are roles of Partner Center,
    kept in groups that have another id in every partner's directory; their ids here are ours.
    """

    GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
    BILLING_ADMIN = "b0f54661-2d74-4c50-afa3-1ec803f12efe"
    ADMIN_AGENT = "e0000000-0000-4000-8000-000000000001"
    SALES_AGENT = "e0000000-0000-4000-8000-000000000002"
    HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

    @property
    def title(self) -> str:
        """The name for a person: `billing admin`."""
        return self.name.lower().replace("_", " ")
