-- One row per profile. The tenant leads every key: each access names its tenant, and engines that spread rows over
-- nodes spread them by it. Texts that are compared sort by their bytes, as in SQLite and in Python.
CREATE TABLE profile (
    tenant_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    version bigint NOT NULL,
    entity_tag text COLLATE "C" NOT NULL,
    document text NOT NULL,
    PRIMARY KEY (tenant_id, kind)
);

-- Answers that a replay of the same MS-RequestId gets again.
CREATE TABLE remembered (
    tenant_id text COLLATE "C" NOT NULL,
    application_id text COLLATE "C" NOT NULL,
    user_id text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    fingerprint bytea NOT NULL,
    entity_tag text COLLATE "C" NOT NULL,
    body bytea NOT NULL,
    remembered_at double precision NOT NULL,
    PRIMARY KEY (tenant_id, application_id, user_id, request_id)
);

CREATE INDEX remembered_by_age ON remembered (remembered_at);

-- Append only; `sequence` counts from 1 in each tenant.
CREATE TABLE audit (
    tenant_id text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    record text NOT NULL,
    PRIMARY KEY (tenant_id, sequence)
);
