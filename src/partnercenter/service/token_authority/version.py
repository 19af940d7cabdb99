"""The two forms of the endpoints."""

from __future__ import annotations

from enum import Enum


class Version(Enum):
    """v1 speaks of `resource`, v2.0 of `scope`. The value is the `ver` claim of ID tokens."""

    V1 = "1.0"
    V2 = "2.0"

    @property
    def path(self) -> str:
        """What stands between `oauth2` and the endpoint's name in an address."""
        return "" if self is Version.V1 else "/v2.0"
