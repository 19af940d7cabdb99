"""Read a profile."""

from __future__ import annotations

from partnercenter.service.caller import Caller
from partnercenter.service.operations.profile_document import body_of
from partnercenter.service.operations.profile_kinds import P, ProfileKind
from partnercenter.service.operations.update_profile import ProfileAnswer
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import Snapshot


def get_profile(snapshot: Snapshot, kind: ProfileKind[P], caller: Caller) -> ProfileAnswer:
    """The caller's profile as it stands; Refusal if its tenant has none."""
    stored = snapshot.profile(caller.tenant_id, kind.name)
    if stored is None:
        raise Refusal(Reason.NOT_FOUND)
    return ProfileAnswer(stored.tag, body_of(kind, stored))
