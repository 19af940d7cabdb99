"""What an update sends, kept in a report without its tax id, and made again from it to the letter. Pure.

A repeated request is a replay only if method, path, precondition and body are those of the first one (decision 11).
The body is a profile with its nulls and its unknown members; after a commit nobody can read it again, for the answer
has another tag and no nulls. So the report keeps it. The tax id is looked up where it came from: in the file, or in
the profile.
"""

from __future__ import annotations

from partnercenter.fleet.member_paths import TAX_ID
from partnercenter.fleet.wanted import WantedProfile
from partnercenter.wire.casing import fold
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import Profile

HIDDEN = "***"


class RebuildError(ValueError):
    """The body cannot be made again; the text says why."""


def without_tax_id(profile: Profile) -> JsonObject:
    """`profile` as it is sent, with a mark in the place of the tax id, whatever its type."""
    body = profile.to_wire()
    return {name: HIDDEN if _is_tax_id(name) and value is not None else value for name, value in body.items()}


def needs_profile(body: JsonObject, wanted: WantedProfile) -> bool:
    """Whether the tax id of the kept `body` can be found in the profile alone."""
    return HIDDEN in _tax_ids(body).values() and not any(member.path == TAX_ID for member in wanted.members)


def rebuilt(body: JsonObject, wanted: WantedProfile, now: Profile | None) -> Profile:
    """The profile that `without_tax_id` made `body` of.

    now: the profile as it stands, None if it is not needed. Raises RebuildError if the tax id is gone.
    """
    given: JsonObject = {member.path: member.value for member in wanted.members if member.path == TAX_ID}
    known = given or ({} if now is None else _tax_ids(now.to_wire()))
    made: JsonObject = {}
    for name, value in body.items():
        if _is_tax_id(name) and value == HIDDEN:
            if known.get(name) is None:
                raise RebuildError("The tax id that was sent with it is not in the profile any more.")
            made[name] = known[name]
        else:
            made[name] = value
    return wanted.kind.shape.from_wire(made, strict=False)


def _tax_ids(body: JsonObject) -> JsonObject:
    return {name: value for name, value in body.items() if _is_tax_id(name)}


def _is_tax_id(name: str) -> bool:
    return fold(name) == fold(TAX_ID)
