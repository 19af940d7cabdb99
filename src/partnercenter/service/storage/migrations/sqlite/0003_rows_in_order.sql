-- Audit entries and remembered answers become rows in the order in which they were written: big rows then share pages,
-- and writing one touches the end of the table instead of a page of its tenant. The unique indexes are made after the
-- rows are there, which is quicker.
ALTER TABLE audit RENAME TO audit_by_tenant;

-- The record stands last, so that reading the small columns touches none of the pages that a big record overflows to.
CREATE TABLE audit (
    tenant_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    operation_date TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    record TEXT NOT NULL,
    CHECK (operation_date = CASE WHEN json_valid(record) THEN
        CAST(coalesce(json_extract(record, '$.operationDate'), '') AS TEXT) ELSE '' END)
) STRICT;

INSERT INTO audit (tenant_id, sequence, operation_date, previous_hash, hash, record)
SELECT tenant_id, sequence, operation_date, previous_hash, hash, record
FROM audit_by_tenant
ORDER BY tenant_id, sequence;

-- With it goes its index audit_by_time: a list goes down the sequences of its tenant.
DROP TABLE audit_by_tenant;

CREATE UNIQUE INDEX audit_by_sequence ON audit (tenant_id, sequence);

ALTER TABLE remembered RENAME TO remembered_by_tenant;

CREATE TABLE remembered (
    tenant_id TEXT NOT NULL,
    application_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    entity_tag TEXT NOT NULL,
    body BLOB NOT NULL,
    remembered_at REAL NOT NULL
) STRICT;

INSERT INTO remembered
SELECT tenant_id, application_id, user_id, request_id, fingerprint, entity_tag, body, remembered_at
FROM remembered_by_tenant
ORDER BY remembered_at;

DROP TABLE remembered_by_tenant;

CREATE UNIQUE INDEX remembered_by_key ON remembered (tenant_id, application_id, user_id, request_id);

CREATE INDEX remembered_by_age ON remembered (remembered_at);

-- Entries up to and with `sequence` were dropped when their retention ended; `hash` is that of the last one dropped,
-- so that the chain can be verified from there.
CREATE TABLE audit_start (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;
