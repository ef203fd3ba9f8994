-- expand
-- Clients of the organizations' authorization servers. They are public: no row contains a secret.
CREATE TABLE oauth_clients (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name TEXT NOT NULL,
    -- Separated by spaces.
    redirect_uris TEXT NOT NULL,
    requires_dpop BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    updated_by TEXT NOT NULL,
    archived_at_ms BIGINT,
    archived_by TEXT
);

CREATE INDEX oauth_clients_by_organization ON oauth_clients (organization_id, ordinal);
