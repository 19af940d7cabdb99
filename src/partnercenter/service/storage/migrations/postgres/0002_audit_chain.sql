-- The audit of each tenant becomes a chain of hashes. No program ever wrote entries without hashes to PostgreSQL:
-- if there are any, this fails instead of guessing.
ALTER TABLE audit
    ADD COLUMN operation_date text COLLATE "C" NOT NULL,
    ADD COLUMN previous_hash bytea NOT NULL,
    ADD COLUMN hash bytea NOT NULL;

-- Where each chain ends: without it, nobody would miss entries that are cut off at the end.
CREATE TABLE audit_head (
    tenant_id text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
);
