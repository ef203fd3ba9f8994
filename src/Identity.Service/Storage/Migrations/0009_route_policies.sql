-- expand
-- Policies of routes that agents take from the service, one row a version. Text, digest and version never change.
CREATE TABLE route_policies (
    id TEXT NOT NULL PRIMARY KEY,
    ordinal BIGINT NOT NULL UNIQUE,
    tunnel_id TEXT NOT NULL REFERENCES tunnels (id),
    hostname TEXT NOT NULL,
    -- Counted from 1 for each hostname.
    version BIGINT NOT NULL,
    content TEXT NOT NULL,
    -- SHA-256 of the content.
    digest TEXT NOT NULL,
    comment TEXT,
    -- draft, active, superseded or rejected.
    state TEXT NOT NULL,
    -- The hostname while it is active: one version is at a time.
    active_hostname TEXT,
    -- The version that its approval replaced, which a rollback returns to. Null after a rollback.
    replaced_id TEXT,
    drafted_by TEXT NOT NULL,
    drafted_person TEXT NOT NULL,
    drafted_at_ms BIGINT NOT NULL,
    -- Who approved or rejected it, and when.
    decided_by TEXT,
    decided_at_ms BIGINT,
    reason TEXT
);

CREATE UNIQUE INDEX route_policies_versions ON route_policies (tunnel_id, hostname, version);

CREATE UNIQUE INDEX route_policies_active ON route_policies (tunnel_id, active_hostname);

CREATE INDEX route_policies_by_tunnel ON route_policies (tunnel_id, ordinal);
