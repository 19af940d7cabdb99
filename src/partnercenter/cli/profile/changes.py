"""What the audit tells of one profile: its changes, each with the profile before and after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Generic

from partnercenter import AnswerNotUnderstoodError, PartnerCenter
from partnercenter.cli.profile.differences import changes
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.wire import json_text
from partnercenter.wire.audit_records import AuditRecord
from partnercenter.wire.json_text import JsonObject, JsonTextError, JsonValue
from partnercenter.wire.masking import masked
from partnercenter.wire.profiles import BillingProfile, P
from partnercenter.wire.shapes import ShapeError

LONGEST_HISTORY = timedelta(days=90)
"""How long the service keeps audit records (Partner Center auditing)."""

_DAYS_OF_A_QUERY = timedelta(days=30)  # the longest span of one query, both days counted


@dataclass(frozen=True, slots=True)
class Change(Generic[P]):
    """One accepted update.

    number: 1 is the newest. before, after: the profile, with its tax id masked as the audit has it.
    """

    number: int
    record: AuditRecord
    before: P
    after: P

    @property
    def facts(self) -> Mapping[str, str]:
        """What the audit knows beside: `requestId`, `oldEtag`, `newEtag` and so on; one that it does not know is ""."""
        facts = [fact for fact in self.record.customized_data or [] if isinstance(fact, dict)]
        return {str(fact.get("key")): str(fact.get("value") or "") for fact in facts}

    @property
    def moment(self) -> datetime:
        """When, in UTC."""
        return datetime.fromisoformat(self.record.operation_date or "").astimezone(UTC)

    @property
    def who(self) -> str:
        """The user, or the application that acted without one."""
        return self.record.user_principal_name or self.record.application_id or ""

    def as_document(self) -> JsonObject:
        """For programs."""
        facts = self.facts
        listed: list[JsonValue] = [difference.as_document() for difference in changes(self.before, self.after)]
        return {
            "number": self.number,
            "date": self.record.operation_date,
            "user": self.who,
            "requestId": facts.get("requestId"),
            "correlationId": self.record.original_correlation_id,
            "oldEtag": facts.get("oldEtag"),
            "newEtag": facts.get("newEtag"),
            "changes": listed,
        }


def read_changes(verb: ProfileVerb[P], partner: PartnerCenter, since: date | None = None) -> list[Change[P]]:
    """The changes of the profile of `verb`, the newest first.

    since: the first day, in UTC; None for the last 30 days. Raises AnswerNotUnderstoodError if a record is none.
    """
    records = [record for query in _queries(verb, partner, since) for record in query]
    told = [record for record in records if record.resource_old_value and record.resource_new_value]
    told.sort(key=lambda record: record.operation_date or "", reverse=True)
    return [_change(verb, number, record) for number, record in enumerate(told, 1)]


def with_stored_tax_id(earlier: P, stored: P) -> P:
    """`earlier`, whose tax id the audit has masked, with that of `stored` if it is the same by all that can be seen."""
    match earlier, stored:
        case BillingProfile(), BillingProfile(tax_id=str(tax_id)) if earlier.tax_id == masked(tax_id):
            earlier.tax_id = tax_id
    return earlier


def _queries(verb: ProfileVerb[P], partner: PartnerCenter, since: date | None) -> Iterator[list[AuditRecord]]:
    today = datetime.now(UTC).date()
    if since is None:
        yield partner.audit_records.query(resource_type=verb.resource_type)
        return
    while since <= today:
        end = min(since + _DAYS_OF_A_QUERY - timedelta(days=1), today)
        yield partner.audit_records.query(since, end, resource_type=verb.resource_type)
        since = end + timedelta(days=1)


def _change(verb: ProfileVerb[P], number: int, record: AuditRecord) -> Change[P]:
    return Change(number, record, _profile(verb, record.resource_old_value), _profile(verb, record.resource_new_value))


def _profile(verb: ProfileVerb[P], text: str | None) -> P:
    try:
        return verb.shape.from_wire(json_text.read_lenient((text or "").encode()), strict=False)
    except (JsonTextError, ShapeError):
        pass
    said = f"An audit record of the {verb.title} does not hold one."
    raise AnswerNotUnderstoodError(said, next_step="See it as it is: partnercenter audit list -o json")
