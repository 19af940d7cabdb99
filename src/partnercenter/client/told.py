"""How the parts of a client show themselves: their class and what they ask, short and without a secret."""

from __future__ import annotations

from partnercenter.client.attempts import Session
from partnercenter.client.profile_kinds import ProfileKind


class Told:
    """A part of a client: `ProfileOperations('https://localhost:8443/v1/profiles/billing')`."""

    _session: Session

    def __repr__(self) -> str:
        kind = getattr(self, "_kind", None)
        path = kind.path if isinstance(kind, ProfileKind) else ""
        return f"{type(self).__name__}({self._session.settings.api_url + path!r})"
