-- Which epochs of a tunnel's bundle held an anchor: from added_epoch on, until before removed_epoch.
ALTER TABLE registered_certificates ADD COLUMN added_epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE registered_certificates ADD COLUMN removed_epoch BIGINT;

-- Who keeps a copy of a tunnel's bundle, which epoch was given to it, and which one it said to hold.
CREATE TABLE bundle_holders (
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    kind TEXT NOT NULL CHECK (kind IN ('agent', 'relying_party')),
    -- Agents: the instance. Relying parties: the record's id.
    holder TEXT NOT NULL,
    served_epoch BIGINT NOT NULL,
    acknowledged_epoch BIGINT NOT NULL,
    -- Agents: serial of the certificate that the word came in by. Relying parties: who gave it.
    acknowledged_by TEXT,
    acknowledged_at_ms BIGINT,
    heard_at_ms BIGINT NOT NULL,
    PRIMARY KEY (tunnel_id, kind, holder)
);

-- Those outside who verify a tunnel's certificates and say which bundle they hold.
CREATE TABLE relying_parties (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    organization_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    name TEXT NOT NULL,
    -- SHA-256 of its own credential; cleared when it is archived.
    secret_hash BLOB UNIQUE,
    -- Whose access tokens speak for it too; null = none.
    service_account_id TEXT,
    created_by TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    archived_at_ms BIGINT
);

CREATE INDEX relying_parties_of_tunnel ON relying_parties (tunnel_id, ordinal);
CREATE UNIQUE INDEX relying_parties_live ON relying_parties (tunnel_id, name) WHERE archived_at_ms IS NULL;
