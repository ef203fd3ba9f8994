-- What was revoked before its time. One row per thing: a later revocation of the same raises issued_before_s.
CREATE TABLE token_revocations (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    -- Tokens issued at or before that second (Unix); the largest number for kinds that know no time.
    issued_before_s BIGINT NOT NULL,
    reason TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    -- Nothing that it concerns can live then; the row goes.
    ends_at_ms BIGINT NOT NULL
);

CREATE UNIQUE INDEX token_revocations_thing ON token_revocations (organization_id, kind, value);
CREATE INDEX token_revocations_of_organization ON token_revocations (organization_id, ordinal);
CREATE INDEX token_revocations_ending ON token_revocations (ends_at_ms);

-- What else of the access token an enrolment rests on, so that revoking the token's kin reaches the machine.
ALTER TABLE enrollments ADD COLUMN token_issued_at_s BIGINT NOT NULL DEFAULT 0;
ALTER TABLE enrollments ADD COLUMN token_family TEXT;
ALTER TABLE enrollments ADD COLUMN token_subject_hash TEXT;
ALTER TABLE enrollments ADD COLUMN token_key_id TEXT;
ALTER TABLE edge_enrollments ADD COLUMN token_issued_at_s BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edge_enrollments ADD COLUMN token_family TEXT;
ALTER TABLE edge_enrollments ADD COLUMN token_subject_hash TEXT;
ALTER TABLE edge_enrollments ADD COLUMN token_key_id TEXT;
-- Certificates issued by then are refused; a proof after it enrols the edge again.
ALTER TABLE edge_enrollments ADD COLUMN revoked_at_ms BIGINT;
