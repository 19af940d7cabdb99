"""Update a profile: the one transaction in which everything is checked that could lose or overwrite a change.

Lock, replay, `If-Match`, shape, body tag, rules, write, audit, remember. The order is the promise: a replay
is recognised before the precondition, or an honest retry of a committed PUT would be told 412; and every
check stands under the same lock as the write, or two of them could both hold.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Generic

from partnercenter.rules.profile_rules import violations_as_read
from partnercenter.service import audit
from partnercenter.service.behaviour import Behaviour, Doubtful, ReplyCasing
from partnercenter.service.caller import Caller
from partnercenter.service.operations.profile_document import (
    camel_case_answer,
    changed_fixed_members,
    pascal_case_answer,
    profile_of,
    replacement,
    stored_document,
)
from partnercenter.service.operations.profile_kinds import ProfileKind
from partnercenter.service.operations.strictness import doubts
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.storage import (
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    Snapshot,
    StoredProfile,
    Touches,
    Transaction,
)
from partnercenter.wire import json_text
from partnercenter.wire.casing import Casing, casing_of
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonObject, JsonTextError
from partnercenter.wire.precondition import IfNoneMatch, Precondition
from partnercenter.wire.profiles import P
from partnercenter.wire.shapes import ShapeError, Violation


@dataclass(frozen=True, slots=True)
class UpdateHead(Generic[P]):
    """What the headers of a PUT say.

    request_id: None if the client sent none; then there is nothing to replay.
    now: seconds since the epoch. replay_since: answers remembered before it are forgotten.
    """

    kind: ProfileKind[P]
    caller: Caller
    request_id: str | None
    correlation_id: str
    if_match: Precondition | None
    now: float
    replay_since: float
    if_none_match: IfNoneMatch | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)

    @property
    def replay_key(self) -> ReplayKey | None:
        """Under what the answer is remembered."""
        if self.request_id is None:
            return None
        caller = self.caller
        return ReplayKey(caller.tenant_id, caller.application_id, caller.user_id, self.request_id)

    @property
    def touches(self) -> Touches:
        """See Command.touches."""
        key = self.replay_key
        return Touches((ProfileKey(self.caller.tenant_id, self.kind.name),), () if key is None else (key,))


@dataclass(frozen=True, slots=True)
class UpdateProfile(Generic[P]):
    """The command: a PUT whose headers passed.

    document: the body, read once, or why it cannot be read; that is refused in its turn, inside.
    """

    head: UpdateHead[P]
    document: JsonObject | JsonTextError = field(repr=False)

    @property
    def touches(self) -> Touches:
        """See Command.touches."""
        return self.head.touches

    @classmethod
    def read(cls, head: UpdateHead[P], body: bytes) -> UpdateProfile[P]:
        """The command that `head` and the bytes of the body make."""
        try:
            value = json_text.read_strict(body)
        except JsonTextError as error:
            return cls(head, error)
        return cls(head, value if isinstance(value, dict) else JsonTextError("The body must be a JSON object."))


@dataclass(frozen=True, slots=True)
class ProfileAnswer:
    """The profile and its entity tag, as a 200 carries them."""

    tag: EntityTag
    body: bytes = field(repr=False)


def update_profile(transaction: Transaction, command: UpdateProfile[P]) -> ProfileAnswer:
    """Replace the caller's profile, or raise the Refusal that says why not; a replay gets its first answer."""
    head = command.head
    stored = transaction.lock_profile(head.caller.tenant_id, head.kind.name)
    if stored is None:
        raise Refusal(Reason.NOT_FOUND)
    fingerprint = _fingerprint(command)
    replayed = _replay(transaction, head, fingerprint)
    if replayed is not None:
        return replayed
    require_preconditions(head.if_match, head.if_none_match, stored.tag)
    answer = _write(transaction, command, stored)
    if head.replay_key is not None:
        remembered = RememberedAnswer(fingerprint, answer.tag, answer.body)
        transaction.remember(head.replay_key, remembered, now=head.now)
    return answer


def require_preconditions(if_match: Precondition | None, if_none_match: IfNoneMatch | None, current: EntityTag) -> None:
    """Raise the Refusal of a change whose header conditions do not hold (RFC 9110 §13.2.2, steps 1 and 3)."""
    for condition in (if_match, if_none_match):
        if condition is not None and not condition.holds(current):
            raise Refusal(Reason.PRECONDITION_FAILED)


