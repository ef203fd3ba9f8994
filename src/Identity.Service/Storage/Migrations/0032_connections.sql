-- expand
-- How people connect a tunnel's route with their own account at the upstream's authorization server.
CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    route TEXT NOT NULL,
    display_name TEXT NOT NULL,
    issuer TEXT,
    authorization_endpoint TEXT NOT NULL,
    token_endpoint TEXT NOT NULL,
    revocation_endpoint TEXT,
    client_id TEXT NOT NULL,
    client_auth TEXT NOT NULL,
    sealed_client_secret BLOB,
    -- Separated by spaces.
    scopes TEXT NOT NULL,
    resource TEXT,
    ca_cert_pem TEXT,
    -- Separated by spaces.
    allowed_targets TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    archived_at_ms BIGINT,
    archived_by TEXT
);

CREATE INDEX connections_by_organization ON connections (organization_id, ordinal);
CREATE UNIQUE INDEX connections_of_routes ON connections (tunnel_id, route) WHERE archived_at_ms IS NULL;

-- What one person allowed at the upstream.
CREATE TABLE connection_grants (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- The person's identity provider, its iss.
    issuer TEXT NOT NULL,
    subject_hash TEXT NOT NULL,
    -- The subject, the access token and the refresh token.
    sealed_grant BLOB NOT NULL,
    scope TEXT NOT NULL,
    -- Counts refreshes.
    generation BIGINT NOT NULL,
    signed_in_at_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    -- Null = the access token does not expire.
    token_expires_at_ms BIGINT,
    used_at_ms BIGINT,
    -- Until then one request refreshes it; 0 = none does.
    refreshing_until_ms BIGINT NOT NULL,
    refresh_failed_at_ms BIGINT,
    -- It is of no more use and waits for its revocation at the upstream.
    ended_at_ms BIGINT,
    end_reason TEXT,
    revoke_attempts BIGINT NOT NULL,
    next_attempt_ms BIGINT
);

CREATE UNIQUE INDEX connection_grants_live ON connection_grants (connection_id, issuer, subject_hash)
    WHERE ended_at_ms IS NULL;
CREATE INDEX connection_grants_of_person ON connection_grants (organization_id, issuer, subject_hash);
CREATE INDEX connection_grants_ended ON connection_grants (next_attempt_ms);
