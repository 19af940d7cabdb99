-- One row per profile, tenant first: every access names its tenant.
CREATE TABLE profile (
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    entity_tag TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind)
) STRICT, WITHOUT ROWID;

-- Answers that a replay of the same MS-RequestId gets again.
CREATE TABLE remembered (
    tenant_id TEXT NOT NULL,
    application_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    entity_tag TEXT NOT NULL,
    body BLOB NOT NULL,
    remembered_at REAL NOT NULL,
    PRIMARY KEY (tenant_id, application_id, user_id, request_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX remembered_by_age ON remembered (remembered_at);

-- Append only; `sequence` counts from 1 in each tenant.
CREATE TABLE audit (
    tenant_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;
