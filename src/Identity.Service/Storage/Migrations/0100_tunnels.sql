-- Domains are never deleted and so never given out again.
CREATE TABLE tunnels (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    workspace_id TEXT NOT NULL REFERENCES workspaces (id),
    display_name TEXT,
    domain TEXT NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT,
    -- Counts changes of the settings below.
    revision BIGINT NOT NULL,
    client_source_ranges TEXT NOT NULL,
    agent_source_ranges TEXT NOT NULL,
    allow_tunnel_token BIGINT NOT NULL,
    -- Counts changes of the trust bundle.
    bundle_epoch BIGINT NOT NULL,
    -- The token: its id, its SHA-256 for finding it, and itself sealed for revealing it. No secret once archived.
    token_id TEXT NOT NULL,
    token_hash BLOB UNIQUE,
    token_sealed BLOB,
    -- SHA-256 over credential, path and body of the creating request: recognises a client's own retry.
    create_fingerprint BLOB NOT NULL
);

CREATE INDEX tunnels_of_organization ON tunnels (organization_id, ordinal);
CREATE INDEX tunnels_by_fingerprint ON tunnels (create_fingerprint);

CREATE TABLE registered_certificates (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    fingerprint TEXT NOT NULL,
    certificate_pem TEXT NOT NULL,
    -- Issuers above it up to the root, for clients that build whole chains; empty for trust-only ones.
    issuers_pem TEXT NOT NULL,
    -- The certificate authority whose key the service holds; null = trust-only.
    authority_id TEXT,
    -- 1 while it counts towards the two slots; retiring and tainted authorities stay listed without one.
    occupies_slot BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX registered_certificates_of_tunnel ON registered_certificates (tunnel_id, ordinal);
