"""From a profile as it stands, and what is wanted of it, to the change that is planned. Pure."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from partnercenter.fleet import member_paths
from partnercenter.fleet.kinds import Kind
from partnercenter.fleet.member_paths import Value
from partnercenter.fleet.wanted import WantedMember, WantedProfile
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import Profile
from partnercenter.wire.shapes import Violation


@dataclass(frozen=True, slots=True)
class Change:
    """One member that changes. old, new: as they may be shown, a tax id masked; None is no value."""

    member: str
    old: Value
    new: Value

    def to_json(self) -> JsonObject:
        """The change as programs read it."""
        return {"member": self.member, "old": self.old, "new": self.new}


@dataclass(frozen=True, slots=True)
class PlannedProfile:
    """What is planned for one profile.

    tag: of the version that was read. profile: that version with the changes, as it would be sent.
    violations: why the service would refuse it.
    """

    kind: Kind
    tag: str
    changes: tuple[Change, ...]
    violations: tuple[Violation, ...]
    profile: Profile = field(repr=False)


def plan(wanted: WantedProfile, profile: Profile) -> PlannedProfile:
    """What has to change for `profile` to be as `wanted`; `profile` itself is left as it is."""
    to_send = copy.deepcopy(profile)
    changes = []
    fixed = []
    for member in wanted.members:
        old = member_paths.value_at(profile, member.members)
        if old == member.value:
            continue
        member_paths.put_at(to_send, member.members, member.value)
        changes.append(_change(member, old))
        if member.path in wanted.kind.fixed:
            fixed.append(Violation(member.path, "is fixed for this partner; send the value that it has"))
    violations = [*fixed, *to_send.validate()] if changes else []
    return PlannedProfile(
        wanted.kind, profile.attributes.etag or "", tuple(changes), tuple(violations), profile=to_send
    )


def kept_members(wanted: WantedProfile, answer: Profile) -> tuple[str, ...]:
    """The members that the service left at another value than was wanted."""
    return tuple(m.path for m in wanted.members if member_paths.value_at(answer, m.members) != m.value)


def _change(member: WantedMember, old: Value) -> Change:
    path = member.path
    return Change(path, member_paths.shown(path, old), member_paths.shown(path, member.value))
