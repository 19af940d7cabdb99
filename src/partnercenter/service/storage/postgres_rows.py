"""The rows of a batch in PostgreSQL: the statements that lock, load and store them, each for all rows at once.

Rows are locked and stored in the order of their keys, profiles before heads: two nodes never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from partnercenter.service.storage import (
    AuditHead,
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    StoredProfile,
    Touches,
)
from partnercenter.service.storage.postgres_pipeline import Result, Statement
from partnercenter.service.storage.postgres_values import (
    blobs,
    encoded_texts,
    integer,
    integers,
    read_integer,
    read_real,
    real,
    reals,
    texts,
)
from partnercenter.service.storage.stored_texts import document
from partnercenter.service.storage.working_set import AuditRow, Changes, DatedAnswer, Rows
from partnercenter.wire import json_text
from partnercenter.wire.entity_tag import EntityTag

# A commit is answered once a synchronous standby has it, if there is to be one; so whatever was read before is on the
# standby, too. It makes a decision that changes nothing, or a read, as good as a write: a primary that was cut off
# cannot say what is out of date. Each time the server itself is asked, as its settings change when another takes over.
FENCE = Statement(
    b"SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''"
    b" THEN pg_logical_emit_message(true, 'partnercenter', '') END"
)
# Each key is looked up in the order in which it is given: that is the order of the locks.
_PROFILES = (
    b"SELECT stored.* FROM unnest($1::text[], $2::text[]) AS asked (tenant_id, kind)"
    b" CROSS JOIN LATERAL (SELECT tenant_id, kind, version, entity_tag, document FROM profile"
    b" WHERE profile.tenant_id = asked.tenant_id AND profile.kind = asked.kind %b) AS stored"
)
_LOCKED_PROFILES, _READ_PROFILES = _PROFILES % b"FOR UPDATE", _PROFILES % b"OFFSET 0"
_LOCKED_HEADS = (
    b"SELECT stored.* FROM unnest($1::text[]) AS asked (tenant_id) CROSS JOIN LATERAL"
    b" (SELECT tenant_id, sequence, hash FROM audit_head WHERE audit_head.tenant_id = asked.tenant_id FOR UPDATE)"
    b" AS stored"
)
_ANSWERS = (
    b"SELECT stored.* FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])"
    b" AS asked (tenant_id, application_id, user_id, request_id) CROSS JOIN LATERAL"
    b" (SELECT tenant_id, application_id, user_id, request_id, fingerprint, entity_tag, body, remembered_at"
    b" FROM remembered WHERE remembered.tenant_id = asked.tenant_id"
    b" AND remembered.application_id = asked.application_id AND remembered.user_id = asked.user_id"
    b" AND remembered.request_id = asked.request_id OFFSET 0) AS stored"
)
_ADD = (
    b"INSERT INTO profile (tenant_id, kind, version, entity_tag, document)"
    b" SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[])"
)
# COMMIT is sent together with this, so it is the statement that must fail if a version is not the one that was read.
_REPLACE = (
    b"WITH replaced AS ("
    b"UPDATE profile AS stored SET version = given.version, entity_tag = given.entity_tag, document = given.document"
    b" FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[])"
    b" AS given (tenant_id, kind, version, entity_tag, document, expected)"
    b" WHERE stored.tenant_id = ANY ($1::text[])"  # what the index is asked, whatever the order of the join
    b" AND stored.tenant_id = given.tenant_id AND stored.kind = given.kind AND stored.entity_tag = given.expected"
    b" RETURNING 1) SELECT 1 / CASE count(*) WHEN $7::bigint THEN 1 ELSE 0 END FROM replaced"
)
_FORGET = (
    b"DELETE FROM remembered WHERE tenant_id = $1::text AND application_id = $2::text AND user_id = $3::text"
    b" AND request_id = $4::text AND remembered_at = $5::float8"
)
_REMEMBER = (
    b"INSERT INTO remembered"
    b" (tenant_id, application_id, user_id, request_id, fingerprint, entity_tag, body, remembered_at) SELECT * FROM"
    b" unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::bytea[], $8::float8[])"
)
_APPEND = (
    b"INSERT INTO audit (tenant_id, sequence, operation_date, previous_hash, hash, record) SELECT * FROM"
    b" unnest($1::text[], $2::bigint[], $3::text[], $4::bytea[], $5::bytea[], $6::text[])"
)
_MOVE_HEADS = (
    b"INSERT INTO audit_head (tenant_id, sequence, hash) SELECT * FROM unnest($1::text[], $2::bigint[], $3::bytea[])"
    b" ON CONFLICT (tenant_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash"
)
# Before the one statement that does not look up keys it is given: it is planned each time.
_PLANNED_ANEW = Statement(
    b"SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
    b" set_config('enable_nestloop', 'on', true), set_config('enable_hashjoin', 'off', true)"
)
_PURGE = (
    b"WITH old AS MATERIALIZED (SELECT tenant_id, application_id, user_id, request_id FROM remembered"
    b" WHERE remembered_at < $1::float8 ORDER BY remembered_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)"
    b" DELETE FROM remembered AS stored USING old"
    b" WHERE stored.tenant_id = old.tenant_id AND stored.application_id = old.application_id"
    b" AND stored.user_id = old.user_id AND stored.request_id = old.request_id"
)


def loading(all_touches: Iterable[Touches], *, lock: bool) -> list[Statement]:
    """What loads that which is touched; `loaded` reads the results. lock: and the heads, for who will write."""
    touches = list(all_touches)
    profiles = sorted({key for each in touches for key in each.profiles})
    replays = sorted({key for each in touches for key in each.replays})
    statements: list[Statement] = []
    if profiles:
        statements.append(Statement(_LOCKED_PROFILES if lock else _READ_PROFILES, _columns(profiles)))
    if profiles and lock:
        statements.append(Statement(_LOCKED_HEADS, (texts(sorted({key.tenant_id for key in profiles})),)))
    if replays:
        # After the profiles: of an update that is committed in between, at least the answer is seen.
        statements.append(Statement(_ANSWERS, _columns(replays)))
    return statements


def loaded(statements: Sequence[Statement], results: Sequence[Result]) -> Rows:
    """The rows that the statements of `loading` found."""
    rows = Rows()
    for statement, result in zip(statements, results, strict=True):
        found = (_values(result, row) for row in range(result.ntuples))
        if statement.sql == _ANSWERS:
            rows.answers = dict(map(_answer, found))
        elif statement.sql == _LOCKED_HEADS:
            rows.heads = {row[0].decode(): AuditHead(read_integer(row[1]), row[2]) for row in found}
        else:
            rows.profiles = dict(map(_profile, found))
    return rows


def saving(changes: Changes, stored_answers: dict[ReplayKey, float]) -> list[Statement]:
    """What stores the changes; without any, the fence.

    stored_answers: since when answers that were loaded are remembered. One in whose place another is to be
    remembered is past its time; any other that is there came in meanwhile, and then the batch must see it.
    """
    stale = [(key, stored_answers[key]) for key in changes.answers if key in stored_answers]
    parts = (
        _adding(sorted(changes.added.items())),
        _replacing(sorted((key, *change) for key, change in changes.replaced.items())) if changes.replaced else None,
        *(Statement(_FORGET, (*(part.encode() for part in key), real(since))) for key, since in sorted(stale)),
        _remembering(sorted(changes.answers.items())),
        _appending(sorted(changes.audit)),
        _moving(sorted(changes.heads.items())),
    )
    return [part for part in parts if part is not None] or [FENCE]


def purging(before: float, most: int) -> list[Statement]:
    """What drops old answers, but none that a batch of another node has locked; the last one counts them."""
    return [_PLANNED_ANEW, Statement(_PURGE, (real(before), integer(most)))]


def _adding(added: Sequence[tuple[ProfileKey, StoredProfile]]) -> Statement | None:
    if not added:
        return None
    return Statement(_ADD, (*_columns([key for key, _ in added]), *_versions([profile for _, profile in added])))


def _replacing(replaced: Sequence[tuple[ProfileKey, EntityTag, StoredProfile]]) -> Statement:
    keys = [key for key, _, _ in replaced]
    versions = _versions([profile for _, _, profile in replaced])
    expected = texts([tag.value for _, tag, _ in replaced])
    return Statement(_REPLACE, (*_columns(keys), *versions, expected, integer(len(replaced))))


def _remembering(answers: Sequence[tuple[ReplayKey, DatedAnswer]]) -> Statement | None:
    if not answers:
        return None
    kept = [dated.answer for _, dated in answers]
    columns = (
        blobs([answer.fingerprint for answer in kept]),
        texts([answer.tag.value for answer in kept]),
        blobs([answer.body for answer in kept]),
        reals([dated.at for _, dated in answers]),
    )
    return Statement(_REMEMBER, (*_columns([key for key, _ in answers]), *columns))


def _appending(rows: Sequence[AuditRow]) -> Statement | None:
    if not rows:
        return None
    tenants, sequences, dates, previous, hashes, records = zip(*rows, strict=True)
    parameters = (texts(tenants), integers(sequences), texts(dates), blobs(previous), blobs(hashes))
    return Statement(_APPEND, (*parameters, encoded_texts(records)))


def _moving(heads: Sequence[tuple[str, AuditHead]]) -> Statement | None:
    if not heads:
        return None
    tenants = texts([tenant_id for tenant_id, _ in heads])
    return Statement(
        _MOVE_HEADS, (tenants, integers([head.sequence for _, head in heads]), blobs([head.hash for _, head in heads]))
    )


def _columns(keys: Iterable[ProfileKey] | Iterable[ReplayKey]) -> tuple[bytes, ...]:
    return tuple(map(texts, zip(*keys, strict=True)))


def _versions(profiles: Sequence[StoredProfile]) -> tuple[bytes, bytes, bytes]:
    return (
        integers([profile.version for profile in profiles]),
        texts([profile.tag.value for profile in profiles]),
        encoded_texts([json_text.write(profile.document) for profile in profiles]),
    )


def _values(result: Result, row: int) -> list[bytes]:
    return [result.get_value(row, column) or b"" for column in range(result.nfields)]  # no column of ours is null


def _profile(row: list[bytes]) -> tuple[ProfileKey, StoredProfile]:
    tenant_id, kind, version, tag, text = row
    profile = StoredProfile(document(text), EntityTag(tag.decode()), read_integer(version))
    return ProfileKey(tenant_id.decode(), kind.decode()), profile


def _answer(row: list[bytes]) -> tuple[ReplayKey, DatedAnswer]:
    tenant_id, application_id, user_id, request_id, fingerprint, tag, body, at = row
    key = ReplayKey(tenant_id.decode(), application_id.decode(), user_id.decode(), request_id.decode())
    return key, DatedAnswer(read_real(at), RememberedAnswer(fingerprint, EntityTag(tag.decode()), body))
