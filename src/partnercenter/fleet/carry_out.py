"""One update of a fleet: announced in the report, sent, and its end written down.

What may have been carried out before is asked for again, with the same ids, tag and body: the service knows the
request id and gives its first answer again, or carries it out now (Partner Center REST headers, "MS-RequestId";
decision 11). It forgets the id after a day; then the tag, which moved with the first one, keeps it from being carried
out twice, and the audit tells whether it was this update that moved it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import msgspec

from partnercenter import (
    OutcomeUnknownError,
    PartnerCenterError,
    PreconditionFailedError,
    RefusedError,
    ServerError,
    ThrottledError,
    UnauthorizedError,
)
from partnercenter.fleet import sent_body
from partnercenter.fleet.changes import kept_members, plan
from partnercenter.fleet.moment import moment
from partnercenter.fleet.report import BegunLine, EndedLine, Outcome, PlannedLine
from partnercenter.fleet.sent_body import RebuildError
from partnercenter.fleet.signed_in import SignedIn
from partnercenter.fleet.wanted import WantedProfile
from partnercenter.wire import guid, json_text
from partnercenter.wire.profiles import Profile

Announce: TypeAlias = Callable[[BegunLine], None]

_AUDIT_DAYS = 29
"""One query of the audit spans 30 days at most."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One update that is to be made.

    begun: the same one as it was announced before, if it may have been carried out.
    profile: what to send, if it was planned in this process; else it is read and planned again.
    """

    planned: PlannedLine
    wanted: WantedProfile
    begun: BegunLine | None = None
    profile: Profile | None = field(default=None, repr=False)


def carry_out(errand: Errand, signed_in: SignedIn, announce: Announce) -> EndedLine:
    """Make the update of `errand`, and say how it ended; what the SDK raises is part of that.

    announce: writes the line to the report; called before the update is sent, unless it was announced before.
    """
    try:
        if errand.begun is not None:
            return _repeat(errand, errand.begun, signed_in)
        profile = errand.profile or _planned_again(errand, signed_in)
    except PartnerCenterError as error:
        return did_not_work(errand, error)
    if profile is None:
        return _ended(errand, None, Outcome.MOVED, message="Somebody changed the profile since it was planned.")
    begun = BegunLine(
        moment(),
        tenant=errand.planned.tenant,
        profile=errand.planned.profile,
        user=signed_in.user,
        tag=errand.planned.tag,
        request_id=guid.new_guid(),
        correlation_id=guid.new_guid(),
        body=msgspec.Raw(json_text.write(sent_body.without_tax_id(profile))),
    )
    announce(begun)
    return _sent(errand, begun, profile, signed_in)


def did_not_work(errand: Errand, error: PartnerCenterError) -> EndedLine:
    """The end of an update that was not sent this time: it is not known yet if it may have been before."""
    outcome = _outcome(error) if errand.begun is None else Outcome.UNKNOWN
    return _ended(errand, errand.begun, outcome, message=str(error))


def _planned_again(errand: Errand, signed_in: SignedIn) -> Profile | None:
    """What to send, if the profile is still the version that was planned on; else None."""
    now = errand.wanted.kind.operations(signed_in.partner.profiles).get()
    planned = plan(errand.wanted, now)
    return planned.profile if planned.tag == errand.planned.tag else None


def _repeat(errand: Errand, begun: BegunLine, signed_in: SignedIn) -> EndedLine:
    now = None
    if sent_body.needs_profile(begun.document, errand.wanted):
        now = errand.wanted.kind.operations(signed_in.partner.profiles).get()
    try:
        profile = sent_body.rebuilt(begun.document, errand.wanted, now)
    except RebuildError as error:
        ended = _ended(errand, begun, Outcome.MOVED, message=str(error))
    else:
        ended = _sent(errand, begun, profile, signed_in)
    if ended.outcome in (Outcome.MOVED, Outcome.REFUSED):
        return _as_the_audit_tells(errand, begun, signed_in, ended)
    if ended.outcome is Outcome.FAILED:
        return _ended(errand, begun, Outcome.UNKNOWN, message=ended.message)
    return ended


def _sent(errand: Errand, begun: BegunLine, profile: Profile, signed_in: SignedIn) -> EndedLine:
    operations = errand.wanted.kind.operations(signed_in.partner.profiles)
    try:
        answer = operations.update(profile, request_id=begun.request_id, correlation_id=begun.correlation_id)
    except PartnerCenterError as error:
        return _ended(errand, begun, _outcome(error), message=str(error))
    kept = list(kept_members(errand.wanted, answer))
    return _ended(errand, begun, Outcome.APPLIED, tag_after=answer.attributes.etag or "", kept=kept)


def _as_the_audit_tells(errand: Errand, begun: BegunLine, signed_in: SignedIn, refused: EndedLine) -> EndedLine:
    """`refused`, unless the update was carried out before: the service has forgotten the request id, or the user is
    another. The audit has it; and where an audit keeps no request ids, the profile is as wanted.
    """
    try:
        facts = _audited(begun, signed_in)
        if facts is not None:
            return _ended(errand, begun, Outcome.APPLIED, tag_after=facts.get("newEtag", ""))
        planned = plan(errand.wanted, errand.wanted.kind.operations(signed_in.partner.profiles).get())
    except PartnerCenterError as error:
        message = f"{refused.message} Whether it was carried out before cannot be looked up: {error.message}"
        return _ended(errand, begun, Outcome.UNKNOWN, message=message)
    if planned.changes:
        return refused
    return _ended(errand, begun, Outcome.APPLIED, tag_after=planned.tag, message="The profile is as wanted.")


def _audited(begun: BegunLine, signed_in: SignedIn) -> dict[str, str] | None:
    """What the audit says of the update that `begun` announced; None if it has none with its request id."""
    first = max(_day(begun.time), datetime.now(UTC).date() - timedelta(days=_AUDIT_DAYS))
    for record in signed_in.partner.audit_records.query(first):
        listed = record.customized_data or []
        facts = {str(one.get("key")): str(one.get("value")) for one in listed if isinstance(one, dict)}
        if facts.get("requestId") == begun.request_id:
            return facts
    return None


def _day(time: str) -> date:
    """The day before, for clocks that differ."""
    return datetime.fromisoformat(time).date() - timedelta(days=1)


def _outcome(error: PartnerCenterError) -> Outcome:
    match error:
        case OutcomeUnknownError():
            return Outcome.UNKNOWN
        case PreconditionFailedError():
            return Outcome.MOVED
        # Of these the next attempt may end well: nobody answers, all are busy, the token is not accepted.
        case ThrottledError() | ServerError() | UnauthorizedError():
            return Outcome.FAILED
        case RefusedError():
            return Outcome.REFUSED
        case _:
            return Outcome.FAILED


def _ended(
    errand: Errand,
    begun: BegunLine | None,
    outcome: Outcome,
    *,
    tag_after: str = "",
    kept: list[str] | None = None,
    message: str = "",
) -> EndedLine:
    return EndedLine(
        moment(),
        tenant=errand.planned.tenant,
        profile=errand.planned.profile,
        outcome=outcome,
        changes=errand.planned.changes,
        user=begun.user if begun else "",
        request_id=begun.request_id if begun else "",
        correlation_id=begun.correlation_id if begun else "",
        tag_before=errand.planned.tag,
        tag_after=tag_after,
        kept=kept or [],
        message=message,
    )
