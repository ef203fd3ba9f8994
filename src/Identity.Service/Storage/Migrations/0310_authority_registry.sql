-- Every custody and the whole life of a tunnel's authority. The table is made anew because a key may now live elsewhere,
-- or not exist yet.
CREATE TABLE certificate_authorities_next (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    tunnel_id TEXT NOT NULL,
    name TEXT NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('sealed', 'pkcs11', 'trust_only', 'imported')),
    state TEXT NOT NULL,
    state_before TEXT,
    state_since_ms BIGINT,
    public_key BLOB,
    sealed_key BLOB,
    key_label TEXT,
    csr_pem TEXT,
    registration_ends_ms BIGINT,
    chain_pem TEXT,
    fingerprint TEXT,
    subject_key TEXT,
    not_after_ms BIGINT,
    max_leaf_life_ms BIGINT,
    findings TEXT,
    submitted_by TEXT,
    submitted_person TEXT,
    approved_by TEXT,
    override_missing TEXT,
    override_reason TEXT,
    override_by TEXT,
    override_person TEXT,
    override_at_ms BIGINT,
    registered_certificate_id TEXT,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

INSERT INTO certificate_authorities_next (id, ordinal, organization_id, workspace_id, tunnel_id, name, custody, state,
    state_since_ms, public_key, sealed_key, csr_pem, registration_ends_ms, chain_pem, fingerprint, not_after_ms,
    submitted_by, submitted_person, registered_certificate_id, created_at_ms, archived_at_ms)
SELECT id, ordinal, organization_id, workspace_id, tunnel_id, name, custody, state,
    created_at_ms, public_key, sealed_key, csr_pem, created_at_ms + 2592000000, chain_pem, fingerprint, not_after_ms,
    submitted_by, submitted_by, registered_certificate_id, created_at_ms, archived_at_ms
FROM certificate_authorities;

DROP TABLE certificate_authorities;

ALTER TABLE certificate_authorities_next RENAME TO certificate_authorities;

CREATE INDEX certificate_authorities_of_tunnel ON certificate_authorities (tunnel_id, ordinal);
CREATE INDEX certificate_authorities_by_state ON certificate_authorities (state);
CREATE INDEX certificate_authorities_by_subject ON certificate_authorities (subject_key);

-- A key that the service holds belongs to one authority; a certificate that is only trusted may be anywhere (S18).
CREATE UNIQUE INDEX certificate_authorities_key ON certificate_authorities (public_key) WHERE custody <> 'trust_only';

CREATE UNIQUE INDEX certificate_authorities_active ON certificate_authorities (tunnel_id)
    WHERE state = 'active' AND custody <> 'trust_only';
