"""The rows of a batch in a SQLite file: loaded before its operations run, written down after."""

from __future__ import annotations

from collections.abc import Iterable

import apsw

from partnercenter.service.storage import (
    AuditHead,
    ProfileKey,
    RememberedAnswer,
    ReplayKey,
    StorageUnavailableError,
    StoredProfile,
    Touches,
)
from partnercenter.service.storage.stored_texts import document
from partnercenter.service.storage.working_set import Changes, DatedAnswer, Rows
from partnercenter.wire import json_text
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonObject

_PROFILE = "SELECT document, entity_tag, version FROM profile WHERE tenant_id = ? AND kind = ?"
_ANSWER = (
    "SELECT fingerprint, entity_tag, body, remembered_at FROM remembered"
    " WHERE tenant_id = ? AND application_id = ? AND user_id = ? AND request_id = ?"
)
_HEAD = "SELECT sequence, hash FROM audit_head WHERE tenant_id = ?"

_ADD = "INSERT INTO profile (version, entity_tag, document, tenant_id, kind) VALUES (?, ?, ?, ?, ?)"
_REPLACE = (
    "UPDATE profile SET version = ?, entity_tag = ?, document = ? WHERE tenant_id = ? AND kind = ? AND entity_tag = ?"
)
# In the place of one whose time is over: one whose time is not is recalled, and then nothing is remembered anew.
_REMEMBER = (
    "INSERT OR REPLACE INTO remembered"
    " (tenant_id, application_id, user_id, request_id, fingerprint, entity_tag, body, remembered_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
_APPEND = (
    "INSERT INTO audit (tenant_id, sequence, operation_date, previous_hash, hash, record) VALUES (?, ?, ?, ?, ?, ?)"
)
_MOVE_HEAD = "INSERT OR REPLACE INTO audit_head (tenant_id, sequence, hash) VALUES (?, ?, ?)"
_PURGE = (
    "DELETE FROM remembered WHERE (tenant_id, application_id, user_id, request_id) IN"
    " (SELECT tenant_id, application_id, user_id, request_id FROM remembered WHERE remembered_at < ? LIMIT ?)"
)


def load(connection: apsw.Connection, all_touches: Iterable[Touches], *, heads: bool) -> Rows:
    """What is stored of that which is touched. heads: whether those of the audits are loaded too."""
    rows = Rows()
    for touches in all_touches:
        for key in touches.profiles:
            if key not in rows.profiles:
                _load_profile(connection, key, rows)
            if heads and key.tenant_id not in rows.heads:
                _load_head(connection, key.tenant_id, rows)
        for replay in touches.replays:
            _load_answer(connection, replay, rows)
    return rows


def save(connection: apsw.Connection, changes: Changes) -> None:
    """Write the changes down. StorageUnavailableError if a version that is to be replaced is not there."""
    for key, added in changes.added.items():
        connection.execute(_ADD, (*_columns(added), *key))
    for key, (expected, profile) in changes.replaced.items():
        connection.execute(_REPLACE, (*_columns(profile), *key, expected.value))
        if connection.changes() != 1:
            raise StorageUnavailableError("The version to replace is gone.")
    for replay, (at, answer) in changes.answers.items():
        connection.execute(_REMEMBER, (*replay, answer.fingerprint, answer.tag.value, answer.body, at))
    for row in changes.audit:
        connection.execute(_APPEND, (*row[:-1], row.record.decode()))
    for tenant_id, head in changes.heads.items():
        connection.execute(_MOVE_HEAD, (tenant_id, head.sequence, head.hash))


def purge_answers(connection: apsw.Connection, before: float, most: int) -> int:
    """See Storage.purge_answers."""
    connection.execute(_PURGE, (before, most))
    return connection.changes()


def _load_profile(connection: apsw.Connection, key: ProfileKey, rows: Rows) -> None:
    row = connection.execute(_PROFILE, key).fetchone()
    if row:
        rows.profiles[key] = StoredProfile(document(row[0]), EntityTag(row[1]), row[2])


def _load_head(connection: apsw.Connection, tenant_id: str, rows: Rows) -> None:
    row = connection.execute(_HEAD, (tenant_id,)).fetchone()
    if row:
        rows.heads[tenant_id] = AuditHead(*row)


def _load_answer(connection: apsw.Connection, key: ReplayKey, rows: Rows) -> None:
    row = connection.execute(_ANSWER, key).fetchone()
    if row:
        rows.answers[key] = DatedAnswer(row[3], RememberedAnswer(row[0], EntityTag(row[1]), row[2]))


def _columns(profile: StoredProfile) -> tuple[int, str, str]:
    return profile.version, profile.tag.value, _text(profile.document)


def _text(document: JsonObject) -> str:
    return json_text.write(document).decode()
