-- Room in each page for the next version of a row that is updated again and again: it then needs no new index entry.
-- Rows that are there already get it when they are written anew.
ALTER TABLE profile SET (fillfactor = 70);

ALTER TABLE audit_head SET (fillfactor = 70);

ALTER TABLE audit RENAME TO audit_before;

ALTER TABLE audit_before RENAME CONSTRAINT audit_pkey TO audit_before_pkey;

-- The key carries the date, so that a list passes over what is not of its days without reading the entry.
CREATE TABLE audit (
    tenant_id text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    operation_date text COLLATE "C" NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    record text NOT NULL,
    PRIMARY KEY (tenant_id, sequence) INCLUDE (operation_date)
);

INSERT INTO audit (tenant_id, sequence, operation_date, previous_hash, hash, record)
SELECT tenant_id, sequence, operation_date, previous_hash, hash, record
FROM audit_before
ORDER BY tenant_id, sequence;

DROP TABLE audit_before;

-- Entries up to and with `sequence` were dropped when their retention ended; `hash` is that of the last one dropped,
-- so that the chain can be verified from there.
CREATE TABLE audit_start (
    tenant_id text COLLATE "C" NOT NULL PRIMARY KEY,
    sequence bigint NOT NULL,
    hash bytea NOT NULL
) WITH (fillfactor = 70);
