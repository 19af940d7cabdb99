"""The directory roles that decide who may read and who may change a profile (Microsoft Entra built-in roles)."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """A role by its template id, which is what the `wids` claim of a token carries."""

    GLOBAL_ADMIN = "62e90394-69f5-4237-9190-012177145e10"
    BILLING_ADMIN = "b0f54661-2d74-4c50-afa3-1ec803f12efe"
    HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

    @property
    def title(self) -> str:
        """The name for a person: `billing admin`."""
        return self.name.lower().replace("_", " ")