def require_headers_pass(snapshot: Snapshot, head: UpdateHead[P]) -> None:
    """Raise the Refusal that the headers alone decide, for a client that waits with its body (RFC 9110 §10.1.1).

    Only a forecast that spares the body: the transaction decides. A remembered id passes, for whether it
    is a replay depends on the body. Both are of one state: whoever sees the new tag of the first attempt
    must see its remembered answer too.
    """
    stored = snapshot.profile(head.caller.tenant_id, head.kind.name)
    if stored is None:
        raise Refusal(Reason.NOT_FOUND)
    try:
        require_preconditions(head.if_match, head.if_none_match, stored.tag)
    except Refusal:
        if head.replay_key is None or not snapshot.remembers(head.replay_key, since=head.replay_since):
            raise


def _replay(transaction: Transaction, head: UpdateHead[P], fingerprint: bytes) -> ProfileAnswer | None:
    key = head.replay_key
    remembered = transaction.recall(key, since=head.replay_since) if key is not None else None
    if remembered is None:
        return None
    if remembered.fingerprint != fingerprint:
        raise Refusal(Reason.REQUEST_ID_REUSED)
    return ProfileAnswer(remembered.tag, remembered.body)


def _write(transaction: Transaction, command: UpdateProfile[P], stored: StoredProfile) -> ProfileAnswer:
    head = command.head
    kind, caller = head.kind, head.caller
    sent, casing = _read_body(command)
    body_tag = sent.attributes.etag
    _require_body_tag(head, body_tag, stored.tag)
    old = profile_of(kind, stored)
    doubtful = doubts(kind, old, sent, head.behaviour)
    new = replacement(kind, old, sent)
    _require_acceptable(doubtful + violations_as_read(new) + changed_fixed_members(kind, old, new))
    version = stored.version + 1
    written = StoredProfile(stored_document(new), EntityTag.new(version), version)
    transaction.replace_profile(caller.tenant_id, kind.name, stored.tag, written)
    facts = _facts(head, body_tag, stored.tag, written.tag)
    record = audit.entry_of_update(kind.operation_type, old, new, caller=caller, now=head.now, facts=facts)
    transaction.append_audit(caller.tenant_id, record)
    if casing is Casing.PASCAL:
        return ProfileAnswer(written.tag, pascal_case_answer(kind, new, written.tag))
    return ProfileAnswer(written.tag, camel_case_answer(kind, written.document, written.tag))


def _read_body(command: UpdateProfile[P]) -> tuple[P, Casing]:
    """The profile that was sent, and the casing of the answer to it."""
    document, behaviour = command.document, command.head.behaviour
    if isinstance(document, JsonTextError):
        raise Refusal(Reason.BODY_UNREADABLE, [document])
    try:
        sent = command.head.kind.shape.from_wire(document)
    except ShapeError as error:
        raise Refusal(Reason.PROPERTY_INVALID, error.violations) from None
    return sent, Casing.CAMEL if behaviour.casing is ReplyCasing.CAMEL else casing_of(list(document))


def _require_body_tag(head: UpdateHead[P], body_tag: str | None, current: EntityTag) -> None:
    """Raise the Refusal of a change whose tag in the body, a precondition like `If-Match`, does not hold."""
    if body_tag is not None and body_tag != current.value:
        raise Refusal(Reason.BODY_TAG_STALE)
    if body_tag is None and head.if_match is None and head.behaviour.missing_tag is Doubtful.REFUSE:
        # RFC 6585 §3: so that nobody overwrites what he has not read.
        raise Refusal(Reason.PRECONDITION_REQUIRED)


def _require_acceptable(found: list[Violation]) -> None:
    """Raise the Refusal that names every violation; the code tells whether the country alone is the cause."""
    if found:
        by_country = all(violation.by_country for violation in found)
        raise Refusal(Reason.INVALID_FOR_COUNTRY if by_country else Reason.PROPERTY_INVALID, found)


def _facts(head: UpdateHead[P], body_tag: str | None, old: EntityTag, new: EntityTag) -> dict[str, str]:
    conditional = body_tag is not None or (head.if_match is not None and not head.if_match.any_version)
    return {
        "correlationId": head.correlation_id,
        "requestId": head.request_id or "",
        "precondition": "entity tag" if conditional else "unconditional",
        "oldEtag": old.value,
        "newEtag": new.value,
    }


def _fingerprint(command: UpdateProfile[P]) -> bytes:
    """What makes two requests the same one: profile, precondition and the body's value, not its blanks.

    A body that cannot be read never was answered 200, so its empty fingerprint meets no remembered one.
    """
    if isinstance(command.document, JsonTextError):
        return b""
    head = command.head
    parts = (head.kind.name, str(head.if_match), str(head.if_none_match))
    return hashlib.sha256("\0".join(parts).encode() + b"\0" + json_text.write_sorted(command.document)).digest()
