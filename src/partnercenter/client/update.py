"""The update of a profile: one PUT, and what becomes of it when somebody else was faster.

    PUT with the tag ─┬─ 200: done
                      └─ the tag moved: read theirs ─┬─ "raise": the error, with base, mine and theirs
                                                     └─ "merge": my changes onto theirs ─┬─ a collision: the error
                                                                                         └─ one more PUT, a new id

Nothing that others changed is overwritten: the merge leaves it alone, and its PUT carries the tag of theirs.
"""

from __future__ import annotations

import copy
from typing import Final, Literal, TypeAlias, get_args

from partnercenter.client import operations
from partnercenter.client.attempts import Session
from partnercenter.client.call_options import CallOptions, another, guid_or_new
from partnercenter.client.conversation import Flow
from partnercenter.client.errors import (
    ConfigurationError,
    OutcomeUnknownError,
    PartnerCenterError,
    PreconditionFailedError,
)
from partnercenter.client.profile_kinds import ProfileKind
from partnercenter.wire.merge import merge
from partnercenter.wire.profiles import P

OnConflict: TypeAlias = Literal["raise", "merge"]
"""What an update does when somebody else changed the profile first."""

_ON_CONFLICT: Final = get_args(OnConflict)


def update_profile(
    session: Session,
    kind: ProfileKind[P],
    profile: P,
    *,
    on_conflict: OnConflict = "raise",
    options: CallOptions | None = None,
) -> Flow[P]:
    """Replace a profile, or merge with what others made of it; `profile` itself is left as it is."""
    check_arguments(on_conflict, options)
    operations.check_can_be_sent(session, kind, profile)
    outcome = yield from _replace(session, kind, profile, options)
    if not isinstance(outcome, PreconditionFailedError):
        return outcome
    theirs = yield from _theirs(session, kind, outcome, options)
    if theirs is not None and on_conflict == "merge":
        merged = merge(profile.as_read(), profile, theirs)
        if not merged.collisions:
            if merged.profile == theirs:
                return theirs  # they made the same change
            outcome = yield from _replace(session, kind, merged.profile, another(options))
            if not isinstance(outcome, PreconditionFailedError):
                return outcome
            theirs = yield from _theirs(session, kind, outcome, options)
    outcome.base, outcome.mine, outcome.theirs = profile.as_read(), copy.deepcopy(profile), theirs
    raise outcome


def check_arguments(on_conflict: OnConflict, options: CallOptions | None) -> None:
    """Raise ConfigurationError unless an update can be told so; for whoever lets a person work before the update."""
    if on_conflict not in _ON_CONFLICT:
        raise ConfigurationError(f"on_conflict can be {' or '.join(_ON_CONFLICT)}.")
    if options:
        guid_or_new("request_id", options.get("request_id"))


def _replace(
    session: Session, kind: ProfileKind[P], profile: P, options: CallOptions | None
) -> Flow[P | PreconditionFailedError]:
    """The profile as the service now has it, or that it was another version; an unknown outcome says what was sent."""
    try:
        return (yield from operations.replace_profile(session, kind, profile, options=options))
    except PreconditionFailedError as error:
        return error
    except OutcomeUnknownError as error:
        error.profile = copy.deepcopy(profile)
        raise


def _theirs(
    session: Session, kind: ProfileKind[P], failed: PreconditionFailedError, options: CallOptions | None
) -> Flow[P | None]:
    """The profile as it stands now; None if there is no other version (428), or if it cannot be read."""
    if failed.status == 428:
        return None
    try:
        return (yield from operations.get_profile(session, kind, options=another(options)))
    except PartnerCenterError:
        return None  # what the caller asked for has failed already, and that is what it is told
