"""Read a profile, unless the reader has it already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from partnercenter.service.caller import Caller
from partnercenter.service.operations.profile_document import camel_case_answer
from partnercenter.service.operations.profile_kinds import ProfileKind
from partnercenter.service.operations.update_profile import ProfileAnswer, require_preconditions
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import ProfileKey, Snapshot, Touches
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.precondition import IfNoneMatch, Precondition
from partnercenter.wire.profiles import P


@dataclass(frozen=True, slots=True)
class NotModified:
    """The reader has the current version; its tag is all that is answered (304)."""

    tag: EntityTag


@dataclass(frozen=True, slots=True)
class GetProfile(Generic[P]):
    """The command: the caller's profile of a kind, under the conditions of the headers."""

    kind: ProfileKind[P]
    caller: Caller
    if_match: Precondition | None = None
    if_none_match: IfNoneMatch | None = None

    @property
    def touches(self) -> Touches:
        """See Command.touches."""
        return Touches((ProfileKey(self.caller.tenant_id, self.kind.name),))


def get_profile(snapshot: Snapshot, command: GetProfile[P]) -> ProfileAnswer | NotModified:
    """The caller's profile as it stands; Refusal if its tenant has none, or not the version asked for.

    The order is that of RFC 9110 §13.2.2: `If-Match` first, then `If-None-Match`.
    """
    kind = command.kind
    stored = snapshot.profile(command.caller.tenant_id, kind.name)
    if stored is None:
        raise Refusal(Reason.NOT_FOUND)
    require_preconditions(command.if_match, None, stored.tag)
    if command.if_none_match is not None and not command.if_none_match.holds(stored.tag):
        return NotModified(stored.tag)
    return ProfileAnswer(stored.tag, camel_case_answer(kind, stored.document, stored.tag))
