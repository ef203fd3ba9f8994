-- The platform CA's two tiers. Keys are sealed; a retired issuing authority keeps its row, its key is cleared.
CREATE TABLE platform_authorities (
    id TEXT NOT NULL PRIMARY KEY,
    tier TEXT NOT NULL CHECK (tier IN ('root', 'issuing')),
    certificate BLOB NOT NULL,
    sealed_key BLOB,
    created_at_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL
);

-- Every certificate that was ever intended: the row is durable before the signature exists, and never deleted.
CREATE TABLE certificates (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    serial TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'edge', 'server', 'service')),
    status TEXT NOT NULL CHECK (status IN ('intent', 'issued', 'void')),
    organization_id TEXT,
    workspace_id TEXT,
    tunnel_id TEXT,
    enrollment_id TEXT,
    edge_id TEXT,
    ca_id TEXT,
    identity TEXT NOT NULL,
    issued_at_ms BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL,
    not_after_ms BIGINT NOT NULL,
    fingerprint TEXT,
    certificate BLOB
);

CREATE INDEX certificates_of_tunnel ON certificates (tunnel_id, ordinal);
CREATE INDEX certificates_of_enrollment ON certificates (enrollment_id, not_after_ms);
CREATE INDEX certificates_of_edge ON certificates (edge_id, not_after_ms);
CREATE INDEX certificates_intended ON certificates (serial) WHERE status = 'intent';

-- An agent's standing permission to hold a platform certificate (S4). One live row per tunnel and instance.
CREATE TABLE enrollments (
    id TEXT NOT NULL PRIMARY KEY,
    tunnel_id TEXT NOT NULL,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    method TEXT NOT NULL CHECK (method IN ('federation', 'tunnel_token')),
    principal TEXT NOT NULL,
    issuer_id TEXT,
    rule_id TEXT,
    rule_version BIGINT,
    service_account_id TEXT,
    token_id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_proof_ms BIGINT NOT NULL,
    certificate_serial TEXT,
    certificate_not_after_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
);

CREATE UNIQUE INDEX enrollments_live ON enrollments (tunnel_id, instance_id) WHERE revoked_at_ms IS NULL;
CREATE INDEX enrollments_unexpired ON enrollments (certificate_not_after_ms);

-- The same for an edge; the edge itself is registered elsewhere.
CREATE TABLE edge_enrollments (
    edge_id TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    principal TEXT NOT NULL,
    issuer_id TEXT,
    rule_id TEXT,
    rule_version BIGINT,
    service_account_id TEXT,
    token_id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    last_proof_ms BIGINT NOT NULL,
    certificate_serial TEXT,
    certificate_not_after_ms BIGINT NOT NULL
);

-- Issuing authorities of tunnels whose key the service holds.
CREATE TABLE certificate_authorities (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    tunnel_id TEXT NOT NULL,
    name TEXT NOT NULL,
    custody TEXT NOT NULL CHECK (custody IN ('sealed')),
    state TEXT NOT NULL,
    public_key BLOB NOT NULL,
    sealed_key BLOB NOT NULL,
    csr_pem TEXT NOT NULL,
    chain_pem TEXT,
    fingerprint TEXT,
    not_after_ms BIGINT,
    submitted_by TEXT,
    registered_certificate_id TEXT,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX certificate_authorities_of_tunnel ON certificate_authorities (tunnel_id, ordinal);
CREATE UNIQUE INDEX certificate_authorities_key ON certificate_authorities (public_key);
CREATE UNIQUE INDEX certificate_authorities_active ON certificate_authorities (tunnel_id) WHERE state = 'active';
