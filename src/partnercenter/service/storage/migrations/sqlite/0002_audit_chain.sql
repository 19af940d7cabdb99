-- The audit of each tenant becomes a chain of hashes. The program hashes the entries that are there already,
-- in the same transaction as this script.
ALTER TABLE audit RENAME TO audit_without_hashes;

-- Append only; `sequence` counts from 1 in each tenant. The date is the record's own, beside it for the index below:
-- an index over a computed column would still make SQLite read every record.
CREATE TABLE audit (
    tenant_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    record TEXT NOT NULL,
    operation_date TEXT NOT NULL,
    previous_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (tenant_id, sequence),
    CHECK (operation_date = CASE WHEN json_valid(record) THEN
        CAST(coalesce(json_extract(record, '$.operationDate'), '') AS TEXT) ELSE '' END)
) STRICT, WITHOUT ROWID;

INSERT INTO audit (tenant_id, sequence, record, operation_date, previous_hash, hash)
SELECT
    tenant_id,
    sequence,
    record,
    CASE WHEN json_valid(record) THEN
        CAST(coalesce(json_extract(record, '$.operationDate'), '') AS TEXT) ELSE '' END,
    x'',
    x''
FROM audit_without_hashes;

DROP TABLE audit_without_hashes;

-- Where each chain ends: without it, nobody would miss entries that are cut off at the end.
CREATE TABLE audit_head (
    tenant_id TEXT NOT NULL PRIMARY KEY,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A list goes down the sequences of its tenant and passes over what is not of its days without reading the record.
CREATE INDEX audit_by_time ON audit (tenant_id, sequence, operation_date);
